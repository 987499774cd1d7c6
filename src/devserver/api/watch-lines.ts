// The lines under way to one reader of a watch: at its own pace, with an end for one that stays behind. Knows no object.

import type { Clock } from "../../base/clock.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Stream } from "../wire/call.ts";

export interface WatchSurroundings {
  clock: Clock;
  behaviour: Behaviour;
  /** The watches that are open; a watch takes itself out. */
  open: Set<Watch>;
}

/** A reader that does not even take the end of its stream is cut off after this, ms. */
const LINGER_MS = 5_000;
/** What goes out in one write, at most: lines, and characters. */
const BATCH_LINES = 64;
const BATCH_LENGTH = 65_536;

export class Watch {
  readonly #stream: Stream;
  readonly #surroundings: WatchSurroundings;
  readonly #ended = new AbortController();
  readonly #gone = new AbortController();
  #first: Iterator<string | undefined> | undefined;
  #lines: string[] = [];
  #sent = 0;
  #blocked = false;
  #judged = false;

  constructor(stream: Stream, surroundings: WatchSurroundings) {
    this.#stream = stream;
    this.#surroundings = surroundings;
    surroundings.open.add(this);
    stream.onDrain(() => {
      this.#blocked = false;
      this.#flush();
    });
    stream.onGone(() => {
      this.#finish();
      this.#gone.abort();
    });
  }

  /** Aborted when nothing more will be sent. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  onEnd(listener: () => void): void {
    if (this.signal.aborted) listener();
    else this.signal.addEventListener("abort", listener, { once: true });
  }

  /** Lines that go out before those of `send`, made as the reader takes them: to have many of these is not to lag. */
  begin(lines: Iterable<string | undefined>): void {
    this.#first = lines[Symbol.iterator]();
    this.#flush();
  }

  send(line: string | undefined): void {
    if (line === undefined || this.signal.aborted) return;
    this.#lines.push(line);
    this.#flush();
  }

  /** Ends the response politely, without what is still undelivered. */
  end(): void {
    if (this.signal.aborted) return;
    this.#finish();
    this.#stream.end();
    this.#surroundings.clock.sleep(LINGER_MS, this.#gone.signal).then(() => this.#stream.destroy(), ignoreAbort);
  }

  /** Breaks the connection. */
  destroy(): void {
    this.#finish();
    this.#stream.destroy();
  }

  get #lags(): boolean {
    const waiting = this.#lines.length - this.#sent;
    return this.#first === undefined && waiting > 0 && waiting > this.#surroundings.behaviour.slowReaderEvents;
  }

  // A burst may pile up for a moment; a reader that is still behind after the grace is slow.
  #judge(): void {
    this.#judged = true;
    const judged = () => {
      this.#judged = false;
      if (this.#lags) this.end();
    };
    this.#surroundings.clock.sleep(this.#surroundings.behaviour.slowReaderMs, this.signal).then(judged, ignoreAbort);
  }

  #flush(): void {
    while (!this.#blocked) {
      const batch = this.#take();
      if (batch === "") break;
      this.#blocked = !this.#stream.write(batch);
    }
    if (this.#lags && !this.#judged) this.#judge();
  }

  /** The next lines, empty if there are none. */
  #take(): string {
    let batch = "";
    for (let count = 0; count < BATCH_LINES && batch.length < BATCH_LENGTH; count++) {
      const line = this.#next();
      if (line === undefined) break;
      batch += line;
    }
    return batch;
  }

  #next(): string | undefined {
    while (this.#first !== undefined) {
      const { done, value } = this.#first.next();
      if (done === true) this.#first = undefined;
      else if (value !== undefined) return value;
    }
    const line = this.#lines[this.#sent++];
    if (line !== undefined && this.#sent < this.#lines.length) return line;
    this.#lines = [];
    this.#sent = 0;
    return line;
  }

  #finish(): void {
    this.#first = undefined;
    this.#lines = [];
    this.#sent = 0;
    this.#surroundings.open.delete(this);
    this.#ended.abort();
  }
}

/** For what ends with a watch. */
export function ignoreAbort(): void {}
