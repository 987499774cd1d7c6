// A JSON text is looked through for what a parser passes over in silence: keys that occur twice. Where it is no JSON, the
// error is worded as Go's parser words it, the same on every host.

/** Paths of keys that an object has twice, such as `spec.paths[0].name`, in their order. @throws SyntaxError in Go's words */
export function duplicateFields(text: string): string[] {
  const scan = new Scan(text);
  try {
    scan.value("");
  } catch (error) {
    // Some hosts have no room for as many levels as Go.
    throw error instanceof RangeError ? new SyntaxError("invalid character '{' exceeded max depth") : error;
  }
  scan.end();
  return [...scan.duplicates];
}

/** Objects and lists within each other; Go's parser takes as many. */
const MAX_DEPTH = 10_000;
const SPACES = " \t\n\r";
const PLAIN = /[^"\\\x00-\x1f]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NUMBER_START = /-?(?:\d+(?:\.\d*)?(?:[eE][+-]?)?)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

class Scan {
  readonly duplicates = new Set<string>();
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(path: string): void {
    this.#skip();
    const first = this.#text[this.#at];
    if (first === "{" || first === "[") this.#nested(first, path);
    else if (first === '"') this.#string();
    else if (first === "t") this.#literal("true");
    else if (first === "f") this.#literal("false");
    else if (first === "n") this.#literal("null");
    else if (first !== undefined && /[-\d]/.test(first)) this.#number();
    else this.#refuse("looking for beginning of value");
  }

  end(): void {
    this.#skip();
    if (this.#at < this.#text.length) this.#refuse("after top-level value");
  }

  #nested(first: "{" | "[", path: string): void {
    if (++this.#depth > MAX_DEPTH) this.#refuse("exceeded max depth");
    if (first === "{") this.#object(path);
    else this.#array(path);
    this.#depth--;
  }

  #object(path: string): void {
    this.#at++;
    if (this.#takes("}")) return;
    const seen = new Set<string>();
    for (;;) {
      this.#skip();
      if (this.#text[this.#at] !== '"') this.#refuse("looking for beginning of object key string");
      const key = this.#string();
      const below = path === "" ? key : `${path}.${key}`;
      if (seen.has(key)) this.duplicates.add(below);
      seen.add(key);
      if (!this.#takes(":")) this.#refuse("after object key");
      this.value(below);
      if (this.#takes("}")) return;
      if (!this.#takes(",")) this.#refuse("after object key:value pair");
    }
  }

  #array(path: string): void {
    this.#at++;
    if (this.#takes("]")) return;
    for (let index = 0;; index++) {
      this.value(`${path}[${index}]`);
      if (this.#takes("]")) return;
      if (!this.#takes(",")) this.#refuse("after array element");
    }
  }

  #string(): string {
    const start = this.#at++;
    for (;;) {
      PLAIN.lastIndex = this.#at;
      PLAIN.test(this.#text);
      this.#at = PLAIN.lastIndex;
      const next = this.#text[this.#at];
      if (next === '"') break;
      if (next !== "\\") this.#refuse("in string literal");
      if (this.#match(ESCAPE) !== "") continue;
      this.#at += this.#text[this.#at + 1] === "u" ? 2 : 1;
      if (this.#text[this.#at - 1] !== "u") this.#refuse("in string escape code");
      this.#match(/[0-9a-fA-F]*/y);
      this.#refuse("in \\u hexadecimal character escape");
    }
    this.#at++;
    const literal = this.#text.slice(start, this.#at);
    return literal.includes("\\") ? (JSON.parse(literal) as string) : literal.slice(1, -1);
  }

  #literal(word: string): void {
    for (const letter of word) {
      if (this.#text[this.#at] !== letter) this.#refuse(`in literal ${word} (expecting '${letter}')`);
      this.#at++;
    }
  }

  #number(): void {
    const digits = this.#match(NUMBER);
    if (digits === "") {
      this.#match(NUMBER_START);
      this.#refuse("in numeric literal");
    }
    if (!Number.isFinite(Number(digits))) throw new SyntaxError(`json: cannot unmarshal number ${digits} into Go value of type float64`);
  }

  #takes(character: string): boolean {
    this.#skip();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skip(): void {
    while (this.#at < this.#text.length && SPACES.includes(this.#text.charAt(this.#at))) this.#at++;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #refuse(where: string): never {
    const character = this.#text[this.#at];
    if (character === undefined) throw new SyntaxError("unexpected end of JSON input");
    throw new SyntaxError(`invalid character ${quoted(character)} ${where}`);
  }
}

function quoted(character: string): string {
  if (character === "'") return String.raw`'\''`;
  return character === '"' ? `'"'` : `'${JSON.stringify(character).slice(1, -1)}'`;
}
