import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { between, chance, fork, oneOf, seeded, wholeBetween } from "../../src/base/random.ts";

const draw = (random: () => number, count: number) => Array.from({ length: count }, () => random());

describe("seeded()", () => {
  test("gives the same sequence for a seed on every host, another one for another seed", () => {
    assert.deepEqual(draw(seeded(1), 3), [0.6270739405881613, 0.002735721180215478, 0.5274470399599522]);
    assert.notDeepEqual(draw(seeded(2), 3), draw(seeded(1), 3));
  });

  test("stays in [0, 1) and fills it evenly", () => {
    const tenths = new Array<number>(10).fill(0);
    for (const value of draw(seeded(7), 10_000)) tenths[Math.floor(value * 10)]! += 1;
    assert.equal(tenths.length, 10);
    for (const count of tenths) assert.ok(count > 850 && count < 1_150, String(tenths));
  });
});

describe("fork()", () => {
  test("takes one draw, however many are made of the fork", () => {
    const one = seeded(3);
    const other = seeded(3);
    draw(fork(one), 100);
    fork(other);
    assert.equal(one(), other());
  });
});

describe("draws", () => {
  test("of a share happen as often as it says, never for 0, always for 1", () => {
    const random = seeded(5);
    const hits = (share: number) => Array.from({ length: 1_000 }, () => chance(random, share)).filter(Boolean).length;
    assert.equal(hits(0), 0);
    assert.equal(hits(1), 1_000);
    const tenth = hits(0.1);
    assert.ok(tenth > 70 && tenth < 130, String(tenth));
  });

  test("of whole numbers reach both ends and nothing beyond", () => {
    const random = seeded(5);
    assert.deepEqual([...new Set(Array.from({ length: 200 }, () => wholeBetween(random, 2, 4)))].sort(), [2, 3, 4]);
    assert.equal(wholeBetween(random, 9, 9), 9);
  });

  test("of numbers and values stay within", () => {
    assert.equal(between(() => 0, 3, 5), 3);
    assert.equal(between(() => 0.5, 3, 5), 4);
    assert.equal(oneOf(() => 0.999, ["a", "b"]), "b");
    assert.equal(oneOf(() => 0, ["a", "b"]), "a");
  });
});
