// Checks beside other people's objects: more than a page of jobs and records, some with the labels that trials have.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Devserver } from "../../src/devserver/serve.ts";
import { CHECKS } from "../../src/verify/checks.ts";
import { type Era, ERAS } from "../../src/verify/check.ts";
import { LABEL_TRIAL } from "../../src/verify/own.ts";
import { tryChecks } from "./ground.ts";

const OTHERS = 120;
const LABELS = ["yes", "no", "1", "2", "50", "everywhere", "quiet"];
/** They wait. */
const SLOW = ["WATCH-013", "WATCH-015"];

function crowd({ store }: Devserver): void {
  for (let nth = 0; nth < OTHERS; nth++) {
    const labels = { [LABEL_TRIAL]: LABELS[nth % LABELS.length] ?? "" };
    const object = { metadata: { name: `${nth % 2 === 0 ? "a" : "z"}-other-${nth}`, namespace: "trials", labels }, spec: { action: "pull", repository: "others" } };
    store.create("jobs", { apiVersion: "provisioning.grafana.app/v0alpha1", kind: "Job", ...object });
    store.create("historicjobs", { apiVersion: "provisioning.grafana.app/v0alpha1", kind: "HistoricJob", ...object });
  }
}

/** What does not pass, and why. */
async function alarms(era: Era, settings: readonly string[] = []): Promise<string[]> {
  const checks = CHECKS.filter(({ id, eras }) => eras.includes(era) && !SLOW.includes(id));
  const { results, left } = await tryChecks(checks, { era, settings, beside: crowd });
  assert.deepEqual(left, []);
  return results.filter(({ verdict }) => verdict !== "pass").map(({ check, verdict, seen }) => `${check.id} ${verdict}: ${seen}`);
}

describe("checks in a crowded namespace", () => {
  for (const era of ERAS) {
    test(`find nothing wrong with a healthy server of ${era}`, async () => {
      assert.deepEqual(await alarms(era), []);
    });
  }

  test("find nothing wrong with short pages but that they are short", async () => {
    const found = await alarms("2026-09", ["page-size=7"]);
    assert.deepEqual(found.map((alarm) => alarm.slice(0, 13)), ["LIST-024 fail"]);
  });
});
