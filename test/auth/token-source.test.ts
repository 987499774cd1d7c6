import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { createTokenSource, type Exchange, type Minted, type TokenSource } from "../../src/auth/token-source.ts";
import { NetworkError, TokenError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";

/** An exchange whose flights are answered by hand, in order. */
class HandExchange {
  readonly flights: { signal: AbortSignal; land: (minted: Minted) => void; crash: (error: unknown) => void; over: boolean }[] =
    [];

  readonly exchange: Exchange = (signal) =>
    new Promise((resolve, reject) => {
      const flight = {
        signal,
        over: false,
        land: (minted: Minted) => {
          flight.over = true;
          resolve(minted);
        },
        crash: (error: unknown) => {
          flight.over = true;
          reject(error);
        },
      };
      signal.addEventListener("abort", () => flight.crash(signal.reason), { once: true });
      this.flights.push(flight);
    });

  get last() {
    return this.flights.at(-1) ?? assert.fail("no exchange was started");
  }
}

interface Setup {
  clock: ManualClock;
  hand: HandExchange;
  source: TokenSource;
  /** Lands the last flight with a token of this life. */
  land: (text: string, lifeMs: number | undefined) => Promise<void>;
  /** A source that has a token of this life. */
  take: () => Promise<string>;
}

function setup(): Setup {
  const clock = new ManualClock();
  const hand = new HandExchange();
  const source = createTokenSource({ exchange: hand.exchange, clock, random: () => 0 });
  return {
    clock,
    hand,
    source,
    land: async (text, lifeMs) => {
      hand.last.land({ token: new Secret(text), expiresAtMs: lifeMs === undefined ? undefined : clock.now() + lifeMs });
      await settle();
    },
    take: async () => (await source.token()).reveal(),
  };
}

async function primed(lifeMs: number | undefined): Promise<Setup> {
  const made = setup();
  const first = made.take();
  await made.land("first", lifeMs);
  assert.equal(await first, "first");
  return made;
}

describe("createTokenSource() cache", () => {
  test("asks nothing before the first call, then once for many", async () => {
    const { hand, source, land, take } = setup();
    assert.equal(hand.flights.length, 0);
    assert.equal(source.expiresAtMs, undefined);
    const calls = Promise.all([take(), take(), take()]);
    await land("t", 600_000);
    assert.deepEqual(await calls, ["t", "t", "t"]);
    assert.equal(await take(), "t");
    assert.equal(hand.flights.length, 1);
  });

  test("tells when the kept token ends", async () => {
    const { clock, source } = await primed(600_000);
    assert.equal(source.expiresAtMs, clock.now() + 600_000);
    source.invalidate(new Secret("first"));
    assert.equal(source.expiresAtMs, undefined);
  });

  test("gives a token up 15 s before its end", async () => {
    const { clock, hand, land, take } = await primed(600_000);
    await clock.advance(584_999);
    assert.equal(await take(), "first");
    hand.last.crash(new TokenError("no", { status: 503 }));
    await settle();
    await clock.advance(1);
    const next = take();
    await land("second", 600_000);
    assert.equal(await next, "second");
    assert.equal(hand.flights.length, 3);
  });

  for (const lifeMs of [15_000, 14_999, 1, 0, -60_000, Number.NaN]) {
    test(`never keeps a token with ${lifeMs} ms of life: it serves once`, async () => {
      const { hand, source, land, take } = setup();
      for (let round = 1; round <= 3; round++) {
        const both = Promise.all([take(), take()]);
        await land(`t${round}`, lifeMs);
        assert.deepEqual(await both, [`t${round}`, `t${round}`]);
        assert.equal(source.expiresAtMs, undefined);
        assert.equal(hand.flights.length, round);
      }
    });
  }

  test("keeps a token with a single millisecond of usable life", async () => {
    const { hand, clock, land, take } = await primed(15_001);
    assert.equal(await take(), "first");
    assert.equal(hand.flights.length, 1);
    await clock.advance(1);
    const next = take();
    await land("second", 600_000);
    assert.equal(await next, "second");
    assert.equal(hand.flights.length, 2);
  });

  test("keeps a token that does not say its end for five minutes", async () => {
    const { clock, hand, source, land, take } = await primed(undefined);
    assert.equal(source.expiresAtMs, undefined);
    await clock.advance(239_999);
    assert.equal(await take(), "first");
    assert.equal(hand.flights.length, 1);
    await clock.advance(60_001);
    const next = take();
    await land("second", undefined);
    assert.equal(await next, "second");
  });

  test("trusts a token no longer when the wall clock leaps past its end, or was set back while it ran out", async () => {
    const forward = await primed(600_000);
    forward.clock.jump(590_000);
    void forward.take().catch(() => undefined);
    assert.equal(forward.hand.flights.length, 2);

    const back = await primed(600_000);
    back.clock.jump(-3_600_000);
    await back.clock.advance(584_999);
    assert.equal(await back.take(), "first");
    await back.clock.advance(1);
    const next = back.take();
    await back.land("second", 600_000);
    assert.equal(await next, "second");
  });
});

describe("createTokenSource() early refresh", () => {
  for (const [lifeMs, calmMs] of [
    [3_615_000, 3_540_000],
    [600_000, 525_000],
    [165_000, 120_000],
    [65_000, 40_000],
  ] as const) {
    test(`of a token of ${lifeMs / 1000} s begins after ${calmMs / 1000} s, while the old one serves`, async () => {
      const { clock, hand, land, take } = await primed(lifeMs);
      await clock.advance(calmMs - 1);
      assert.equal(await take(), "first");
      assert.equal(hand.flights.length, 1);
      await clock.advance(1);
      assert.equal(await take(), "first");
      assert.equal(await take(), "first");
      assert.equal(hand.flights.length, 2);
      await land("second", lifeMs);
      assert.equal(await take(), "second");
      assert.equal(hand.flights.length, 2);
    });
  }

  test("that fails fails nobody, and is tried again after 0.8 s, then after twice that", async () => {
    const { clock, hand, take } = await primed(600_000);
    await clock.advance(525_000);
    for (const pauseMs of [800, 1_600, 3_200]) {
      const before = hand.flights.length;
      assert.equal(await take(), "first");
      assert.equal(hand.flights.length, before + 1);
      hand.last.crash(new NetworkError("down", "refused"));
      await settle();
      await clock.advance(pauseMs - 1);
      assert.equal(await take(), "first");
      assert.equal(hand.flights.length, before + 1);
      await clock.advance(1);
    }
  });

  test("that succeeds forgets earlier failures", async () => {
    const { clock, hand, land, take } = await primed(600_000);
    await clock.advance(525_000);
    for (const pauseMs of [800, 1_600]) {
      await take();
      hand.last.crash(new NetworkError("down", "refused"));
      await settle();
      await clock.advance(pauseMs);
    }
    await take();
    await land("second", 65_000);
    await clock.advance(40_000);
    assert.equal(await take(), "second");
    assert.equal(hand.flights.length, 5);
    hand.last.crash(new NetworkError("down", "refused"));
    await settle();
    await clock.advance(800);
    await take();
    assert.equal(hand.flights.length, 6);
  });

  test("that brings a token without usable life keeps the old one, and counts as a failure", async () => {
    const { clock, hand, land, take } = await primed(600_000);
    await clock.advance(525_000);
    await take();
    await land("short", 10_000);
    assert.equal(await take(), "first");
    assert.equal(hand.flights.length, 2);
    await clock.advance(800);
    assert.equal(await take(), "first");
    assert.equal(hand.flights.length, 3);
  });

  test("is joined by those who come when the old token is over, and survives their leaving", async () => {
    const { clock, hand, source, land, take } = await primed(600_000);
    await clock.advance(525_000);
    await take();
    await clock.advance(60_000);
    const stop = new AbortController();
    const left = source.token(stop.signal);
    const reason = new Error("gone");
    stop.abort(reason);
    await assert.rejects(left, (error) => error === reason);
    assert.equal(hand.last.signal.aborted, false);
    const joined = take();
    assert.equal(hand.flights.length, 2);
    await land("second", 600_000);
    assert.equal(await joined, "second");
  });
});

describe("createTokenSource() invalidate", () => {
  test("drops the kept token", async () => {
    const { hand, source, land, take } = await primed(600_000);
    source.invalidate(new Secret("first"));
    const next = take();
    await land("second", 600_000);
    assert.equal(await next, "second");
    assert.equal(hand.flights.length, 2);
  });

  test("leaves a newer token alone: a late 401 to the old one costs nothing", async () => {
    const { hand, source, land, take } = await primed(600_000);
    source.invalidate(new Secret("first"));
    const next = take();
    await land("second", 600_000);
    await next;
    source.invalidate(new Secret("first"));
    assert.equal(await take(), "second");
    assert.equal(hand.flights.length, 2);
  });

  test("makes callers join a refresh that is under way", async () => {
    const { clock, hand, source, land, take } = await primed(600_000);
    await clock.advance(525_000);
    await take();
    source.invalidate(new Secret("first"));
    const next = take();
    assert.equal(hand.flights.length, 2);
    await land("second", 600_000);
    assert.equal(await next, "second");
  });
});

describe("createTokenSource() single flight", () => {
  test("tells a failure to all who wait, and begins anew with the next call", async () => {
    const { hand, land, take } = setup();
    const refusal = new TokenError("no", { status: 401 });
    const calls = [take(), take()].map((call) => assert.rejects(call, (error) => error === refusal));
    hand.last.crash(refusal);
    await Promise.all(calls);
    const next = take();
    await land("t", 600_000);
    assert.equal(await next, "t");
    assert.equal(hand.flights.length, 2);
  });

  test("goes on for the others when the first caller leaves", async () => {
    const { hand, source, land, take } = setup();
    const stop = new AbortController();
    const first = source.token(stop.signal);
    const second = take();
    const reason = new Error("gone");
    stop.abort(reason);
    await assert.rejects(first, (error) => error === reason);
    assert.equal(hand.last.signal.aborted, false);
    await land("t", 600_000);
    assert.equal(await second, "t");
    assert.equal(hand.flights.length, 1);
  });

  test("ends when nobody waits any more, and the next call does not join the ended one", async () => {
    const { hand, source, land, take } = setup();
    const stops = [new AbortController(), new AbortController()];
    const calls = stops.map((stop) => assert.rejects(source.token(stop.signal), /gone/));
    stops[0]?.abort(new Error("gone"));
    await settle();
    assert.equal(hand.last.signal.aborted, false);
    stops[1]?.abort(new Error("gone"));
    await Promise.all(calls);
    assert.equal(hand.last.signal.aborted, true);
    const next = take();
    assert.equal(hand.flights.length, 2);
    await land("t", 600_000);
    assert.equal(await next, "t");
  });

  test("keeps nothing from an ended flight that lands all the same", async () => {
    const clock = new ManualClock();
    const landings: ((minted: Minted) => void)[] = [];
    const source = createTokenSource({ exchange: () => new Promise((land) => landings.push(land)), clock, random: () => 0 });
    const stop = new AbortController();
    const left = source.token(stop.signal);
    stop.abort(new Error("gone"));
    await assert.rejects(left, /gone/);
    const next = source.token();
    landings[1]?.({ token: new Secret("new"), expiresAtMs: clock.now() + 600_000 });
    assert.equal((await next).reveal(), "new");
    landings[0]?.({ token: new Secret("old"), expiresAtMs: clock.now() + 600_000 });
    await settle();
    assert.equal((await source.token()).reveal(), "new");
  });

  test("leaves no listener on a signal that lives on", async () => {
    const { source, land } = setup();
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    signal.addEventListener = (_type: string, listener: unknown) => void listeners.add(listener);
    signal.removeEventListener = (_type: string, listener: unknown) => void listeners.delete(listener);
    const call = source.token(signal);
    assert.equal(listeners.size, 1);
    await land("t", 600_000);
    await call;
    assert.equal(listeners.size, 0);
  });

  test("asks nothing for a caller who has left already", async () => {
    const { hand, source } = setup();
    const reason = new Error("gone");
    await assert.rejects(source.token(AbortSignal.abort(reason)), (error) => error === reason);
    assert.equal(hand.flights.length, 0);
  });
});

describe("createTokenSource() close", () => {
  test("ends the flight, those who wait and those who come", async () => {
    const { hand, source, take } = setup();
    const waits = assert.rejects(take(), { name: "AbortError" });
    source.close();
    await waits;
    assert.equal(hand.last.signal.aborted, true);
    await assert.rejects(take(), { name: "AbortError" });
    assert.equal(hand.flights.length, 1);
  });

  test("ends a refresh that nobody waits for", async () => {
    const { clock, hand, source, take } = await primed(600_000);
    await clock.advance(525_000);
    await take();
    source.close();
    assert.equal(hand.last.signal.aborted, true);
    await settle();
  });
});

type Outcome =
  | { kind: "minted"; lifeMs: number | undefined; takesMs: number }
  | { kind: "failed"; status: number | undefined; takesMs: number };
type Step = { kind: "advance"; ms: number } | { kind: "call"; leavesAfterMs: number | undefined } | { kind: "unauthorized" };

const outcomes = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("minted" as const),
        lifeMs: fc.oneof(fc.integer({ min: 16_000, max: 400_000 }), fc.integer({ min: 1, max: 15_000 }), fc.constant(undefined)),
        takesMs: fc.integer({ min: 0, max: 8_000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("failed" as const),
        status: fc.constantFrom(401, 403, 503, undefined),
        takesMs: fc.integer({ min: 0, max: 8_000 }),
      }),
    },
  ),
  { minLength: 1, maxLength: 12 },
);
const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("advance" as const),
        ms: fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 120_000 })),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("call" as const),
        leavesAfterMs: fc.option(fc.integer({ min: 0, max: 6_000 }), { nil: undefined }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("unauthorized" as const) }) },
  ),
  { minLength: 1, maxLength: 40 },
);

/** Plays the steps; throws where an invariant is broken. */
async function play(script: readonly Outcome[], moves: readonly Step[]): Promise<void> {
  const clock = new ManualClock();
  const issued = new Map<string, { endsAtMs: number; usable: boolean }>();
  const rejected = new Set<string>();
  const aloft = new Set<AbortSignal>();
  const broken: string[] = [];
  let flights = 0;

  const exchange: Exchange = async (signal) => {
    for (const other of aloft) if (other.aborted) aloft.delete(other);
    if (aloft.size > 0) broken.push("two flights at once");
    aloft.add(signal);
    const outcome = script[flights++ % script.length] ?? assert.fail();
    try {
      await clock.sleep(outcome.takesMs, signal);
    } finally {
      aloft.delete(signal);
    }
    if (outcome.kind === "failed")
      throw outcome.status === undefined ? new NetworkError("down", "refused") : new TokenError("no", { status: outcome.status });
    const text = `token-${flights}`;
    const endsAtMs = outcome.lifeMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + outcome.lifeMs;
    issued.set(text, { endsAtMs, usable: outcome.lifeMs === undefined || outcome.lifeMs > 15_000 });
    return { token: new Secret(text), expiresAtMs: outcome.lifeMs === undefined ? undefined : endsAtMs };
  };

  const source = createTokenSource({ exchange, clock, random: () => 0.5 });
  const calls: Promise<void>[] = [];
  let last: Secret | undefined;
  let served = 0;

  const call = async (leavesAfterMs: number | undefined) => {
    const stop = new AbortController();
    const done = new AbortController();
    const reason = new Error("left");
    if (leavesAfterMs !== undefined)
      clock.sleep(leavesAfterMs, done.signal).then(
        () => stop.abort(reason),
        () => undefined,
      );
    const rejectedBefore = new Set(rejected);
    const keptUntilMs = source.expiresAtMs;
    const mustServe = keptUntilMs !== undefined && clock.now() < keptUntilMs - 15_000;
    try {
      const token = await source.token(stop.signal);
      const facts = issued.get(token.reveal());
      if (facts === undefined) broken.push(`${token.reveal()} was never issued`);
      else if (clock.now() >= facts.endsAtMs) broken.push(`${token.reveal()} was over`);
      else if (facts.usable && clock.now() >= facts.endsAtMs - 15_000) broken.push(`${token.reveal()} was within its margin`);
      if (rejectedBefore.has(token.reveal())) broken.push(`${token.reveal()} had been rejected`);
      last = token;
      served++;
    } catch (error) {
      if (mustServe) broken.push(`failed with a good token at hand: ${String(error)}`);
      const known = error === reason || error instanceof TokenError || error instanceof NetworkError;
      if (!known) broken.push(`an unknown failure: ${String(error)}`);
    } finally {
      done.abort();
    }
  };

  for (const move of moves) {
    if (move.kind === "advance") await clock.advance(move.ms);
    else if (move.kind === "call") calls.push(call(move.leavesAfterMs));
    else if (last !== undefined) {
      rejected.add(last.reveal());
      source.invalidate(last);
    }
  }
  await clock.advance(60_000);
  await Promise.all(calls);
  assert.deepEqual(broken, []);
  assert.ok(flights <= moves.length && served <= calls.length);
  source.close();
  await clock.advance(60_000);
  assert.equal(aloft.size, 0);
  assert.equal(clock.sleepers, 0);
}

describe("createTokenSource() under random walks", () => {
  test("flies once at a time, gives only issued, living, unrejected tokens, and never fails with a good one at hand", async () => {
    await fc.assert(fc.asyncProperty(outcomes, steps, play), { numRuns: 300 });
  });
});
