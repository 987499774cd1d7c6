// JSON text to a value that JSON.stringify gives back as it was: whole numbers beyond 2^53 stay what they are, as Go's
// int64 has them and a number here has not. They become opaque objects, so nothing can calculate with them.

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

const { parse, rawJSON } = JSON as unknown as {
  parse(text: string, reviver?: Reviver): unknown;
  rawJSON(text: string): unknown;
};

/** Every whole number from 2^53 on has so many digits, and to look for them is cheap. */
const LONG = /\d{16}/;

/** @throws SyntaxError */
export function parseExact(text: string): unknown {
  return LONG.test(text) ? parse(text, keepWhole) : parse(text);
}

function keepWhole(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source ?? "";
  return /^-?\d+$/.test(source) ? rawJSON(source) : value;
}
