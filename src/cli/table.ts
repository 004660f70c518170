/** Rows of cells as lines with aligned columns; the last column is left as it is. */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = rows[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === columns - 1 ? cell : cell.padEnd(widths[column]!))).join("  ");
  return rows.map(line).join("\n");
}
