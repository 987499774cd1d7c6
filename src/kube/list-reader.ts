// Bytes of a list to its items and what is around them. Items are parsed and handed on while the list still comes, so that
// its length costs no memory. Judges nothing: what is no list is all frame.

export interface RawList {
  /** The list with a `0` in place of each run of items; no JSON if an item was none. */
  frame: string;
  /** Size of the body. */
  bytes: number;
}

/**
 * Reads to the end; `take` gets the items in their order, and how many characters they were, and is waited for.
 * @throws what the body and `take` throw
 */
export async function readList(body: AsyncIterable<Uint8Array>, take: (items: unknown[], size: number) => Promise<void> | void): Promise<RawList> {
  const decoder = new TextDecoder();
  const list = new ListText();
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    const run = list.push(decoder.decode(chunk, { stream: true }));
    const items = parsed(run);
    if (items === undefined) list.frame += run;
    else if (items.length > 0) await take(items, run.length);
  }
  return { frame: list.frame + decoder.decode(), bytes };
}

function parsed(run: string): unknown[] | undefined {
  try {
    return JSON.parse(`[${run}]`) as unknown[];
  } catch {
    return undefined;
  }
}

const [QUOTE, COMMA, BACKSLASH, LIST, LIST_END, OBJECT, OBJECT_END] = Array.from('",\\[]{}', (char) => char.charCodeAt(0));
const ITEMS = /"items"\s*:\s*\[$/;

/** Knows only where strings, objects and lists begin and end. */
class ListText {
  frame = "";
  /** The begin of an item that is not there to its end. */
  #held = "";
  #depth = 0;
  #inItems = false;
  #inString = false;
  #escaped = false;

  /** The items that end in this piece of the text, with the commas between them. */
  push(text: string): string {
    let run = "";
    let from = 0;
    let comma = -1;
    for (let at = this.#afterString(text, 0); at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#inString = true;
        at = this.#afterString(text, at + 1) - 1;
      } else if (code === OBJECT) this.#depth++;
      else if (code === OBJECT_END) this.#depth--;
      else if (code === LIST) {
        if (++this.#depth === 2 && ITEMS.test(this.frame + text.slice(from, at + 1))) {
          this.frame += text.slice(from, at + 1);
          from = at + 1;
          this.#inItems = true;
        }
      } else if (code === LIST_END) {
        if (this.#inItems && this.#depth === 2) {
          run += this.#end(text.slice(from, at));
          from = at;
          comma = -1;
          this.#inItems = false;
        }
        this.#depth--;
      } else if (code === COMMA && this.#inItems && this.#depth === 2) comma = at;
    }
    if (comma !== -1) {
      run += this.#end(text.slice(from, comma));
      this.frame += ",";
      from = comma + 1;
    }
    if (this.#inItems) this.#held += text.slice(from);
    else this.frame += text.slice(from);
    return run;
  }

  #end(text: string): string {
    const run = this.#held + text;
    this.#held = "";
    if (run.trim() !== "") this.frame += "0";
    return run;
  }

  /** Where the string that is open at `from` has ended, or the text has; `from` itself if none is open. */
  #afterString(text: string, from: number): number {
    if (!this.#inString) return from;
    let escaped = this.#escaped;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (escaped) escaped = false;
      else if (code === BACKSLASH) escaped = true;
      else if (code === QUOTE) {
        this.#inString = this.#escaped = false;
        return at + 1;
      }
    }
    this.#escaped = escaped;
    return text.length;
  }
}
