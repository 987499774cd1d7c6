// Bytes that somebody else writes to lines of bounded length. What is beyond the bound is counted and forgotten.

export interface Line {
  text: string;
  /** Bytes of it that were dropped, 0 for a whole line. */
  dropped: number;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

const FIRST_BYTES = 4 * 1024;

/** Holds the bytes of one unfinished line, at most `maxBytes`. */
export class LineSplitter {
  readonly #maxBytes: number;
  #buffer = new Uint8Array(FIRST_BYTES);
  #held = 0;
  #dropped = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The lines that this chunk completes. */
  push(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      this.#hold(chunk.subarray(from, end));
      lines.push(this.#take());
      from = end + 1;
    }
    this.#hold(chunk.subarray(from));
    return lines;
  }

  /** What stands behind the last newline, if anything. */
  end(): Line | undefined {
    return this.#held + this.#dropped === 0 ? undefined : this.#take();
  }

  #hold(piece: Uint8Array): void {
    const kept = piece.subarray(0, this.#maxBytes - this.#held);
    const size = this.#held + kept.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(size, Math.min(this.#buffer.length * 2, this.#maxBytes)));
      larger.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = larger;
    }
    this.#buffer.set(kept, this.#held);
    this.#held = size;
    this.#dropped += piece.length - kept.length;
  }

  #take(): Line {
    const cut = this.#dropped === 0 && this.#held > 0 && this.#buffer[this.#held - 1] === CARRIAGE_RETURN ? 1 : 0;
    const line = { text: new TextDecoder().decode(this.#buffer.subarray(0, this.#held - cut)), dropped: this.#dropped };
    if (this.#buffer.length > FIRST_BYTES * 16) this.#buffer = new Uint8Array(FIRST_BYTES);
    this.#held = 0;
    this.#dropped = 0;
    return line;
  }
}
