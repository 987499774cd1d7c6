// Facts as tests of node:test, one each, so that a failure is named; they run side by side before they are asked for.

import { after, before, describe, test } from "node:test";
import process from "node:process";
import type { GroundKind } from "./fact.ts";
import { factsFor } from "./facts.ts";
import { judgeAll, type Verdict } from "./judge.ts";
import type { Ground } from "./place.ts";

/** Facts at a time on one server. */
const AT_ONCE = 12;

/** Areas or ids, separated by commas, as in `CONTRACT_AREA=patch,LIST-004`; empty = all. */
export const CHOSEN = process.env["CONTRACT_AREA"] ?? "";

/** Declares a test for each fact that holds for the server; `start` gives a ground of each kind that they need. */
export function testFacts(server: "dev" | "real", start: (kind: GroundKind) => Promise<Ground>): void {
  const facts = factsFor(server, CHOSEN);
  const grounds = new Map<GroundKind, Ground>();
  const verdicts = new Map<string, Promise<Verdict>>();

  describe(`facts on the ${server} server`, () => {
    before(async () => {
      const kinds = [...new Set(facts.map(({ on }) => on ?? "plain"))];
      await Promise.all(kinds.map(async (kind) => grounds.set(kind, await start(kind))));
      for (const [kind, ground] of grounds) {
        const mine = facts.filter(({ on }) => (on ?? "plain") === kind);
        for (const [id, verdict] of judgeAll(mine, ground, kind === "aged" ? 1 : AT_ONCE)) verdicts.set(id, verdict);
      }
    });
    after(async () => {
      await Promise.all(verdicts.values());
      await Promise.all([...new Set(grounds.values())].map((ground) => ground.close()));
    });
    for (const { id, claim } of facts) {
      test(`${id}: ${claim}`, async () => {
        const { error } = (await verdicts.get(id)) ?? { error: new Error("was not tried") };
        if (error !== undefined) throw error;
      });
    }
  });
}
