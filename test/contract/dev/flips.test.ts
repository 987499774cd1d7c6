// Every fact fails on a dev server that behaves otherwise: by its own assertion, and for its own flip.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { factsFor } from "../facts.ts";
import { flipAll, type Flipped } from "../flips.ts";
import { CHOSEN } from "../run.ts";

describe("facts with their flips", () => {
  const facts = factsFor("dev", CHOSEN);
  let flipped = new Map<string, Promise<Flipped>>();
  before(() => {
    flipped = flipAll(facts);
  });
  for (const { id, claim } of facts) {
    test(`${id} fails where it is not so that ${claim}`, async () => {
      const { outcome, flip, how } = (await flipped.get(id)) ?? { outcome: "held", flip: "", how: "was not tried" };
      assert.equal(outcome, "fell", `with ${flip}: ${how}`);
    });
  }
});
