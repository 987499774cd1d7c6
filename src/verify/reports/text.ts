// Small things that every report says. Pure.

/** What a server said, on one line and without characters that move a terminal. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, " ").trim();
}

/** `1 check`, `2 checks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first ones of many. */
export function named(ids: readonly string[]): string {
  const more = ids.length - 5;
  return more <= 1 ? ids.join(" ") : `${ids.slice(0, 5).join(" ")} and ${more} more`;
}
