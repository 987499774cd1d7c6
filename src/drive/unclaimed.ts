// Jobs that nobody claims: each named once, with what it blocks, after five minutes of lists that show it so.

import type { Logger } from "../base/log.ts";
import type { JobView } from "./job-view.ts";
import { fieldsOf } from "./work.ts";

const NAMED_AFTER_MS = 300_000;
/** What no list shows any more is forgotten. */
const FORGOTTEN_AFTER_MS = 600_000;
/** Lines a minute: a long queue must not fill the log. */
const LINES = { most: 10, everyMs: 60_000 };

interface Waiting {
  sinceMs: number;
  seenMs: number;
  named: boolean;
}

export class Unclaimed {
  readonly #log: Logger;
  readonly #serves: (action: string) => boolean;
  readonly #waiting = new Map<string, Waiting>();
  #lines = { left: LINES.most, sinceMs: Number.NEGATIVE_INFINITY };
  #forgotAtMs = Number.NEGATIVE_INFINITY;

  constructor(log: Logger, serves: (action: string) => boolean) {
    this.#log = log;
    this.#serves = serves;
  }

  /** A list shows the job at `nowMs`, monotonic. */
  see(view: JobView, nowMs: number): void {
    this.#forget(nowMs);
    if (view.claim !== "" || view.deleting) {
      this.#waiting.delete(view.uid);
      return;
    }
    const waiting = this.#waiting.get(view.uid) ?? { sinceMs: nowMs, seenMs: nowMs, named: false };
    waiting.seenMs = nowMs;
    this.#waiting.set(view.uid, waiting);
    if (waiting.named || nowMs - waiting.sinceMs < NAMED_AFTER_MS || !this.#mayName(nowMs)) return;
    waiting.named = true;
    const served = this.#serves(view.action);
    this.#log.warn("job unclaimed for five minutes", {
      ...fieldsOf(view),
      why: served ? "no driver has come to it" : "it has no worker here",
      blocks: "every new job of its name is refused with 409",
      next: served ? "see what drivers are busy with, or give more with --drivers" : "give it a worker, here or elsewhere, or delete the job",
    });
  }

  #mayName(nowMs: number): boolean {
    if (nowMs - this.#lines.sinceMs >= LINES.everyMs) this.#lines = { left: LINES.most, sinceMs: nowMs };
    return this.#lines.left-- > 0;
  }

  #forget(nowMs: number): void {
    if (nowMs - this.#forgotAtMs < LINES.everyMs) return;
    this.#forgotAtMs = nowMs;
    for (const [uid, { seenMs }] of this.#waiting) if (nowMs - seenMs > FORGOTTEN_AFTER_MS) this.#waiting.delete(uid);
  }
}
