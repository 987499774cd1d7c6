// What a worker is told, in order, to a pipe that it may never read: at most one text is on its way, and of the lease only
// the newest news waits.

export class Feed {
  readonly #write: (text: string) => Promise<void>;
  #waiting: { text: string; replaces: boolean }[] = [];
  #writing = false;
  #ended = false;

  constructor(write: (text: string) => Promise<void>) {
    this.#write = write;
  }

  /** `replaces`: what was said in the same way before and still waits is not worth saying any more. */
  say(text: string, { replaces = false } = {}): void {
    if (this.#ended) return;
    if (replaces) this.#waiting = this.#waiting.filter((one) => !one.replaces);
    this.#waiting.push({ text, replaces });
    this.#next();
  }

  /** Nothing is said any more. */
  end(): void {
    this.#ended = true;
    this.#waiting = [];
  }

  #next(): void {
    if (this.#writing) return;
    const text = this.#waiting.shift()?.text;
    if (text === undefined) return;
    this.#writing = true;
    void this.#write(text).then(() => {
      this.#writing = false;
      this.#next();
    });
  }
}
