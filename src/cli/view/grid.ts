/** A table whose cells wrap, so that it fits a width; the widest columns give way first. */

export interface Cell {
  readonly lines: readonly string[];
  /** Its column gives way only where that leaves the others too little, so that a name can be copied. */
  readonly whole?: boolean;
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

export function wholeCell(text: string): Cell {
  return { lines: [text], whole: true };
}

export function grid(rows: readonly (readonly Cell[])[], width: number): string {
  const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, column) =>
    measure(rows.map((row) => row[column]!)),
  );
  const widths = fit(columns, width - GAP.length * (columns.length - 1));
  return rows.flatMap((row) => lay(row, widths)).join("\n");
}

interface Column {
  readonly natural: number;
  readonly whole: boolean;
  readonly longestWord: number;
}

function measure(cells: readonly Cell[]): Column {
  const lines = cells.flatMap((one) => one.lines);
  const longest = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  return {
    natural: longest(lines),
    whole: cells.some(({ whole = false }) => whole),
    longestWord: longest(lines.flatMap((line) => line.split(" "))),
  };
}

/** Takes from the widest column until all fit; from what is to stay whole last. */
function fit(columns: readonly Column[], room: number): number[] {
  const widths = columns.map(({ natural }) => natural);
  const takeDownTo = (leasts: readonly number[]) => {
    while (widths.reduce((sum, one) => sum + one, 0) > room) {
      const spare = widths.map((one, at) => (one > leasts[at]! ? one : 0));
      const widest = spare.indexOf(Math.max(...spare));
      if (spare[widest] === 0) break;
      widths[widest]! -= 1;
    }
  };
  if (columns.some(({ whole }) => whole)) {
    takeDownTo(columns.map(({ whole, natural }) => (whole ? natural : LEAST_WIDTH)));
    takeDownTo(
      columns.map(({ whole, natural, longestWord }) =>
        whole ? natural : Math.min(LEAST_WIDTH, longestWord),
      ),
    );
  }
  takeDownTo(columns.map(() => LEAST_WIDTH));
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
