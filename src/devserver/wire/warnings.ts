// Warnings to the text of one header, bounded so that no client chokes on it, much as the API server bounds them.
// src: pkg/endpoints/filters/warning.go in k8s.io/apiserver.

const MAX_TOTAL = 4_096;
const MAX_ITEM = 256;

/** Undefined if there is nothing to say. What is said twice stands there once; what is too much is left out. */
export function warningHeader(warnings: readonly string[]): string | undefined {
  let left = MAX_TOTAL;
  const items = [...new Set(warnings)].map((text) => `299 - ${quoted(text.slice(0, MAX_ITEM))}`);
  const kept = items.filter(({ length }) => (left -= length) >= 0);
  return kept.length === 0 ? undefined : kept.join(", ");
}

/** Headers are ASCII. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
