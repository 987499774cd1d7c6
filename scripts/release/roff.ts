// Text to the language of manual pages, man(7), such that groff and mandoc both take it without a word.

/** Characters that would be something else on paper, or that the language has taken. */
const SPECIAL: Readonly<Record<string, string>> = { "\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti" };

/** One line of text that is printed as it is, and whose flags and pages are not hyphenated, as they are to be copied. */
export function plain(text: string): string {
  const safe = text.replace(/[-\\'`^~]|[^\x20-\x7e]/gu, (character) => SPECIAL[character] ?? unicode(character));
  const whole = safe.replace(/(?<!\S)(?=\\-\\-|job\\-controller|https?:)/g, "\\%");
  return whole.startsWith(".") ? `\\&${whole}` : whole;
}

function unicode(character: string): string {
  return `\\[u${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}

export function bold(text: string): string {
  return text === "" ? "" : `\\fB${plain(text)}\\fR`;
}

export function italic(text: string): string {
  return text === "" ? "" : `\\fI${plain(text)}\\fR`;
}

/** A section under its heading; none where there is nothing to say. */
export function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`.SH ${heading}`, ...lines];
}

/** A row of a list: what it is about, in the margin, and a line of text. */
export function item(head: string, text: string): string[] {
  return [".TP", head, text];
}
