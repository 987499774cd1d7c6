import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { FAULTS } from "../../src/devserver/behaviour/faults/table.ts";
import { type CounterRow, type Judged, renderJudged, ROWS, runRows, UNSEEN } from "./fault-counters.ts";

const IN_DENO = "Deno" in globalThis;

function isSeenHere({ notInDeno }: CounterRow): boolean {
  return !IN_DENO || notInDeno === undefined;
}

describe("a fault of the server moves its counter, and nothing moves without it:", () => {
  const judged = runRows(ROWS.filter(isSeenHere));
  const seen: Judged[] = [];
  for (const outcome of judged.values()) outcome.catch(() => {});

  for (const [row, outcome] of judged) {
    test(`${row.fault} moves ${row.counter}`, async () => {
      const one = await outcome;
      seen.push(one);
      assert.ok(one.withFault.value > 0, `it did not move; what did: ${one.withFault.troubles.join(", ")}`);
      assert.equal(one.without.value, 0);
      assert.deepEqual(one.without.troubles, row.without === undefined ? [] : [row.without]);
    });
  }

  after(() => {
    for (const line of renderJudged(seen)) console.log(line);
  });
});

describe("the rows", () => {
  test("are left out in Deno alone, and for a reason", () => {
    const out = ROWS.filter((row) => !isSeenHere(row));
    assert.equal(out.length, IN_DENO ? 3 : 0);
    for (const { fault, notInDeno = "" } of out) console.log(`left out: ${fault}: ${notInDeno}`);
  });

  test("are about every fault, or say why there is none", () => {
    const looked = new Set([...ROWS.map(({ fault }) => fault.split(/[:,]/)[0] ?? ""), ...Object.keys(UNSEEN)]);
    assert.deepEqual(FAULTS.map(({ name }) => name).filter((name) => !looked.has(name)), []);
    assert.deepEqual([...looked].filter((name) => !FAULTS.some((fault) => fault.name === name)), []);
  });
});
