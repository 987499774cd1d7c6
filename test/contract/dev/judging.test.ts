// The judge itself: what counts as a fact that fails, and what does not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Fact } from "../fact.ts";
import { flipAll, renderFlips } from "../flips.ts";
import { queue } from "../judge.ts";
import { SetupError } from "../place.ts";

const made = (id: string, run: Fact["run"], flip: Fact["flip"] = { fault: "status:500,path=jobs" }): Fact => ({
  id,
  claim: "made up",
  source: "ours: this test",
  flip,
  run,
});

async function outcomeOf(fact: Fact): Promise<string> {
  const flipped = await flipAll([fact]).get(fact.id);
  return `${flipped?.outcome} ${flipped?.how}`;
}

describe("flipAll()", () => {
  test("says that a fact fell when its assertion failed", async () => {
    const fact = made("MADE-001", async (at) => assert.equal((await at.get("jobs")).status, 200));
    assert.equal(await outcomeOf(fact), "fell 500 is not 200");
  });

  test("says that a fact held when its flip does not matter to it", async () => {
    const fact = made("MADE-002", async (at) => assert.equal((await at.get("/version")).status, 200));
    assert.equal(await outcomeOf(fact), "held ");
  });

  test("says that a fact broke when only its preparation failed", async () => {
    const fact = made("MADE-003", async (at) => void (await at.job("a")));
    assert.match(await outcomeOf(fact), /^broke SetupError: POST jobs answered 500/);
  });

  test("says that a fact broke when the client failed", async () => {
    const fact = made("MADE-004", async (at) => void (await at.get("jobs")), { fault: "cut:rst" });
    assert.match(await outcomeOf(fact), /^broke (?!AssertionError)\S/);
  });

  test("says that a fact broke when there is no such flip", async () => {
    const fact = made("MADE-005", () => Promise.resolve(), { set: "no-such-row=1" });
    assert.match(await outcomeOf(fact), /^broke ConfigError: Cannot use setting "no-such-row=1"/);
  });

  test("takes no SetupError for an assertion", () => {
    assert.equal(new SetupError("x") instanceof assert.AssertionError, false);
  });
});

describe("renderFlips()", () => {
  test("names what did not fall", () => {
    const fact = made("MADE-006", () => Promise.resolve());
    const lines = renderFlips([{ fact, flip: "set a=b", outcome: "held", how: "" }, { fact, flip: "set a=b", outcome: "fell", how: "1 is not 2" }]);
    assert.deepEqual(lines.map((line) => line.replace(/ +/g, " ")), ["FACT FLIP HOW IT FAILED", "MADE-006 set a=b HELD", "MADE-006 set a=b 1 is not 2"]);
  });
});

describe("queue()", () => {
  test("lets no more run at a time than its width, and all in the end", async () => {
    const turn = queue(3);
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
    };
    await Promise.all(Array.from({ length: 20 }, () => turn(work)));
    assert.deepEqual([most, running], [3, 0]);
  });

  test("goes on after work that fails", async () => {
    const turn = queue(1);
    await assert.rejects(turn(() => Promise.reject(new Error("no"))), /no/);
    assert.equal(await turn(() => Promise.resolve(1)), 1);
  });
});
