// Lines to a pipe that may be full for long: they wait in memory, and whoever writes is told when there are too many.

/** More waiting than this, bytes, and writers are asked to wait. */
const HIGH_BYTES = 1024 * 1024;

export class OutputQueue {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #encoder = new TextEncoder();
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #broken = false;
  #room: PromiseWithResolvers<void> | undefined;
  #flush: Promise<void> | undefined;

  /** `write` is called again only after it has resolved; once it has rejected, all else is forgotten. */
  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  /** Takes the text in any case; a promise means: nothing more until it resolves. */
  write(text: string): Promise<void> | undefined {
    if (this.#broken) return undefined;
    const bytes = this.#encoder.encode(text);
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
    this.#flush ??= this.#run();
    return this.#bytes <= HIGH_BYTES ? undefined : (this.#room ??= Promise.withResolvers<void>()).promise;
  }

  /** Resolves once all that was taken is written, or never will be. */
  get written(): Promise<void> {
    return this.#flush ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    for (let bytes = this.#waiting.shift(); bytes !== undefined && !this.#broken; bytes = this.#waiting.shift()) {
      try {
        await this.#write(bytes);
      } catch {
        this.#broken = true;
        this.#waiting = [];
      }
      this.#bytes -= bytes.length;
      if (this.#bytes > HIGH_BYTES && !this.#broken) continue;
      this.#room?.resolve();
      this.#room = undefined;
    }
    this.#flush = undefined;
  }
}
