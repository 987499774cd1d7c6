// What a worker writes to what is passed on: lines of its two streams, read no faster than is allowed, talk beyond that
// dropped and counted.

import type { Clock } from "../base/clock.ts";
import { Allowance, BYTES_PER_SECOND, LINES_AT_ONCE, LINES_PER_SECOND } from "./flood.ts";
import { type Line, LineSplitter } from "./lines.ts";
import type { Child } from "../base/processes.ts";
import { cut, LINE_MAX, readWorkerLine, type WorkerLine } from "./protocol.ts";
import type { WorkLog } from "./worker.ts";

/** Takes what was heard; a promise means: nothing more until it resolves. */
export type Tell = (line: WorkerLine) => Promise<void> | undefined;

/** More than a pipe holds: who goes on after that was not the worker, which has ended. */
const LAST_BYTES = 2 * LINE_MAX;
/** How long pipes stay open that others hold and say nothing through. */
const QUIET_MS = 1_000;
const LOOK_MS = 50;

export class Hearing {
  readonly #tell: Tell;
  readonly #clock: Clock;
  readonly #bytes: Allowance;
  readonly #lines: Allowance;
  readonly #ended: Promise<unknown>;
  #dropped = 0;
  /** Chunks taken, and how many of them are not passed on yet. */
  #taken = 0;
  #inHand = 0;
  /** How much is read after the worker's end; not limited before. */
  #bytesLeft = Infinity;

  constructor({ stdout, stderr }: Pick<Child, "stdout" | "stderr">, tell: Tell, clock: Clock) {
    this.#tell = tell;
    this.#clock = clock;
    const nowMs = clock.monotonic();
    this.#bytes = new Allowance(BYTES_PER_SECOND, BYTES_PER_SECOND, nowMs);
    this.#lines = new Allowance(LINES_PER_SECOND, LINES_AT_ONCE, nowMs);
    this.#ended = Promise.all([this.#hear(stdout, fromStdout), this.#hear(stderr, fromStderr)]);
  }

  /** Hears what the worker has still left in its pipes; resolves when all of that is passed on. */
  async finish(close: () => void): Promise<void> {
    this.#bytesLeft = LAST_BYTES;
    const ended = this.#ended.then(() => true);
    for (let quietMs = 0; quietMs < QUIET_MS; quietMs += LOOK_MS) {
      const before = this.#taken;
      if (await Promise.race([ended, this.#clock.sleep(LOOK_MS).then(() => false)])) break;
      if (this.#taken !== before || this.#inHand > 0) quietMs = 0;
    }
    close();
    await ended;
    await this.#confess();
  }

  async #hear(stream: AsyncIterable<Uint8Array>, read: (line: Line) => WorkerLine): Promise<void> {
    const splitter = new LineSplitter(LINE_MAX);
    for await (const chunk of stream) {
      this.#taken++;
      this.#inHand++;
      for (const line of splitter.push(chunk)) await this.#pass(read(line));
      this.#inHand--;
      this.#bytesLeft -= chunk.length;
      if (this.#bytesLeft < 0) break;
      const waitMs = this.#bytes.owe(chunk.length, this.#clock.monotonic());
      if (waitMs > 0 && this.#bytesLeft === Infinity) await this.#clock.sleep(waitMs);
    }
    const last = splitter.end();
    if (last !== undefined) await this.#pass(read(last));
  }

  async #pass(line: WorkerLine): Promise<void> {
    if (line.kind === "log") {
      if (line.log.text.trim() === "") return;
      if (!this.#lines.take(1, this.#clock.monotonic())) {
        this.#dropped++;
        return;
      }
    }
    await this.#confess();
    await this.#tell(line);
  }

  /** Says how much talk was dropped, if any was. */
  async #confess(): Promise<void> {
    if (this.#dropped === 0) return;
    const text = `${this.#dropped} lines of the worker were dropped: more than ${LINES_PER_SECOND} a second are not kept`;
    this.#dropped = 0;
    await this.#tell(talk({ level: "warn", text, source: "guard" }));
  }
}

/** A line that was cut cannot be one of the protocol. */
function fromStdout({ text, dropped }: Line): WorkerLine {
  return dropped === 0 ? readWorkerLine(text) : talk({ level: "warn", text: cut(text), source: "stdout" });
}

function fromStderr({ text }: Line): WorkerLine {
  return talk({ level: "info", text: cut(text), source: "stderr" });
}

function talk(log: WorkLog): WorkerLine {
  return { kind: "log", log };
}
