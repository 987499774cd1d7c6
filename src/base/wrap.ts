// Text for people who read it on a terminal: broken into lines.

/** Breaks text at spaces into lines of at most `width` columns, each indented. */
export function wrap(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  const margin = " ".repeat(indent);
  let current = "";
  for (const word of text.split(" ")) {
    if (current !== "" && indent + current.length + 1 + word.length > width) {
      lines.push(margin + current);
      current = word;
    } else {
      current = current === "" ? word : `${current} ${word}`;
    }
  }
  return [...lines, margin + current];
}
