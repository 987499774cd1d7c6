import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type FinishEnd, finishJob, type FinishOptions } from "../../src/drive/finish.ts";
import { claimed, viewOf, withStatus } from "../../src/drive/job-view.ts";
import { OwnedJob } from "../../src/drive/owned-job.ts";
import { ServerTime } from "../../src/drive/server-time.ts";
import { ANNOTATION_ATTEMPT, type Job, type JobStatus, LABEL_CLAIM, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../src/provisioning.ts";
import { type Fate, FakeJobs, refused } from "../support/fake-jobs.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { MemoryLog } from "../support/memory-log.ts";

const RESULT: JobStatus = { state: "success", started: 1_000, finished: 2_000, message: "completed successfully", progress: 100 };
const RECORD = "a-uid-a";
const UNSERVED = () => refused(404, "", "", "Cannot create: server answered 404: 404 page not found");

interface Case {
  clock: ManualClock;
  api: FakeJobs;
  owned: OwnedJob;
  log: MemoryLog;
  results: JobStatus[];
  options: FinishOptions;
  /** Runs the finish to its end. */
  finish(result?: JobStatus): Promise<FinishEnd>;
}

/** The job `a`, ours; `status`: what it holds before the finish. */
function open(status: JobStatus = { state: "working", started: 1_000 }, retentionMs = 0): Case {
  const clock = new ManualClock();
  const api = new FakeJobs(clock);
  const serverTime = new ServerTime(clock);
  serverTime.told(Math.floor(api.now() / 1000) * 1000);
  api.job("a", { labels: { own: "kept" }, annotations: { "example.com/note": "kept" }, status });
  api.edit("a", (job) => claimed(job, { owner: "me", nowMs: api.now() }));
  const job = structuredClone(api.get("jobs", "a")) as Job;
  const view = viewOf(job);
  assert.ok(view);
  const random = () => 0.5;
  const rules = { validityMs: 25_000, renewalMs: 8_000, settleMs: 0 };
  const owned = new OwnedJob({ api, clock, random, serverTime, rules }, { job, view, owner: "me", sentMs: 0 });
  const log = new MemoryLog();
  const results: JobStatus[] = [];
  const onResult = (result: JobStatus) => {
    results.push(result);
    return Promise.resolve();
  };
  const options: FinishOptions = { api, clock, random, serverTime, log, retentionMs, drained: () => Promise.resolve(), onResult };
  return {
    clock, api, owned, log, results, options,
    async finish(result) {
      const ending = finishJob(options, owned, result).finally(() => owned.end());
      await clock.advance(90_000);
      return ending;
    },
  };
}

/** The nth call of this kind meets this fate. */
function fate(api: FakeJobs, what: string, fates: readonly Fate[]): void {
  const before = api.fate;
  api.fate = (verb, resource, name, nth) => (`${verb} ${resource}` === what ? fates[nth - 1] : before(verb, resource, name, nth));
}

describe("finishJob()", () => {
  test("writes the status, then the record, then deletes the job: three requests", async () => {
    const { api, finish, results } = open();
    assert.deepEqual(await finish(RESULT), { kind: "done", logged: false });
    assert.deepEqual(api.calls, ["PUT jobs/a", `POST historicjobs/${RECORD}`, "DELETE jobs/a"]);
    assert.equal(api.get("jobs", "a"), undefined);
    assert.deepEqual(results.map(({ state }) => state), ["success"]);
  });

  test("leaves a record of the job as it ended, without what was the claim's", async () => {
    const { api, finish } = open({ state: "working", progress: 50, unknown: 1 } as JobStatus);
    await finish(RESULT);
    const { kind, apiVersion, metadata, spec, status } = api.created[0] ?? {};
    assert.deepEqual([kind, apiVersion, metadata?.name, metadata?.namespace], ["HistoricJob", "v1", RECORD, "default"]);
    assert.deepEqual(metadata?.labels, { own: "kept", [LABEL_REPOSITORY]: "repo", [LABEL_ORIGINAL_UID]: "uid-a" });
    assert.deepEqual(metadata?.annotations, { "example.com/note": "kept" });
    assert.deepEqual(spec, { action: "push", repository: "repo", unknown: "kept" });
    assert.deepEqual(status, { ...RESULT, unknown: 1 });
  });

  test("goes on with a record that a lost answer had left", async () => {
    const { api, finish } = open();
    fate(api, "POST historicjobs", ["lose"]);
    assert.equal((await finish(RESULT)).kind, "done");
    assert.deepEqual(api.calls.slice(1), [`POST historicjobs/${RECORD}`, `GET historicjobs/${RECORD}`, "DELETE jobs/a"]);
    assert.equal(api.created.length, 1);
  });

  test("writes a record again that was not written", async () => {
    const { api, finish } = open();
    fate(api, "POST historicjobs", ["drop", refused(503)]);
    assert.equal((await finish(RESULT)).kind, "done");
    assert.deepEqual(api.calls.filter((call) => call.includes("historicjobs")).map((call) => call.split(" ")[0]), ["POST", "GET", "POST", "GET", "POST"]);
    assert.equal(api.created.length, 1);
  });

  test("takes the record of another driver's try for its own", async () => {
    const first = open();
    await first.finish(RESULT);
    const { api, finish } = open({ ...RESULT });
    api.put("historicjobs", { ...first.api.created[0] });
    assert.equal((await finish()).kind, "done");
    assert.deepEqual(api.calls, [`POST historicjobs/${RECORD}`, `GET historicjobs/${RECORD}`, "DELETE jobs/a"]);
  });

  test("keeps the job when the record's name tells of something else", async () => {
    const { api, finish } = open();
    const status = { ...RESULT, finished: 1_999 };
    api.put("historicjobs", { metadata: { namespace: "default", name: RECORD, labels: { [LABEL_ORIGINAL_UID]: "uid-a" } }, status } as Job);
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "other-record");
    assert.equal(api.get("jobs", "a")?.status?.state, "success");
    assert.ok(!api.calls.includes("DELETE jobs/a"));
  });

  test("keeps the job where history may not be written", async () => {
    const { api, finish } = open();
    fate(api, "POST historicjobs", [refused(403, "Forbidden")]);
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "forbidden" && /403/.test(String(end.error)));
    assert.deepEqual(api.calls, ["PUT jobs/a", `POST historicjobs/${RECORD}`]);
  });

  test("keeps the job where it may not be deleted, at once", async () => {
    const { api, finish } = open();
    fate(api, "DELETE jobs", [refused(403, "Forbidden")]);
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "forbidden" && /403/.test(String(end.error)));
    assert.deepEqual(api.calls, ["PUT jobs/a", `POST historicjobs/${RECORD}`, "DELETE jobs/a"]);
  });

  test("keeps the job when its record is refused", async () => {
    const { api, finish } = open();
    fate(api, "POST historicjobs", [refused(422, "Invalid")]);
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "refused");
  });

  test("leaves a line as the record where there is no history, before the job goes", async () => {
    const { api, finish, log, options } = open();
    fate(api, "POST historicjobs", [UNSERVED()]);
    fate(api, "LIST historicjobs", [UNSERVED()]);
    options.drained = () => {
      api.calls.push("drained");
      return Promise.resolve();
    };
    assert.deepEqual(await finish(RESULT), { kind: "done", logged: true });
    assert.deepEqual(api.calls, ["PUT jobs/a", `POST historicjobs/${RECORD}`, "LIST historicjobs", "drained", "DELETE jobs/a"]);
    const [line] = log.of("job finished");
    assert.equal(line?.level, "notify");
    assert.deepEqual(line?.fields, { namespace: "default", job: "a", uid: "uid-a", repository: "repo", action: "push", attempt: 1, status: RESULT });
  });

  test("does not believe a single 404: a proxy may have said it", async () => {
    const { api, finish, log } = open();
    fate(api, "POST historicjobs", [UNSERVED()]);
    assert.deepEqual(await finish(RESULT), { kind: "done", logged: false });
    assert.deepEqual([api.created.length, log.of("job finished")], [1, []]);
  });

  test("deletes this very version of the job alone, and looks when that is not the last", async () => {
    const { api, finish } = open();
    fate(api, "DELETE jobs", [undefined]);
    const before = api.fate;
    api.fate = (verb, resource, name, nth) => {
      if (verb === "DELETE" && nth === 1) api.edit("a", (job) => ({ ...job, metadata: { ...job.metadata, labels: { ...job.metadata?.labels, theirs: "1" } } }));
      return before(verb, resource, name, nth);
    };
    assert.equal((await finish(RESULT)).kind, "done");
    assert.deepEqual(api.calls.slice(2), ["DELETE jobs/a", "GET jobs/a", "DELETE jobs/a"]);
  });

  test("keeps a job that became somebody else's", async () => {
    const { api, finish } = open();
    api.fate = (verb, _resource, _name, nth) => void (verb === "DELETE" && nth === 1 && api.edit("a", (job) => claimed(job, { owner: "other", nowMs: 1 })));
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "changed");
    assert.ok(api.get("jobs", "a"));
  });

  test("keeps a job whose result became another", async () => {
    const { api, finish } = open();
    api.fate = (verb, _resource, _name, nth) => void (verb === "DELETE" && nth === 1 && api.edit("a", (job) => withStatus(job, { finished: 3_000 })));
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "changed");
  });

  test("is done when the job is gone, or another has its name", async () => {
    const { api, finish } = open();
    fate(api, "DELETE jobs", ["lose"]);
    assert.equal((await finish(RESULT)).kind, "done");
    assert.deepEqual(api.calls.slice(2), ["DELETE jobs/a", "GET jobs/a"]);

    const second = open();
    second.api.fate = (verb) => {
      if (verb !== "DELETE") return undefined;
      second.api.remove("jobs", "a");
      second.api.job("a", { uid: "successor" });
      return undefined;
    };
    assert.equal((await second.finish(RESULT)).kind, "done");
    assert.equal(second.api.get("jobs", "a")?.metadata?.uid, "successor");
  });

  test("sends nothing more once the lease is lost", async () => {
    const { api, finish } = open();
    api.fate = (verb) => (verb === "POST" ? "hang" : verb === "PUT" && api.calls.length > 1 ? refused(503) : undefined);
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "lost");
    assert.ok(!api.calls.some((call) => call.startsWith("DELETE")));
    assert.equal(api.underWay, 0);
  });

  test("gives up a server that only fails, and keeps the job", async () => {
    const { api, finish } = open();
    fate(api, "POST historicjobs", Array.from({ length: 50 }, () => refused(500)));
    fate(api, "GET historicjobs", Array.from({ length: 50 }, () => refused(500)));
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "failing");
    assert.ok(api.get("jobs", "a"));
  });

  test("writes a bare result in place of one that the server refuses", async () => {
    const { api, finish, results } = open();
    fate(api, "PUT jobs", [refused(422, "Invalid", "a", "status.summary: Invalid value")]);
    assert.equal((await finish({ ...RESULT, summary: [{ total: "many" }] })).kind, "done");
    const status = api.created[0]?.status;
    assert.deepEqual([status?.state, status?.finished, status?.summary], ["error", 2_000, undefined]);
    assert.match(status?.message ?? "", /^result refused by the server: status\.summary: Invalid value$/);
    assert.equal(results[0]?.state, "error");
  });

  test("lets a result stand that was written though its echo was refused", async () => {
    const { api, finish } = open();
    fate(api, "PUT jobs", [refused(422, "Invalid")]);
    const before = api.fate;
    api.fate = (verb, resource, name, nth) => {
      if (verb === "PUT" && nth === 1) api.edit("a", (job) => withStatus(job, RESULT));
      return before(verb, resource, name, nth);
    };
    assert.equal((await finish(RESULT)).kind, "done");
    assert.deepEqual(api.created[0]?.status, RESULT);
  });

  test("keeps a job of which not even that is taken", async () => {
    const { api, finish, results } = open();
    api.fate = (verb) => (verb === "PUT" ? refused(422, "Invalid") : undefined);
    const end = await finish(RESULT);
    assert.ok(end.kind === "kept" && end.why === "refused");
    assert.deepEqual(results, []);
  });
});

describe("finishJob() of a job that has its result", () => {
  test("writes the record and deletes the job, and not its status", async () => {
    const { api, finish, results } = open({ ...RESULT });
    assert.equal((await finish()).kind, "done");
    assert.deepEqual(api.calls, [`POST historicjobs/${RECORD}`, "DELETE jobs/a"]);
    assert.deepEqual(results.map(({ state }) => state), ["success"]);
  });

  test("writes no record that pruning would delete at once", async () => {
    const startMs = new ManualClock().now();
    const { api, finish } = open({ ...RESULT, finished: startMs - 61_000 }, 60_000);
    assert.equal((await finish()).kind, "done");
    assert.deepEqual(api.calls, ["DELETE jobs/a"]);
    const young = open({ ...RESULT, finished: startMs - 59_000 }, 60_000);
    await young.finish();
    assert.equal(young.api.created.length, 1);
  });

  test("strips claim and attempt from the record of another owner's job, too", async () => {
    const { api, finish } = open({ ...RESULT });
    await finish();
    const { labels = {}, annotations = {} } = api.created[0]?.metadata ?? {};
    assert.deepEqual([labels[LABEL_CLAIM], annotations[ANNOTATION_ATTEMPT]], [undefined, undefined]);
  });
});
