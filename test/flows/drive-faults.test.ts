// Jobs get done once beside servers that fail, lie, lose answers and forget, as far as that can be.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LABEL_CLAIM } from "../../src/provisioning.ts";
import { addJob, allGone, assertDone, begun, records, SHORT_LEASE } from "../support/drive-flow.ts";
import { Flow, type FlowOptions } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };
const TEST = "--worker=*=builtin:test";
const LOSSES = "lease lost, work on the job was ended";

interface Trial {
  options?: FlowOptions;
  flags?: string[];
  controllers?: number;
  jobs?: number;
  duration?: string;
  /** Writes reach the server after this time, so that those of several controllers meet, ms. */
  lateMs?: number;
}

/** Jobs and controllers beside these faults, to the end; every job has left one record. */
async function through(faults: string[], { options = {}, flags = [], controllers = 2, jobs = 20, duration = "200ms", lateMs = 0 }: Trial = {}) {
  await using flow = await Flow.open(options);
  flow.intercept = async ({ method }) => {
    if (method === "PUT") await flow.clock.sleep(lateMs);
    return undefined;
  };
  const running = Array.from({ length: controllers }, () => flow.run(TEST, "--drivers=4", ...flags));
  await Promise.all(running.map((one) => one.started()));
  for (const fault of faults) await flow.dev.faults.add(fault);
  const all = Array.from({ length: jobs }, (_, nth) => addJob(flow, `j-${nth}`, { repository: `r-${nth % 3}`, duration }));
  await allGone(flow);
  await Promise.all(running.map((one) => one.stop()));
  assertDone(flow, all);
  for (const { fault, hits } of flow.dev.faults.list()) assert.ok(hits > 0, `${fault} never struck`);
  return { running, most: Math.max(...begun(...running).values()) };
}

describe("jobs beside a server", () => {
  test("that answers every other write with 409 are done once", LIMIT, async () => {
    const { most } = await through(["status:409,method=PUT,resource=jobs,share=50%"]);
    assert.equal(most, 1);
  });

  test("that carries writes out and cuts the answer are done once", LIMIT, async () => {
    const { most } = await through(["cut:rst,bytes=0,method=PUT,resource=jobs,share=30%", "cut:rst,bytes=0,method=POST,resource=historicjobs,share=50%", "cut:rst,bytes=0,method=DELETE,share=50%"]);
    assert.equal(most, 1);
  });

  test("that answers with 503 for a while are done once", LIMIT, async () => {
    const { most } = await through(["status:503,share=30%,resource=jobs,verb=update", "status:503,share=40%,resource=historicjobs"], { flags: SHORT_LEASE });
    assert.equal(most, 1);
  });

  test("that refuses tokens now and then are done once", LIMIT, async () => {
    const { most } = await through(["token-refused,share=20%"]);
    assert.equal(most, 1);
  });

  test("that serves old lists and cuts watches are done once", LIMIT, async () => {
    const { most } = await through(["cut:rst,lines=3,verb=watch", "double", "lose,share=50%"], { flags: ["--job-interval=2s"] });
    assert.equal(most, 1);
  });

  test("whose compare-and-swap overwrites are done once, if claims settle", LIMIT, async () => {
    const { most } = await through(["cas-lies:overwrites"], { controllers: 3, flags: ["--claim-settle=2s"], duration: "1s", jobs: 12, lateMs: 300 });
    assert.equal(most, 1);
  });

  test("whose compare-and-swap drops what it acknowledges are done once, if claims settle", LIMIT, async () => {
    const { most } = await through(["cas-lies:drops"], { controllers: 3, flags: ["--claim-settle=2s"], duration: "1s", jobs: 12, lateMs: 300 });
    assert.equal(most, 1);
  });

  for (const jump of ["1h", "-1h"]) {
    test(`whose clock is set by ${jump} under their owners are done once`, LIMIT, async () => {
      const { most, running } = await through([`clock-jump:${jump}`], { duration: "3s", jobs: 8, flags: SHORT_LEASE });
      assert.equal(most, 1);
      for (const { log } of running) assert.deepEqual(log.of(LOSSES), []);
    });
  }

  test("that ignores resourceVersion on deletes are done once", LIMIT, async () => {
    const { most } = await through(["precondition-ignored:resourceVersion"]);
    assert.equal(most, 1);
  });
});

describe("a job whose lease cannot be renewed", () => {
  test("is stopped, and begun again by whoever comes to it", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST, ...SHORT_LEASE, "--job-interval=2s");
    await running.started();
    const job = addJob(flow, "a", { duration: "20s" });
    await running.said("job claimed");
    const { id } = await flow.dev.faults.add("status:503,resource=jobs,verb=update");
    const { fields } = await running.said(LOSSES);
    assert.match(String(fields.error), /^lease lost: (?:three renewals in a row have failed|it was not renewed in time)$/);
    const left = flow.dev.store.get("jobs", "default", "a");
    assert.equal((left?.object.status as { state?: string }).state, "working");
    flow.dev.faults.clear(id);
    await running.said("cleaned up expired job");
    await allGone(flow);
    assertDone(flow, [job]);
    assert.deepEqual([...begun(running).values()], [2]);
  });

  test("is nobody's for as long as a claim is fresh to those who read it", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST, ...SHORT_LEASE);
    await running.started();
    // Claimed an hour in the future, and a day ago: it is the same to us.
    for (const [name, ms] of [["future", 3_600_000], ["past", -86_400_000]] as const) {
      addJob(flow, name, { labels: { [LABEL_CLAIM]: String(Math.floor(flow.clock.now() + ms)) } });
    }
    const beganMs = flow.clock.monotonic();
    await running.log.until(() => running.log.of("cleaned up expired job").length === 2);
    assert.ok(flow.clock.monotonic() - beganMs >= 14_000);
  });
});

describe("a record", () => {
  test("is believed to be there once the server has said 201", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST);
    await running.started();
    await flow.dev.faults.add("history-lost,count=1");
    const job = addJob(flow, "a");
    await running.said("job finished");
    assert.deepEqual([flow.dev.store.count("jobs"), records(flow).get(job.uid)], [0, undefined]);
  });

  test("that was lost before it was acknowledged is written again", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST);
    await running.started();
    await flow.dev.faults.add("history-lost,count=1");
    await flow.dev.faults.add("cut:rst,bytes=0,method=POST,resource=historicjobs,count=1");
    const job = addJob(flow, "a");
    await running.said("job finished");
    assertDone(flow, [job]);
  });
});

describe("a server that is started anew", () => {
  test("finds its jobs in the hands of those who had them", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run(TEST);
    await running.started();
    const job = addJob(flow, "a", { duration: "20s" });
    await running.said("job claimed");
    await flow.restart();
    await running.said("job finished");
    assertDone(flow, [job]);
    assert.deepEqual([...begun(running).values()], [1]);
  });
});
