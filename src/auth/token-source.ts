// An exchange in, a token that is good now out. Holds one token and at most one exchange under way;
// knows neither HTTP nor what a token looks like. Nothing runs by itself: every step is taken in a call of token().

import { Backoff } from "../base/backoff.ts";
import type { Clock, Random } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";

export interface Minted {
  token: Secret;
  /** End of its life on our wall clock, ms since the epoch; undefined if the token does not say. */
  expiresAtMs: number | undefined;
}

/** Mints one token. Rejects with TokenError, NetworkError, ConfigError or the signal's reason. */
export type Exchange = (signal: AbortSignal) => Promise<Minted>;

export interface TokenSource {
  /**
   * A token that lives for another 15 s at least, unless the exchange mints shorter ones. Rejects as the exchange does,
   * or with the signal's reason; that ends the exchange only when nobody else waits for it.
   */
  token(signal?: AbortSignal): Promise<Secret>;
  /** Forgets this token, after a 401. A newer one stays. */
  invalidate(token: Secret): void;
  /** End of life of the token that is kept, ms since the epoch. */
  readonly expiresAtMs: number | undefined;
  /** Ends an exchange under way; token() rejects from now on. */
  close(): void;
}

export interface TokenSourceOptions {
  exchange: Exchange;
  clock: Pick<Clock, "now" | "monotonic">;
  random: Random;
}

/** A token is given up this long before its end. src: authlib authn/token_exchange.go */
const MARGIN_MS = 15_000;
/** A new one is fetched in the background in the last fifth of the usable life, at most a minute ahead. */
const AHEAD_MAX_MS = 60_000;
const AHEAD_SHARE = 0.2;
/** Without an end of its own a token is kept this long: a server may answer 403 rather than 401 to one that has died. */
const UNDATED_LIFE_MS = 300_000;

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  return new ExchangedTokens(options);
}

interface Kept {
  token: Secret;
  expiresAtMs: number | undefined;
  /** Give up at this moment of the monotonic clock. */
  staleAtMs: number;
  /** From this moment on a new one is fetched in the background. */
  aheadAtMs: number;
}

interface Flight {
  result: Promise<Secret>;
  abort: AbortController;
  /** Started while the kept token was still good: goes on though nobody waits. */
  early: boolean;
  waiting: number;
}

class ExchangedTokens implements TokenSource {
  readonly #exchange: Exchange;
  readonly #clock: TokenSourceOptions["clock"];
  readonly #backoff: Backoff;
  #kept: Kept | undefined;
  #flight: Flight | undefined;
  /** No early exchange before this moment: the last one failed. */
  #earlyFromMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: TokenSourceOptions) {
    this.#exchange = options.exchange;
    this.#clock = options.clock;
    this.#backoff = new Backoff(options.random);
  }

  async token(signal?: AbortSignal): Promise<Secret> {
    signal?.throwIfAborted();
    if (this.#closed) throw closed();
    const kept = this.#good();
    if (kept === undefined) return this.#join(this.#flight ?? this.#start(false), signal);
    const now = this.#clock.monotonic();
    if (this.#flight === undefined && now >= kept.aheadAtMs && now >= this.#earlyFromMs) this.#startEarly();
    return kept.token;
  }

  invalidate(token: Secret): void {
    if (this.#kept?.token.equals(token)) this.#kept = undefined;
  }

  get expiresAtMs(): number | undefined {
    return this.#kept?.expiresAtMs;
  }

  close(): void {
    this.#closed = true;
    this.#kept = undefined;
    this.#flight?.abort.abort(closed());
    this.#flight = undefined;
  }

  /** The kept token while both clocks say so: the monotonic one may stand still in suspend, the wall clock may be set back. */
  #good(): Kept | undefined {
    const kept = this.#kept;
    if (kept === undefined || this.#clock.monotonic() >= kept.staleAtMs) return undefined;
    return kept.expiresAtMs !== undefined && this.#clock.now() >= kept.expiresAtMs - MARGIN_MS ? undefined : kept;
  }

  #startEarly(): void {
    const before = this.#kept;
    const settled = () => {
      if (this.#kept !== before) return this.#backoff.reset();
      const now = this.#clock.monotonic();
      this.#earlyFromMs = now + this.#backoff.next(now);
    };
    this.#start(true).result.then(settled, settled);
  }

  #start(early: boolean): Flight {
    const abort = new AbortController();
    const result = this.#exchange(abort.signal)
      .then((minted) => {
        if (this.#flight === flight) this.#keep(minted);
        return minted.token;
      })
      .finally(() => {
        if (this.#flight === flight) this.#flight = undefined;
      });
    const flight: Flight = { result, abort, early, waiting: 0 };
    // Those who wait hear of a failure; when nobody does it is no event.
    result.catch(() => undefined);
    this.#flight = flight;
    return flight;
  }

  /** A token without usable life serves those who wait for it and is not kept; one that is still good stays. */
  #keep({ token, expiresAtMs }: Minted): void {
    const now = this.#clock.monotonic();
    const lifeMs = expiresAtMs === undefined ? UNDATED_LIFE_MS : expiresAtMs - this.#clock.now() - MARGIN_MS;
    if (!(lifeMs > 0)) return;
    const aheadMs = Math.min(lifeMs * AHEAD_SHARE, AHEAD_MAX_MS);
    this.#kept = { token, expiresAtMs, staleAtMs: now + lifeMs, aheadAtMs: now + lifeMs - aheadMs };
  }

  async #join(flight: Flight, signal: AbortSignal | undefined): Promise<Secret> {
    flight.waiting++;
    try {
      return await orAborted(flight.result, signal);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && !flight.early && this.#flight === flight) {
        this.#flight = undefined;
        flight.abort.abort(signal?.reason);
      }
    }
  }
}

function closed(): Error {
  return new DOMException("The token source is closed", "AbortError");
}

/** The result, or the signal's reason if that comes first. */
function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
