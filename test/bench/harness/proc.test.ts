// test/bench/harness/proc.ts on texts as the kernel writes them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cpuSeconds, megabytes } from "./proc.ts";

const ROLLUP = `55d5c4a3f000-7ffd3d7c9000 ---p 00000000 00:00 0                          [rollup]
Rss:               34816 kB
Pss_Dirty:          9999 kB
Private_Clean:      1024 kB
Private_Dirty:      2048 kB
`;

describe("megabytes()", () => {
  test("reads the line of exactly this key", () => {
    assert.deepEqual(["Rss", "Private_Dirty"].map((key) => megabytes(ROLLUP, key)), [34, 2]);
  });
  test("knows no key that is a part of another one", () => assert.ok(Number.isNaN(megabytes(ROLLUP, "Dirty"))));
  test("takes the tabs of status", () => assert.equal(megabytes("Name:\tx\nVmHWM:\t  512 kB\n", "VmHWM"), 0.5));
});

describe("cpuSeconds()", () => {
  const rest = "S 1 2 3 0 -1 4194304 100 0 0 0 150 50 7 8 20 0 1 0 12345 1000 100";
  test("adds user and system time", () => assert.equal(cpuSeconds(`42 (controller) ${rest}`), 2));
  test("is not led astray by a name with brackets and spaces", () => assert.equal(cpuSeconds(`42 (a) b (c) ${rest}`), 2));
});
