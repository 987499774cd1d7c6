// Text of a command to its words, as a shell would split it; nothing is expanded, so that what is written is what runs.

/**
 * Words are separated by blanks. '…' keeps everything, "…" everything but \" and \\, a backslash outside of quotes the next
 * character; pieces that touch are one word. Undefined if a quote is not closed or a backslash stands last.
 */
export function commandWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < text.length) {
    const [piece] = PIECE.exec(text.slice(at)) ?? [];
    if (piece === undefined) return undefined;
    at += piece.length;
    if (/^\s/.test(piece)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + meaning(piece);
    }
  }
  return word === undefined ? words : [...words, word];
}

const PIECE = /^(?:\s+|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]|[^\s'"\\]+)/;

function meaning(piece: string): string {
  if (piece.startsWith("'")) return piece.slice(1, -1);
  if (piece.startsWith('"')) return piece.slice(1, -1).replace(/\\(["\\])/g, "$1");
  return piece.startsWith("\\") ? piece.slice(1) : piece;
}
