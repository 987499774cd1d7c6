// Every fact on the dev server with --era=kubernetes.

import { after, before, describe, test } from "node:test";
import { startDev } from "../ground-dev.ts";
import { Trial } from "../trial.ts";

describe("facts on the dev server", () => {
  const trial = new Trial("dev");
  before(() => trial.begin((kind) => startDev(kind)));
  after(() => trial.end());

  for (const { id, claim } of trial.facts) test(`${id}: ${claim}`, () => trial.holds(id));
});
