/** A table whose cells wrap, so that it fits a width; the widest columns give way first. */

export interface Cell {
  readonly lines: readonly string[];
  /** Applied to each line once it has its width. */
  readonly paint?: (text: string) => string;
}

const GAP = "  ";
/** A column gives way down to this. */
const LEAST_WIDTH = 12;

export function cell(text: string | readonly string[], paint?: (text: string) => string): Cell {
  const lines = typeof text === "string" ? [text] : text;
  return paint === undefined ? { lines } : { lines, paint };
}

export function grid(rows: readonly (readonly Cell[])[], width: number): string {
  const columns = rows[0]?.length ?? 0;
  const widths = fit(
    Array.from({ length: columns }, (_, column) =>
      Math.max(...rows.flatMap((row) => row[column]!.lines.map((line) => line.length))),
    ),
    width - GAP.length * (columns - 1),
  );
  return rows.flatMap((row) => lay(row, widths)).join("\n");
}

/** Takes from the widest column until all fit. */
function fit(natural: readonly number[], room: number): number[] {
  const widths = [...natural];
  const total = () => widths.reduce((sum, one) => sum + one, 0);
  while (total() > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= LEAST_WIDTH) break;
    widths[widest]! -= 1;
  }
  return widths;
}

function lay(row: readonly Cell[], widths: readonly number[]): string[] {
  const wrapped = row.map(({ lines }, column) => lines.flatMap((line) => wrap(line, widths[column]!)));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    row
      .map(({ paint }, column) => {
        const text = wrapped[column]![line] ?? "";
        const padding = column === row.length - 1 ? "" : " ".repeat(widths[column]! - text.length);
        return (paint && text !== "" ? paint(text) : text) + padding;
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** Breaks at blanks, and within words that are too long. At least one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      if (line !== "") lines.push(line);
      line = word;
    }
    for (; line.length > width; line = line.slice(width)) lines.push(line.slice(0, width));
  }
  return [...lines, line];
}

/** A paragraph behind a label; the lines that follow are indented by as much. */
export function paragraph(label: string, text: string, width: number): string {
  const indent = " ".repeat(label.length);
  return wrap(text, Math.max(LEAST_WIDTH, width - label.length))
    .map((line, index) => `${index === 0 ? label : indent}${line}`)
    .join("\n");
}
