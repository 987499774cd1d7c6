// Facts as tests of node:test, one each, so that a failure is named; they run side by side before they are asked for.

import { after, before, describe, test } from "node:test";
import process from "node:process";
import { factsFor } from "./facts.ts";
import { judge, judgeAll, queue, type Verdict } from "./judge.ts";
import type { Ground } from "./place.ts";

/** Areas or ids, separated by commas, as in `CONTRACT_AREA=patch,LIST-004`; empty = all. */
export const CHOSEN = process.env["CONTRACT_AREA"] ?? "";

/** Declares a test for each fact that holds for the server. `start` is asked for a second server if facts make versions old. */
export function testFacts(server: "dev" | "real", start: (options: { aging: boolean }) => Promise<Ground>): void {
  const facts = factsFor(server, CHOSEN);
  const [plain, aged] = [facts.filter(({ ages }) => ages !== true), facts.filter(({ ages }) => ages === true)];
  const grounds: Ground[] = [];
  const verdicts = new Map<string, Promise<Verdict>>();

  describe(`facts on the ${server} server`, () => {
    before(async () => {
      const wanted = [false, ...(aged.length > 0 ? [true] : [])];
      grounds.push(...(await Promise.all(wanted.map((aging) => start({ aging })))));
      const [ground, old] = grounds;
      if (ground !== undefined) for (const [id, verdict] of judgeAll(plain, ground)) verdicts.set(id, verdict);
      const alone = queue(1);
      if (old !== undefined) for (const fact of aged) verdicts.set(fact.id, alone(() => judge(fact, old)));
    });
    after(async () => {
      await Promise.all(verdicts.values());
      await Promise.all(grounds.map((ground) => ground.close()));
    });
    for (const { id, claim } of facts) {
      test(`${id}: ${claim}`, async () => {
        const { error } = (await verdicts.get(id)) ?? { error: new Error("was not tried") };
        if (error !== undefined) throw error;
      });
    }
  });
}
