// What two servers may print differently without being different: identities, times, versions, addresses. In: text.
// Out: the same text with a word in place of each.

const RULES: readonly [pattern: RegExp, word: string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "<uid>"],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)/g, "<time>"],
  [/\b(?:127\.0\.0\.1|localhost):\d+/g, "<server>"],
  // In JSON, in JSON within text, in YAML, and in describe's words.
  [/(\\?["']?resourceVersion\\?["']?\s?: ?)\\?"?\d+\\?"?|(Resource Version: +)\d+/gi, "$1$2<version>"],
  [/\bresourceVersion=\d+/g, "resourceVersion=<version>"],
  // What client-go chooses at random.
  [/\btimeoutSeconds=\d+/g, "timeoutSeconds=<some>"],
  // Names that the server made: five characters of its alphabet.
  [/\bgen-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "gen-<suffix>"],
  // What a client logs: month, day, time and thread.
  [/^([EWI])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, "$1<logged> "],
  // Ages of tables, and durations of log lines.
  [/(?<=\s)(?:\d+[smhdy]){1,2}(?=\s|$)/gm, "<age>"],
  [/\b\d+(?:\.\d+)?(?:ms|µs)\b/g, "<duration>"],
];

/** An object in JSON, quoted in a message. */
const QUOTED_OBJECT = /"\{\\"(?:[^"\\]|\\.)*\}"/g;

/** For text of any form. What stood in columns of a table is parted by three spaces, whatever the widths. */
export function normaliseText(text: string): string {
  const ordered = text.replace(QUOTED_OBJECT, (quoted) => JSON.stringify(JSON.stringify(JSON.parse(JSON.parse(quoted) as string, inOrder))));
  const words = RULES.reduce((result, [pattern, word]) => result.replace(pattern, word), ordered);
  return words.replace(/(?<=\S) {3,}(?=\S)/g, "   ").replace(/ +$/gm, "");
}

/** For text that may be a JSON document: fields in one order, without managedFields. */
export function normalise(text: string): string {
  const first = text[0];
  if (first !== "{" && first !== "[") return normaliseText(text);
  try {
    return normaliseText(`${JSON.stringify(JSON.parse(text, inOrder), undefined, 2)}\n`);
  } catch {
    return normaliseText(text);
  }
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== "managedFields")
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
