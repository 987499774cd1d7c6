import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ageMs, expired, sweepInterval, wholeSeconds } from "../../src/history/expired.ts";
import { pruneEvery } from "../../src/history/prune.ts";
import { FakeHistory } from "../support/fake-history.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { MemoryLog } from "../support/memory-log.ts";

const stamp = (ms: number) => new Date(wholeSeconds(ms)).toISOString().replace(".000Z", "Z");
const START = Date.UTC(2026, 0, 1);
/** Retentions of parts of a second up to two hours, whole seconds as often as not. */
const retention = fc.oneof(fc.integer({ min: 1, max: 7_200 }).map((seconds) => seconds * 1_000), fc.integer({ min: 1, max: 7_200_000 }));

describe("expired()", () => {
  test("is never early and less than two seconds late, whatever parts of seconds were cut", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: -10_000, max: 10_000_000 }), retention, (now, trueAge, retentionMs) => {
        const created = now - trueAge;
        const gone = expired(ageMs({ metadata: { creationTimestamp: stamp(created) } }, now), retentionMs);
        if (gone) assert.ok(trueAge > retentionMs, `${trueAge} ms is not older than ${retentionMs} ms`);
        if (created >= 1_000 && trueAge >= retentionMs + 2_000) assert.ok(gone, `${trueAge} ms is two seconds past ${retentionMs} ms`);
      }),
      { numRuns: 20_000 },
    );
  });

  test("is never early where the boundary is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e12, max: 2e12 }), fc.integer({ min: -2_500, max: 2_500 }), retention, (now, beyond, retentionMs) => {
        const gone = expired(ageMs({ metadata: { creationTimestamp: stamp(now - retentionMs - beyond) } }, now), retentionMs);
        if (beyond <= 0) assert.equal(gone, false);
        if (beyond >= 2_000) assert.equal(gone, true);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("sweepInterval()", () => {
  test("is at most a quarter of the retention, but for the ten seconds that it is at least", () => {
    fc.assert(
      fc.property(retention, (retentionMs) => {
        const interval = sweepInterval(retentionMs);
        assert.ok(interval >= 10_000 && interval <= 600_000 && interval <= Math.max(10_000, retentionMs / 4));
      }),
    );
  });
});

const history = fc.record({
  retentionMs: fc.oneof(fc.integer({ min: 1, max: 300 }).map((seconds) => seconds * 1_000), fc.integer({ min: 1, max: 300_000 })),
  /** Age of what is there at the start, as a share of three retentions. */
  old: fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 30 }),
  /** Pauses between later creations, as a share of one retention. */
  pauses: fc.array(fc.double({ min: 0, max: 0.3, noNaN: true }), { maxLength: 15 }),
  pageSize: fc.integer({ min: 1, max: 20 }),
  listMs: fc.integer({ min: 0, max: 900 }),
  deleteMs: fc.integer({ min: 0, max: 200 }),
  skewMs: fc.integer({ min: -1e9, max: 1e9 }),
  localStartMs: fc.integer({ min: 0, max: 999 }).map((ms) => START + ms),
  /** Moves of the local wall clock, between creations. */
  localJumps: fc.array(fc.integer({ min: -1e8, max: 1e8 }), { maxLength: 15 }),
});

function begin(facts: { retentionMs: number; pageSize: number; listMs: number; deleteMs: number; skewMs: number; localStartMs: number }) {
  const clock = new ManualClock(facts.localStartMs);
  const server = new FakeHistory(clock, facts);
  const log = new MemoryLog();
  const stop = new AbortController();
  const intervalMs = sweepInterval(facts.retentionMs);
  let longestMs = 0;
  let scanMs = 0;
  const observer = {
    scanBegan: () => void (scanMs = clock.monotonic()),
    page: () => undefined,
    scanEnded: () => void (longestMs = Math.max(longestMs, clock.monotonic() - scanMs)),
  };
  const start = async () => {
    const ending = pruneEvery(
      {
        api: server, namespaces: [undefined], retentionMs: facts.retentionMs, sweepIntervalMs: intervalMs, deleteRate: 100, dryRun: false,
        clock, random: () => 0.5, log, observer,
      },
      stop.signal,
    );
    const ended = assert.rejects(ending, /stop/);
    await settle();
    return async () => {
      stop.abort(new Error("stop"));
      await clock.advance(10_000);
      await ended;
    };
  };
  return { clock, server, log, start, intervalMs, longestMs: () => longestMs };
}

describe("pruneEvery() over random histories", () => {
  test("deletes nothing before its time and everything within the bound, whatever the clocks show", async () => {
    await fc.assert(
      fc.asyncProperty(history, async (facts) => {
        const { clock, server, log, start, intervalMs, longestMs } = begin(facts);
        const { retentionMs } = facts;
        facts.old.forEach((share, index) => server.add(`old-${index}`, Math.floor(share * 3 * retentionMs)));
        const end = await start();
        for (const [index, share] of facts.pauses.entries()) {
          await clock.advance(Math.floor(share * retentionMs));
          clock.jump(facts.localJumps[index] ?? 0);
          server.add(`new-${index}`, 0);
        }
        await clock.advance(retentionMs + intervalMs + 2_000 + 30_000);
        assert.equal(server.stored.size, 0, "everything is gone in the end");
        const boundMs = retentionMs + Math.max(10_000, retentionMs / 4) + 2_000 + longestMs();
        for (const { name, trueAgeMs, serverAgeMs, atMs } of server.deletions) {
          assert.ok(trueAgeMs > retentionMs, `${name} went at ${trueAgeMs} ms of ${retentionMs} ms`);
          assert.equal(serverAgeMs, trueAgeMs);
          // What had expired before the start has the start for its time.
          assert.ok(Math.min(trueAgeMs - retentionMs, atMs) <= boundMs - retentionMs, `${name} went at ${trueAgeMs} ms, bound ${boundMs} ms`);
        }
        assert.deepEqual(log.records.filter(({ level }) => level === "warn"), []);
        await end();
      }),
      { numRuns: 150 },
    );
  });

  test("deletes nothing before its true time when the server's clock is set, and forgets nothing", async () => {
    const move = fc.oneof(fc.integer({ min: 62_000, max: 1e8 }), fc.integer({ min: -1e8, max: -62_000 }));
    await fc.assert(
      fc.asyncProperty(fc.record({ facts: history, moves: fc.array(move, { minLength: 1, maxLength: 4 }) }), async ({ facts, moves }) => {
        const { clock, server, log, start, intervalMs } = begin(facts);
        const { retentionMs } = facts;
        facts.old.forEach((share, index) => server.add(`old-${index}`, Math.floor(share * retentionMs)));
        const end = await start();
        for (const [index, ms] of moves.entries()) {
          // Far enough apart that a page has told each of them.
          await clock.advance(2 * intervalMs + 30_000);
          server.add(`before-${index}`, 0);
          server.jump(ms);
          server.add(`after-${index}`, 0);
        }
        await clock.advance(2 * (retentionMs + intervalMs) + 60_000);
        for (const { name, trueAgeMs } of server.deletions) {
          assert.ok(trueAgeMs > retentionMs, `${name} went at ${trueAgeMs} ms of ${retentionMs} ms`);
        }
        assert.equal(log.of("server clock moved, sweep skipped").length, moves.length);
        // Only what a fast clock dated and a slow one measures may have to wait longer.
        const forward = moves.every((ms) => ms > 0);
        if (forward) assert.equal(server.stored.size, 0);
        await end();
      }),
      { numRuns: 150 },
    );
  });
});
