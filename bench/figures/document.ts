/** The results as text: a table for the terminal, and the marked section of docs/benchmarks.md. */
import { COLUMNS, cells, hardwareLine } from "./format.js";
import type { PartResult, Results } from "./results.js";

export const BEGIN = "<!-- figures: written by npm run bench, from docs/bench/results.json -->";
export const END = "<!-- end of figures -->";

/** Columns of equal width, for a terminal. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => [...cells[column]!].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) => cell + " ".repeat(widths[column]! - [...cell].length)).join("  ");
  return rows.map((cells) => line(cells).trimEnd()).join("\n");
}

export function partText(part: PartResult): string {
  return `${part.title}\n\n${textTable([COLUMNS, ...part.rows.map(cells)])}\n`;
}

/** What stands between the marks. */
export function section({ parts }: Results): string {
  return parts.map(partSection).join("\n\n");
}

function partSection(part: PartResult): string {
  const table = [COLUMNS, COLUMNS.map(() => "---"), ...part.rows.map(cells)];
  const lines = table.map((row) => `| ${row.join(" | ")} |`);
  const { at, quick, machine, figures } = part;
  const runs = `${at.slice(0, 10)}${quick ? ", fewer rounds (`--quick`)" : ""}, load before ${machine.loadBefore.toFixed(2)}`;
  const exponents = figures.flatMap(({ title, curves }) =>
    curves.map(({ name, exponent }) => `- ${title}, ${name}: exponent ${exponent.toFixed(2)}`),
  );
  const pictures = figures.map(({ title }, index) => `![${title}](bench/${part.part}-${index + 1}.svg)`);
  return [
    `### ${part.title}`,
    lines.join("\n"),
    ...(exponents.length > 0 ? [exponents.join("\n"), pictures.join("\n")] : []),
    `${runs}; ${hardwareLine(machine)}.`,
  ].join("\n\n");
}

/** The document with the section in it anew. Throws Error when it has no marks. */
export function withSection(document: string, results: Results): string {
  const from = document.indexOf(BEGIN);
  const to = document.indexOf(END);
  if (from < 0 || to < from) throw new Error(`the document lacks the marks "${BEGIN}" and "${END}"`);
  return `${document.slice(0, from + BEGIN.length)}\n\n${section(results)}\n\n${document.slice(to)}`;
}
