// A credential that cannot be printed by accident: text, JSON and inspection all give `[redacted]`.

const inspect = Symbol.for("nodejs.util.inspect.custom");
const denoInspect = Symbol.for("Deno.customInspect");

export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The text itself. Called only where a header is written or text is compared. */
  reveal(): string {
    return this.#value;
  }
  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }
  toString(): string {
    return "[redacted]";
  }
  toJSON(): string {
    return "[redacted]";
  }
  [inspect](): string {
    return "[redacted]";
  }
  [denoInspect](): string {
    return "[redacted]";
  }
}

/** Whether text can stand behind `Bearer ` in a header: visible ASCII, no space. */
export function fitsHeader(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** How many secrets are kept: a configured one, and the minted tokens that may still be in flight. */
const REDACTED_MAX = 16;
/** Shorter texts occur in ordinary words. */
const REDACTED_LENGTH_MIN = 6;

/** Takes known secrets out of text that somebody else wrote: a server may quote our own headers back to us, and encode them first. */
export class Redactor {
  #secrets: { text: string; forms: string[] }[] = [];
  /** Of all secrets, the longest first: of a form that contains another one nothing must be left over. */
  #forms: string[] = [];

  add(secret: Secret): void {
    const text = secret.reveal();
    if (text.length < REDACTED_LENGTH_MIN || this.#secrets.some((known) => known.text === text)) return;
    this.#secrets = [...this.#secrets, { text, forms: formsOf(text) }].slice(-REDACTED_MAX);
    this.#forms = [...new Set(this.#secrets.flatMap(({ forms }) => forms))].sort((a, b) => b.length - a.length);
  }

  apply(line: string): string {
    let clean = line;
    for (const form of this.#forms) if (clean.includes(form)) clean = clean.replaceAll(form, "[redacted]");
    return clean;
  }
}

/** How a secret may stand in a line: as it is, quoted once (our JSON) or twice (a server's JSON in ours), percent-encoded, in base64. */
function formsOf(text: string): string[] {
  // The header of a JWT is the same in all of them.
  const [, claims, signature] = /^eyJ[\w-]+\.([\w-]+)\.([\w-]*)$/.exec(text) ?? [];
  return [text, claims ?? "", signature ?? ""].flatMap((part) => {
    const uri = encodeURIComponent(part);
    const quoted = inJson(part);
    const plain = [part, quoted, inJson(quoted), uri, uri.replaceAll(/%../g, (code) => code.toLowerCase())];
    return [...plain, ...[0, 1, 2].flatMap((shift) => inBase64(part, shift))].filter((form) => form.length >= REDACTED_LENGTH_MIN);
  });
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** The characters of either alphabet that `text` alone decides when `shift` (or three more) bytes stand before it. */
function inBase64(text: string, shift: number): string[] {
  const bytes = "\0".repeat(shift) + Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
  const own = btoa(bytes).slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
  return [own, own.replaceAll("+", "-").replaceAll("/", "_")];
}
