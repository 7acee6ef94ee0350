/** Rows under a heading, in columns as wide as they have to be. What users wrote in them gives the terminal no orders. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [heading, ...rows.map((row) => row.map((cell) => cell.replace(/\p{C}/gu, '\u{FFFD}')))];
  const widths = heading.map((_, column) => all.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}
