// Rows of a script that do the same, said once. Knows no shell.

/** Rows with the same body, each body once, in order; `labels` in the order of their rows. */
export function grouped<Row>(rows: readonly Row[], label: (row: Row) => string, body: (row: Row) => string): { labels: string[]; body: string }[] {
  const labels = new Map<string, string[]>();
  for (const row of rows) labels.set(body(row), [...(labels.get(body(row)) ?? []), label(row)]);
  return [...labels].map(([text, names]) => ({ labels: names, body: text }));
}

/** The text with this much space before each line that is not empty. */
export function indented(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(columns));
}
