import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { JobView } from "../../src/drive/job-view.ts";
import { leaseExpired, OthersLeases, seenStep } from "../../src/drive/others-leases.ts";

const SEED = 20260301;

const EXPIRY = 60_000;

function view(version: string, more: Partial<JobView> = {}): JobView {
  return {
    namespace: "n",
    name: "j",
    uid: "u",
    version,
    claim: "1",
    owner: "other",
    attempt: 1,
    spent: 1,
    finished: false,
    finishedMs: 0,
    state: "working",
    deleting: false,
    action: "pull",
    repository: "r",
    ...more,
  };
}

const SEEN = seenStep(undefined, view("7"), 1_000);

describe("seenStep()", () => {
  test("begins the clock with the read that shows a claim", () => assert.deepEqual(SEEN, { namespace: "n", name: "j", uid: "u", version: "7", sinceMs: 1_000 }));
  test("lets it run while the version is the same", () => assert.equal(seenStep(SEEN, view("7"), 9_000), SEEN));
  test("starts it again with any change", () => assert.equal(seenStep(SEEN, view("8"), 9_000)?.sinceMs, 9_000));
  test("starts it again when an older version is read", () => assert.equal(seenStep(SEEN, view("6"), 9_000)?.sinceMs, 9_000));
  test("keeps nothing of an unclaimed job", () => assert.equal(seenStep(SEEN, view("8", { claim: "" }), 9_000), undefined));
  test("looks at no label's time", () => assert.equal(seenStep(undefined, view("7", { claim: "4102444800000" }), 1_000)?.sinceMs, 1_000));
});

describe("leaseExpired()", () => {
  const rows: [what: string, seen: typeof SEEN, now: JobView, nowMs: number, answer: boolean][] = [
    ["before the expiry", SEEN, view("7"), 60_999, false],
    ["at the expiry", SEEN, view("7"), 61_000, true],
    ["another version", SEEN, view("8"), 99_000, false],
    ["never seen", undefined, view("7"), 99_000, false],
    ["unclaimed", SEEN, view("7", { claim: "" }), 99_000, false],
  ];
  for (const [what, seen, now, nowMs, answer] of rows) {
    test(`${what}: ${answer}`, () => assert.equal(leaseExpired(seen, now, nowMs, EXPIRY), answer));
  }

  test("never ends a lease whose version changes within the expiry", () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: EXPIRY - 1 }), { maxLength: 40 }), (pauses) => {
      const leases = new OthersLeases();
      let nowMs = 0;
      pauses.forEach((pauseMs, index) => {
        leases.see(view(String(index)), nowMs);
        nowMs += pauseMs;
        assert.equal(leases.expired(view(String(index)), nowMs, EXPIRY), false);
      });
    }), { seed: SEED });
  });
});

describe("OthersLeases", () => {
  test("tells what is due, and when the next one is", () => {
    const leases = new OthersLeases();
    assert.equal(leases.nextDueMs(EXPIRY), undefined);
    leases.see(view("7"), 1_000);
    leases.see(view("3", { uid: "v", name: "k" }), 5_000);
    assert.equal(leases.nextDueMs(EXPIRY), 61_000);
    assert.deepEqual(leases.due(61_000, EXPIRY).map(({ uid }) => uid), ["u"]);
    assert.equal(leases.expired(view("7"), 61_000, EXPIRY), true);
    leases.forget("u");
    assert.equal(leases.expired(view("7"), 61_000, EXPIRY), false);
    assert.equal(leases.nextDueMs(EXPIRY), 65_000);
  });

  test("forgets a job once a read shows it unclaimed", () => {
    const leases = new OthersLeases();
    leases.see(view("7"), 1_000);
    leases.see(view("8", { claim: "" }), 2_000);
    assert.equal(leases.nextDueMs(EXPIRY), undefined);
  });

  test("keeps successive jobs of one name apart", () => {
    const leases = new OthersLeases();
    leases.see(view("7"), 0);
    leases.see(view("9", { uid: "v" }), 50_000);
    assert.deepEqual([leases.expired(view("7"), EXPIRY, EXPIRY), leases.expired(view("9", { uid: "v" }), EXPIRY, EXPIRY)], [true, false]);
  });
});
