// Several owners of one queue: controllers beside each other, owners that stop, controllers that end.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXPIRED_MESSAGE } from "../../src/drive/reaper.ts";
import { ANNOTATION_ATTEMPT, ANNOTATION_GIVEN_BACK, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../src/provisioning.ts";
import { addJob, allGone, assertDone, begun, records, SHORT_LEASE } from "../support/drive-flow.ts";
import { Flow } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const TEST = "--worker=*=builtin:test";
const CLAIMED = { [LABEL_CLAIM]: "1756111201000", [LABEL_CLAIM_OWNER]: "somebody" };

function job(flow: Flow, name: string) {
  return flow.dev.store.get("jobs", "default", name)?.object;
}

/** Renews somebody's claim, as often as asked. */
function renew(flow: Flow, name: string): void {
  const object = job(flow, name);
  if (object === undefined) throw new Error(`no job ${name}`);
  const labels = { ...object.metadata?.labels, [LABEL_CLAIM]: String(Math.floor(flow.clock.now())) };
  flow.dev.store.update("jobs", { ...object, metadata: { ...object.metadata, labels } });
}

for (const [era, more] of [["2026-09", []], ["2025-08", ["--claim-settle=2s"]], ["kubernetes", []]] as const) {
  describe(`three controllers beside each other, ${era}`, () => {
    test("begin each job once, and leave one record of it", LIMIT, async () => {
      await using flow = await Flow.open({ era });
      const jobs = Array.from({ length: 45 }, (_, nth) => addJob(flow, `j-${nth}`, { repository: `r-${nth % 4}`, action: "pull" }));
      const controllers = [1, 2, 3].map(() => flow.run(TEST, "--drivers=5", ...more));
      await allGone(flow);
      await Promise.all(controllers.map((one) => one.stop()));
      assertDone(flow, jobs);
      const counts = begun(...controllers);
      assert.deepEqual([counts.size, ...new Set(counts.values())], [45, 1]);
      for (const { log } of controllers) assert.deepEqual(log.of("lease lost, work on the job was ended"), []);
    });
  });
}

describe("a job whose owner has stopped", () => {
  test("is begun again once it was silent for the expiry", LIMIT, async () => {
    await using flow = await Flow.open();
    const left = addJob(flow, "a", { labels: CLAIMED, status: { state: "working", progress: 40, errors: ["half"] } });
    const running = flow.run(TEST, ...SHORT_LEASE);
    await running.started();
    const { fields } = await running.said("cleaned up expired job");
    assert.deepEqual([fields.job, fields.action_taken, fields.owner], ["a", "requeue", "somebody"]);
    await running.said("job finished");
    assertDone(flow, [left]);
  });

  test("is failed where that is wanted, in the words that Grafana uses", LIMIT, async () => {
    await using flow = await Flow.open();
    const left = addJob(flow, "a", { labels: CLAIMED });
    const running = flow.run(TEST, ...SHORT_LEASE, "--on-expired=fail");
    await running.said("cleaned up expired job");
    await allGone(flow);
    assertDone(flow, [left], "error");
    assert.equal((records(flow).get(left.uid)?.[0]?.object.status as { message?: string }).message, EXPIRED_MESSAGE);
    assert.deepEqual(begun(running).size, 0);
  });

  test("is only archived if it has its result", LIMIT, async () => {
    await using flow = await Flow.open();
    const left = addJob(flow, "a", { labels: CLAIMED, status: { state: "warning", finished: Math.floor(flow.clock.now()), message: "theirs" } });
    const controllers = [1, 2].map(() => flow.run(TEST, ...SHORT_LEASE));
    await allGone(flow);
    await Promise.all(controllers.map((one) => one.stop()));
    assertDone(flow, [left], "warning");
    assert.equal(begun(...controllers).size, 0);
  });

  test("is left to an owner that still renews", LIMIT, async () => {
    await using flow = await Flow.open();
    addJob(flow, "a", { labels: CLAIMED });
    const running = flow.run(TEST, ...SHORT_LEASE);
    await running.started();
    for (let nth = 0; nth < 8; nth++) {
      await flow.clock.sleep(4_000);
      renew(flow, "a");
    }
    assert.deepEqual([running.log.of("cleaned up expired job"), job(flow, "a")?.metadata?.labels?.[LABEL_CLAIM_OWNER]], [[], "somebody"]);
  });
});

describe("a controller that is told to end", () => {
  test("lets its job end, and claims no other", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST, "--drivers=1");
    await running.started();
    const first = addJob(flow, "a", { duration: "6s" });
    await running.said("job claimed");
    addJob(flow, "b");
    assert.equal(await running.stop(), undefined);
    assert.deepEqual([records(flow).get(first.uid)?.length, job(flow, "b")?.metadata?.labels?.[LABEL_CLAIM]], [1, undefined]);
  });

  test("gives back what does not end in time; the next one does it, and the attempt did not count", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST, "--shutdown-timeout=1s");
    await running.started();
    const given = addJob(flow, "a", { duration: "5s" });
    await running.said("job claimed");
    assert.equal(await running.stop(), undefined);
    assert.equal(running.log.of("job given back").length, 1);
    const back = job(flow, "a");
    assert.deepEqual([back?.metadata?.labels?.[LABEL_CLAIM], back?.status], [undefined, { ...back?.status as object, state: "pending" }]);
    assert.deepEqual([back?.metadata?.annotations?.[ANNOTATION_ATTEMPT], back?.metadata?.annotations?.[ANNOTATION_GIVEN_BACK]], ["1", "1"]);
    const next = flow.run(TEST, "--max-attempts=1");
    const { fields } = await next.said("job finished");
    assert.deepEqual([fields.uid, fields.attempt], [given.uid, 2]);
    assertDone(flow, [given]);
  });
});

describe("a job that is deleted under its worker", () => {
  test("has its work ended, and leaves no record", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST, ...SHORT_LEASE);
    await running.started();
    const { uid } = addJob(flow, "a", { duration: "60s" });
    await running.said("job claimed");
    flow.dev.store.delete("jobs", "default", "a", { uid });
    const { fields } = await running.said("lease lost, work on the job was ended");
    assert.match(String(fields.error), /the job is gone/);
    assert.equal(records(flow).size, 0);
  });

  test("leaves its successor of the same name to a driver of its own", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST, ...SHORT_LEASE);
    await running.started();
    const { uid } = addJob(flow, "a", { duration: "60s" });
    await running.said("job claimed");
    flow.dev.store.delete("jobs", "default", "a", { uid });
    const successor = addJob(flow, "a");
    await running.said("lease lost, work on the job was ended");
    await allGone(flow);
    assertDone(flow, [successor]);
    assert.equal(records(flow).get(uid), undefined);
  });
});
