import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { rfc3339 } from "../../src/base/log.ts";
import { nextStep, Trouble } from "../../src/jobs/trouble.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryLog } from "../support/memory-log.ts";

const refused = new NetworkError("Cannot connect to grafana:6443: connection refused", "refused");

function setUp() {
  const clock = new ManualClock();
  const log = new MemoryLog();
  return { clock, log, trouble: new Trouble(log, clock), warned: () => log.records.filter(({ level }) => level === "warn") };
}

describe("Trouble", () => {
  test("tells the first failure at once: what, cause, since when", () => {
    const { clock, trouble, warned } = setUp();
    const since = rfc3339(clock.now());
    trouble.failed("jobs: watch", refused);
    assert.deepEqual(warned(), [
      { level: "warn", msg: "provisioning API not usable, retrying", fields: { what: "jobs: watch", error: refused.message, since } },
    ]);
    assert.equal(trouble.cause, refused);
  });

  test("tells one line a minute with the latest cause and the first time, the others at debug", async () => {
    const { clock, log, trouble, warned } = setUp();
    const since = rfc3339(clock.now());
    for (let second = 0; second <= 180; second += 5) {
      trouble.failed("jobs: watch", second < 100 ? refused : new ApiError("Cannot list", { status: 503 }));
      await clock.advance(5_000);
    }
    assert.deepEqual(warned().map(({ fields }) => fields.error), [refused.message, refused.message, "Cannot list", "Cannot list"]);
    assert.ok(warned().every(({ fields }) => fields.since === since));
    assert.equal(log.records.filter(({ level }) => level === "debug").length, 37 - 4);
  });

  test("tells the end once, when nothing is in trouble any more", async () => {
    const { clock, log, trouble } = setUp();
    await clock.advance(500_000);
    trouble.failed("jobs in a: watch", refused);
    trouble.failed("jobs in b: watch", refused);
    await clock.advance(90_000);
    trouble.recovered("jobs in a: watch");
    trouble.recovered("jobs in a: list");
    assert.deepEqual(log.of("provisioning API usable again"), []);
    trouble.recovered("jobs in b: watch");
    trouble.recovered("jobs in b: watch");
    assert.deepEqual(log.of("provisioning API usable again").map(({ fields }) => fields), [{ after: "1m30s" }]);
    assert.equal(trouble.cause, undefined);
  });

  test("says nothing about what was never in trouble", () => {
    const { log, trouble } = setUp();
    trouble.recovered("jobs: list");
    assert.deepEqual(log.records, []);
  });

  test("keeps to one line a minute where trouble comes and goes", async () => {
    const { clock, log, trouble, warned } = setUp();
    for (let second = 0; second < 300; second += 2) {
      trouble.failed("jobs: watch", refused);
      await clock.advance(1_000);
      trouble.recovered("jobs: watch");
      await clock.advance(1_000);
    }
    assert.equal(warned().length, 5);
    assert.equal(log.of("provisioning API usable again").length, 5, "an end is told of what was told");
  });

  test("names five places at most", () => {
    const { trouble, warned } = setUp();
    const clockless = Array.from({ length: 50 }, (_, nth) => `jobs in ns-${nth}: watch`);
    for (const scope of clockless) trouble.failed(scope, refused);
    assert.equal(warned().length, 1);
  });
});

describe("nextStep()", () => {
  for (const [what, error, expected] of [
    ["401", new ApiError("m", { status: 401 }), /token.*clocks/],
    ["403", new ApiError("m", { status: 403 }), /--namespace/],
    ["404", new ApiError("m", { status: 404 }), /--provisioning-server-url/],
    ["HTML", new ProtocolError("m"), /--provisioning-server-url/],
    ["503", new ApiError("m", { status: 503 }), undefined],
    ["what says it itself", refused, undefined],
    ["a refused token", new TokenError("m", { status: 500 }), undefined],
  ] as const) {
    test(`${what}: ${expected ?? "nothing"}`, () => {
      const step = nextStep(error);
      if (expected === undefined) assert.equal(step, undefined);
      else assert.match(step ?? "", expected);
    });
  }
});
