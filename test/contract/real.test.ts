// Every fact on the real API server, the referee.

import { after, before, describe, test } from "node:test";
import { startReal } from "./ground-real.ts";
import type { Ground } from "./place.ts";
import { Trial } from "./trial.ts";

describe("facts on the real server", () => {
  const trial = new Trial("real");
  let plain: Promise<Ground> | undefined;
  // One server has custom resources and built-in kinds at once.
  before(() => trial.begin((kind) => (kind === "aged" ? startReal("aged") : (plain ??= startReal()))));
  after(() => trial.end());

  for (const { id, claim } of trial.facts) test(`${id}: ${claim}`, () => trial.holds(id));
});
