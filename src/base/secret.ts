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

/** How many texts are kept: a configured secret, and the minted tokens that may still be in flight. */
const REDACTED_MAX = 16;
/** Shorter texts occur in ordinary words. */
const REDACTED_LENGTH_MIN = 6;

/** Takes known secrets out of text that somebody else wrote: a server may quote our own headers back to us. */
export class Redactor {
  #texts: string[] = [];

  add(secret: Secret): void {
    const text = secret.reveal();
    if (text.length < REDACTED_LENGTH_MIN || this.#texts.includes(text)) return;
    this.#texts = [...this.#texts, text].slice(-REDACTED_MAX);
  }

  apply(line: string): string {
    let clean = line;
    // The longest first: of a secret that contains another one nothing must be left over.
    for (const text of this.#texts.toSorted((a, b) => b.length - a.length)) {
      if (clean.includes(text)) clean = clean.replaceAll(text, "[redacted]");
      const escaped = JSON.stringify(text).slice(1, -1);
      if (escaped !== text) clean = clean.replaceAll(escaped, "[redacted]");
    }
    return clean;
  }
}
