// Failures that are retried for ever, told so that a person can act and a log stays readable: the first at once, then
// one line a minute with the cause, since when and the next step, also where trouble comes and goes; one line when all
// is well again.

import type { Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { ApiError, messageOf, ProtocolError } from "../base/errors.ts";
import { type Logger, rfc3339 } from "../base/log.ts";

const EVERY_MS = 60_000;

export class Trouble {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #scopes = new Set<string>();
  #since: { wall: number; monotonic: number } | undefined;
  /** This trouble was told, so its end is too. */
  #told = false;
  #toldAt = Number.NEGATIVE_INFINITY;
  #last: unknown;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** The last cause, while there is trouble. */
  get cause(): unknown {
    return this.#last;
  }

  /** `scope` names what failed; it stays in trouble until recovered() names it too. */
  failed(scope: string, error: unknown): void {
    const now = this.#clock.monotonic();
    this.#since ??= { wall: this.#clock.now(), monotonic: now };
    this.#scopes.add(scope);
    this.#last = error;
    if (now - this.#toldAt < EVERY_MS) {
      this.#log.debug("retrying", { what: scope, error: messageOf(error) });
      return;
    }
    this.#toldAt = now;
    this.#told = true;
    const next = nextStep(error);
    this.#log.warn("provisioning API not usable, retrying", {
      what: [...this.#scopes].slice(0, 5).join(", "),
      error: messageOf(error),
      since: rfc3339(this.#since.wall),
      ...(next === undefined ? {} : { next }),
    });
  }

  recovered(scope: string): void {
    if (!this.#scopes.delete(scope) || this.#scopes.size > 0 || this.#since === undefined) return;
    const after = formatDuration(Math.round(this.#clock.monotonic() - this.#since.monotonic));
    if (this.#told) this.#log.info("provisioning API usable again", { after });
    this.#since = undefined;
    this.#last = undefined;
    this.#told = false;
  }
}

/** What a person can do about it; undefined where the error itself says so. */
export function nextStep(error: unknown): string | undefined {
  if (error instanceof ApiError) {
    switch (error.status) {
      case 401:
        return "check that the token is meant for this server, and the clocks of both";
      case 403:
        return "grant list and watch on jobs, or name the namespaces that are granted with --namespace";
      case 404:
        return "check --provisioning-server-url and that provisioning is switched on there";
    }
  }
  if (error instanceof ProtocolError) return "check that --provisioning-server-url is the API server itself, not a page in front of it";
  return undefined;
}
