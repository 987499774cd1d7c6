// Every fact fails on a dev server that behaves otherwise, by its own assertion. Prints the table of that.

import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import { factsFor } from "../facts.ts";
import { countSorts, flipAll, type Flipped, renderFlips } from "../flips.ts";
import { CHOSEN } from "../trial.ts";

describe("facts with their flips", () => {
  const facts = factsFor("dev", CHOSEN);
  let flipped = new Map<string, Promise<Flipped>>();
  before(() => {
    flipped = flipAll(facts);
  });
  after(async () => {
    const all = await Promise.all(flipped.values());
    process.stdout.write(`${[...renderFlips(all), "", ...countSorts(all)].join("\n")}\n`);
  });
  for (const { id, claim } of facts) {
    test(`${id} fails where it is not so that ${claim}`, async () => {
      const { outcome, flip, how } = (await flipped.get(id)) ?? { outcome: "held", flip: "", how: "was not tried" };
      assert.equal(outcome, "fell", `with ${flip}: ${how}`);
    });
  }
});
