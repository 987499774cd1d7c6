import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { WatchMeter } from "../../src/kube/watch-meter.ts";
import type { Fact } from "../../src/kube/watch-state.ts";
import { following, factsOf } from "../support/machine.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryCount } from "../support/memory-count.ts";
import { job } from "../support/objects.ts";

function setUp() {
  const clock = new ManualClock(1_000_000);
  const counts = new MemoryCount();
  const meter = new WatchMeter(counts.count, clock);
  const tell = (...facts: Fact[]) => {
    for (const fact of facts) meter.fact(fact);
    return counts.take();
  };
  return { clock, counts, meter, tell };
}

const up: Fact = { kind: "stream", up: true };
const listed = (differences = { objects: 0, found: 0, changed: 0, gone: 0 }): Fact => (
  { kind: "listed", first: false, beganAt: 0, resumesAt: 0, tookMs: 1, differences, held: 0 }
);
const broken = (error: unknown): Fact[] => [{ kind: "stream", up: false, error }, { kind: "failure", stage: "stream", error, retryMs: 0 }];
const refused = (error: unknown): Fact[] => [{ kind: "failure", stage: "open", error, retryMs: 0 }];
const status = (code: number, more: { retryAfterMs?: number; reason?: string } = {}) => new ApiError("no", { status: code, ...more });

describe("WatchMeter, how a watch ends", () => {
  test("counts openings and polite ends, which are no trouble", () => {
    const { tell, meter } = setUp();
    assert.equal(meter.open, false);
    assert.deepEqual(tell(up), ["watch-opened"]);
    assert.equal(meter.open, true);
    assert.deepEqual(tell({ kind: "stream", up: false }), ["watch-ended"]);
    assert.equal(meter.open, false);
  });

  const ends: [string, Fact[], string[]][] = [
    ["a cut connection", broken(new NetworkError("lost", "cut")), ["watch-failed cut"]],
    ["a cut within an event", broken(new NetworkError("lost", "mid-line")), ["watch-failed mid-line"]],
    ["no end in time", broken(new NetworkError("dead", "silence")), ["watch-failed stall"]],
    ["an ERROR event 410", broken(status(410)), ["watch-failed expired-event"]],
    ["an ERROR event that says Expired", broken(status(500, { reason: "Expired" })), ["watch-failed expired-event"]],
    ["an ERROR event 500", broken(status(500)), ["watch-failed error-event"]],
    ["an ERROR event 429 that says when", broken(status(429, { retryAfterMs: 1 })), ["watch-failed error-event", "asked-to-wait watch"]],
    ["a line that is no JSON", broken(new ProtocolError("no", { reason: "malformed" })), ["watch-failed malformed"]],
    ["a huge line", broken(new ProtocolError("no", { reason: "oversized" })), ["watch-failed oversized"]],
    ["a page in place of events", broken(new ProtocolError("no", { reason: "not-json" })), ["watch-failed not-json"]],
    ["a list in place of events", broken(new ProtocolError("no")), ["watch-failed unexpected"]],
    ["410 at the opening", refused(status(410)), ["watch-failed expired"]],
    ["401 at the opening", refused(status(401)), ["watch-failed unauthorized"]],
    ["503 that says when", refused(status(503, { retryAfterMs: 1 })), ["watch-failed server-error", "asked-to-wait watch"]],
    ["503 that does not", refused(status(503)), ["watch-failed server-error"]],
    ["a refused connection", refused(new NetworkError("no", "refused")), ["watch-failed connection"]],
    ["no token", refused(new TokenError("no")), ["watch-failed credential"]],
  ];
  for (const [what, facts, expected] of ends) {
    test(`counts ${what} as ${expected.join(" and ")}, and the retry`, () => {
      const { tell, meter } = setUp();
      tell(up);
      assert.deepEqual(tell(...facts), ["retry watch", ...expected]);
      if (facts.length > 1) assert.equal(meter.open, false);
    });
  }

  test("counts a silent stream as a stall and not as an end, and the one after it as usual", () => {
    const { tell } = setUp();
    tell(up);
    assert.deepEqual(tell({ kind: "stalled" }, { kind: "stream", up: false }), ["watch-failed stall"]);
    assert.deepEqual(tell(up, { kind: "stream", up: false }), ["watch-opened", "watch-ended"]);
  });

  test("reads the machine's own facts of a silent stream the same way", () => {
    const { tell } = setUp();
    const machine = following();
    machine.at = 60_000;
    machine.list([job("a", "1")]);
    machine.at = 70_000;
    assert.deepEqual(tell(...factsOf(machine.send({ kind: "check-stream", bytesAt: 0 }))), ["watch-failed stall"]);
  });
});

describe("WatchMeter, lists", () => {
  test("tells the first list, those after a reconnect, and the others apart", () => {
    const { tell } = setUp();
    tell(up);
    assert.deepEqual(tell(listed()), ["listed initial"]);
    assert.deepEqual(tell(listed()), ["listed periodic"]);
    tell({ kind: "stream", up: false }, up);
    assert.deepEqual(tell(listed(), listed()), ["listed reconnect", "listed periodic"]);
  });

  test("counts what a list has found, and keeps its size and time", () => {
    const { tell, meter, clock } = setUp();
    assert.equal(meter.listedMs, undefined);
    assert.deepEqual(tell(listed({ objects: 9, found: 3, changed: 2, gone: 1 })), [
      "listed initial", "event add,relist 3", "event update,relist 2", "event delete,relist",
    ]);
    assert.deepEqual([meter.objects, meter.listedMs], [9, clock.now()]);
  });

  test("leaves the counting of pages that failed to whoever asked for them", () => {
    const { tell } = setUp();
    assert.deepEqual(tell({ kind: "failure", stage: "anchor", error: status(500), retryMs: 0 }), ["retry watch"]);
    assert.deepEqual(tell({ kind: "failure", stage: "list", error: status(500), retryMs: 0 }), ["retry list"]);
  });
});

describe("WatchMeter, events", () => {
  test("counts them by verb, bookmarks by their time alone", () => {
    const { meter, counts, clock } = setUp();
    const object = job("a", "1");
    meter.events([{ type: "ADDED", object }, { type: "MODIFIED", object }, { type: "MODIFIED", object }, { type: "DELETED", object }]);
    assert.deepEqual(counts.take(), ["event add,live", "event update,live 2", "event delete,live"]);
    meter.events([{ type: "BOOKMARK", object }, { type: "ERROR", object: {} }, { type: "UNKNOWN", name: "RENAMED" }]);
    assert.deepEqual(counts.take(), []);
    assert.equal(meter.eventMs, clock.now());
  });

  test("counts what cannot be followed, and each contradiction by its name", () => {
    const { tell } = setUp();
    assert.deepEqual(tell({ kind: "unusable", reason: "unknown_type", what: "x" }), ["event-dropped unknown_type"]);
    assert.deepEqual(tell({ kind: "unusable", reason: "no_identity", what: "x" }), ["event-dropped no_identity"]);
    for (const [what, expected] of [
      ["doubled", "event-doubled"],
      ["lost", "event-lost list"],
      ["object-back", "version-back object"],
      ["stream-back", "version-back stream"],
      ["list-back", "version-back list"],
      ["list-twice", "list-odd twice"],
      ["list-lacked", "list-odd lacked"],
    ] as const) {
      assert.deepEqual(tell({ kind: "odd", what, count: 1 }), [expected]);
    }
    assert.deepEqual(tell({ kind: "odd", what: "lost", count: 7 }), ["event-lost list 7"]);
  });
});
