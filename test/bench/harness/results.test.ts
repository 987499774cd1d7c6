// test/bench/harness/results.ts: what RESULTS.md says of what was measured.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Figure } from "./figure.ts";
import { results } from "./results.ts";
import { grouped } from "./scale.ts";

const lost: Figure = { what: "resident, MB", ours: [50], rivals: { rival: [10] }, target: { measure: "figure", atMost: 10 } };
const won: Figure = { what: "time, s", ours: [1], rivals: { rival: [2] }, target: { measure: "to rival", atMost: 0.7 } };
const claim = { name: "idle", title: "Idle memory", how: "Read at rest." };
const text = results({ machine: "two cores" }, [{ claim, figures: [lost, won, { what: "seen", ours: [3] }], seconds: 61.4 }]);

describe("results()", () => {
  test("counts the targets that are met", () => assert.match(text, /^1 of 2 targets are met\.$/m));
  test("names what is not met, and where the rival is better", () => {
    assert.match(text, /Not met:\n\n- Idle memory: resident, MB \(5\.00 of the rival\)\n/);
    assert.match(text, /better than ours:\n\n- Idle memory: resident, MB \(5\.00 of the rival\)\n/);
    assert.equal(text.match(/time, s/g)?.length, 1);
  });
  test("says where it was measured, how, and with which command", () => {
    assert.match(text, /^- machine: two cores$/m);
    assert.match(text, /^## Idle memory\n\nRead at rest\.\n\n\| /m);
    assert.match(text, /^`npm run bench -- idle`, 61 s$/m);
  });
  test("says what could not be measured, and why", () => {
    const failed = results({}, [{ claim, figures: [], seconds: 1, failure: "no server" }]);
    assert.match(failed, /^0 of 0 targets are met\.$/m);
    assert.match(failed, /^Not measured: no server$/m);
  });
  test("leaves out lists of nothing", () => assert.doesNotMatch(results({}, []), /Not met/));
});

describe("grouped()", () => {
  test("writes thousands as people do", () => assert.deepEqual([0, 999, 1_000, 29_360, 1_234_567].map(grouped), ["0", "999", "1,000", "29,360", "1,234,567"]));
});
