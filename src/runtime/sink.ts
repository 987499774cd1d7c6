// Finished lines to a stream whose reader may be slow or gone. Nothing but debug lines is ever dropped; whoever produces
// lines asks ready() before producing more. Never blocks and never throws.

import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";
import { messageOf } from "../base/errors.ts";
import type { LineSink, LogLevel } from "../base/log.ts";

export interface StdoutSink extends LineSink {
  /** Bytes of lines that the stream has not taken yet. */
  readonly queuedBytes: number;
  /** Resolves while there is room: at once below the high mark, else once half of it has gone or the reader has. Rejects with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void>;
  /** Resolves when the stream cannot be written any more, with the error's code (`EPIPE` when the reader went away). */
  readonly closed: Promise<string>;
  /** Writes what is left and ends the stream; true if all of it was taken within the time. Later lines are lost. */
  end(timeoutMs: number): Promise<boolean>;
}

export interface SinkOptions {
  /** Queue length at which ready() starts to wait, bytes. Default 16 MiB. */
  highBytes?: number;
  /** Queue length beyond which debug lines are dropped, bytes. Default 1 MiB. */
  debugBytes?: number;
  /** Told how many debug lines were dropped, once the queue is empty again; may write a line about it. */
  onDropped?: (count: number) => void;
}

const BATCH_BYTES = 64 * 1024;
/** A longer timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A sink over a process stream (or any other Writable). */
export function createStdoutSink(stream: Writable = process.stdout, options: SinkOptions = {}): StdoutSink {
  const { highBytes = 16 * 1024 * 1024, debugBytes = 1024 * 1024, onDropped } = options;
  let queue: { text: string; bytes: number }[] = [];
  let queuedBytes = 0;
  // Handed over with write() returning false: still counted until the drain.
  let heldBytes = 0;
  let blocked = false;
  // A line has gone out in this turn of the event loop: what follows within it goes out together.
  let gathering = false;
  let gone = false;
  let ending = false;
  let dropped = 0;
  let waiting: (() => void)[] = [];
  const emptied: (() => void)[] = [];
  let tellClosed: (code: string) => void;
  const closed = new Promise<string>((resolve) => {
    tellClosed = resolve;
  });

  stream.on("error", (error) => close(codeOf(error)));
  stream.on("close", () => ending || close("EPIPE"));
  stream.on("drain", () => {
    blocked = false;
    queuedBytes -= heldBytes;
    heldBytes = 0;
    flush();
  });

  function close(code: string): void {
    if (gone) return;
    gone = true;
    queue = [];
    queuedBytes = heldBytes = 0;
    tellClosed(code);
    settle();
  }

  function settle(): void {
    if (queuedBytes < highBytes / 2) for (const resume of waiting.splice(0)) resume();
    if (queuedBytes > 0) return;
    if (dropped > 0 && !gone) {
      const count = dropped;
      dropped = 0;
      onDropped?.(count);
    }
    if (queuedBytes === 0) for (const done of emptied.splice(0)) done();
  }

  // Lines are joined as they come, so that a long queue is few entries and few writes.
  function enqueue(text: string, bytes: number): void {
    const last = queue.at(-1);
    if (last === undefined || last.bytes + bytes > BATCH_BYTES) {
      queue.push({ text, bytes });
      return;
    }
    last.text += text;
    last.bytes += bytes;
  }

  function flush(): void {
    while (!blocked && !gone) {
      const batch = queue.shift();
      if (batch === undefined) break;
      hand(batch.text, batch.bytes);
    }
    settle();
  }

  function gather(): void {
    if (gathering) return;
    gathering = true;
    queueMicrotask(() => {
      gathering = false;
      flush();
    });
  }

  function hand(text: string, bytes: number): void {
    try {
      if (stream.write(text)) {
        queuedBytes -= bytes;
        return;
      }
    } catch (error) {
      // Deno writes at once, and throws what others emit.
      close(codeOf(error));
      return;
    }
    blocked = true;
    heldBytes = bytes;
  }

  return {
    get queuedBytes() {
      return queuedBytes;
    },
    closed,
    write(line: string, level: LogLevel): void {
      if (gone || ending) return;
      if (level === "debug" && queuedBytes >= debugBytes) {
        dropped++;
        return;
      }
      const text = `${line}\n`;
      const bytes = Buffer.byteLength(text);
      queuedBytes += bytes;
      enqueue(text, bytes);
      if (blocked || (gathering && queuedBytes < BATCH_BYTES)) return;
      flush();
      gather();
    },
    ready(signal?: AbortSignal): Promise<void> {
      if (signal?.aborted) return Promise.reject(signal.reason);
      if (gone || queuedBytes < highBytes) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const resume = () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        };
        const abort = () => {
          waiting = waiting.filter((other) => other !== resume);
          reject(signal?.reason);
        };
        signal?.addEventListener("abort", abort, { once: true });
        waiting.push(resume);
      });
    },
    async end(timeoutMs: number): Promise<boolean> {
      if (gone) return false;
      const empty = queuedBytes === 0 ? Promise.resolve() : new Promise<void>((resolve) => emptied.push(resolve));
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), Math.min(timeoutMs, LONGEST_TIMER_MS));
      });
      const flushed = empty.then(async () => {
        ending = true;
        if (gone) return false;
        await new Promise<void>((resolve) => stream.end(resolve));
        return true;
      });
      const done = await Promise.race([flushed, closed.then(() => false), late]);
      ending = true;
      clearTimeout(timer);
      return done;
    },
  };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
}
