import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ageMs, createdAtMs, expired, sweepInterval } from "../../src/history/expired.ts";

const at = (creationTimestamp: unknown) => ({ metadata: { creationTimestamp: creationTimestamp as string } });
const NOW = Date.parse("2026-01-01T00:01:00Z");

describe("createdAtMs()", () => {
  test("reads RFC 3339 with Z, an offset or a fraction, cut to the second", () => {
    assert.equal(createdAtMs(at("2026-01-01T00:00:30Z")), NOW - 30_000);
    assert.equal(createdAtMs(at("2026-01-01T01:00:30+01:00")), NOW - 30_000);
    assert.equal(createdAtMs(at("2026-01-01T00:00:30.987654Z")), NOW - 30_000);
  });

  for (const text of [
    undefined, null, "", "yesterday", "2026", "1767225600", "2026-01-01", "2026-01-01 00:00:30Z", "2026-01-01T00:00:30",
    "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", 1767225600, {},
  ]) {
    test(`has no time for ${JSON.stringify(text)}`, () => {
      assert.equal(createdAtMs(at(text)), undefined);
    });
  }

  test("has no time for an object without metadata", () => {
    assert.equal(createdAtMs({}), undefined);
  });
});

describe("expired()", () => {
  const age = (creationTimestamp: string) => ageMs(at(creationTimestamp), NOW);

  test("keeps a job whose age equals the retention", () => {
    assert.equal(expired(age("2026-01-01T00:00:30Z"), 30_000), false);
  });

  test("takes a job that is one second older than the retention", () => {
    assert.equal(expired(age("2026-01-01T00:00:29Z"), 30_000), true);
  });

  test("keeps a job from the future", () => {
    assert.equal(expired(age("2026-01-01T02:00:00Z"), 30_000), false);
  });

  test("keeps an object without a timestamp at any retention", () => {
    assert.equal(expired(ageMs({}, NOW), 1), false);
    assert.equal(expired(undefined, 0.001), false);
  });

  test("rounds a retention of parts of a second up, since an age of 2 s may in truth be 1.001 s", () => {
    assert.equal(expired(2_000, 1_500), false);
    assert.equal(expired(3_000, 1_500), true);
    assert.equal(expired(1_000, 1), false);
    assert.equal(expired(2_000, 1), true);
  });

  test("cuts the server's time to the second", () => {
    assert.equal(ageMs(at("2026-01-01T00:00:30Z"), NOW + 999), 30_000);
  });
});

describe("sweepInterval()", () => {
  for (const [retention, interval] of [
    [1_000, 10_000], [30_000, 10_000], [40_000, 10_000], [60_000, 15_000], [600_000, 150_000], [2_400_000, 600_000], [86_400_000, 600_000],
  ] as const) {
    test(`is ${interval / 1000} s for a retention of ${retention / 1000} s`, () => {
      assert.equal(sweepInterval(retention), interval);
    });
  }
});
