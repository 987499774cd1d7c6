import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DriveRules } from "../../src/drive/context.ts";
import { type Driven, Driver } from "../../src/drive/driver.ts";
import { claimed, viewOf, withClaim } from "../../src/drive/job-view.ts";
import { ANNOTATION_ATTEMPT, ANNOTATION_GIVEN_BACK, type Job, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../src/provisioning.ts";
import type { KubeObject } from "../../src/kube/types.ts";
import { FakeDrive, SUCCESS } from "../support/fake-drive.ts";
import { refused } from "../support/fake-jobs.ts";
import { settle } from "../support/manual-clock.ts";

const AT = { namespace: "default", name: "a" };

class Case extends FakeDrive {
  readonly claiming = new AbortController();
  readonly working = new AbortController();
  readonly driver = new Driver(this.context, 1);
  driven: Driven | undefined;

  /** Begins to drive `default/a`; `driven` is set at its end. */
  async start(): Promise<void> {
    void this.driver.drive(AT, { claiming: this.claiming.signal, working: this.working.signal }).then((driven) => (this.driven = driven));
    await settle();
  }

  async run(ms = 1_000): Promise<Driven | undefined> {
    await this.start();
    await this.clock.advance(ms);
    return this.driven;
  }

  get job(): Job | undefined {
    return this.api.get("jobs", "a");
  }

  get record(): Job | undefined {
    return this.api.created[0];
  }
}

function open(rules: Partial<DriveRules> = {}, actions: ReadonlySet<string> | "*" = "*"): Case {
  return new Case(rules, actions);
}

function repository(one: Case, more: Record<string, unknown> = {}): void {
  one.api.put("repositories", { metadata: { namespace: "default", name: "repo", uid: "r", ...more } } as KubeObject);
}

describe("Driver", () => {
  test("does a job in six requests: read, claim, end, record, delete, and a look at its repository", async () => {
    const one = open();
    one.api.job("a");
    one.result = SUCCESS;
    assert.deepEqual(await one.run(), { kind: "done" });
    assert.deepEqual(one.api.calls, [
      "GET jobs/a", "GET repositories/repo", "PUT jobs/a", "PUT jobs/a", "POST historicjobs/a-uid-a", "DELETE jobs/a",
    ]);
    const { state, message, progress } = one.record?.status ?? {};
    assert.deepEqual([state, message, progress], ["success", "completed successfully", 100]);
    assert.deepEqual(one.counted.take(), [
      "job-claimed 1", "job-processed push,success", "driver-busy 1,push",
    ].filter((name) => !name.startsWith("driver-busy")));
  });

  test("claims without a read what it is told of", async () => {
    const one = open();
    one.api.job("a");
    one.result = SUCCESS;
    const job = one.job ?? assert.fail();
    const stops = { claiming: one.claiming.signal, working: one.working.signal };
    assert.deepEqual(await one.driver.drive(AT, stops, { job, view: viewOf(job) ?? assert.fail() }), { kind: "done" });
    assert.deepEqual(one.takeCalls(), ["PUT jobs/a", "PUT jobs/a", "POST historicjobs/a-uid-a", "DELETE jobs/a"]);
  });

  test("shows the job as begun with the very claim", async () => {
    const one = open();
    one.api.job("a", { status: { state: "pending", summary: [{ total: 3 }], warnings: ["of an earlier attempt"] } });
    await one.start();
    const { state, message, progressUpdates, started, summary, warnings } = one.job?.status ?? {};
    assert.deepEqual([state, message, progressUpdates, summary, warnings], ["working", "start job", 1, undefined, undefined]);
    assert.ok(Math.abs((started ?? 0) - one.api.now()) <= 1_000);
    one.works[0]?.end(SUCCESS);
    await settle();
  });

  test("gives the worker what it needs to know, and the fencing token", async () => {
    const one = open();
    one.api.job("a", { annotations: { [ANNOTATION_ATTEMPT]: "6", [ANNOTATION_GIVEN_BACK]: "4" } });
    await one.start();
    const [{ order, io } = {}] = one.works;
    const { job, ...named } = order ?? {};
    assert.deepEqual(named, { uid: "uid-a", name: "a", namespace: "default", repository: "repo", action: "push", attempt: 7 });
    assert.equal(viewOf(job as Job)?.attempt, 7);
    assert.equal(io?.lease.deadlineMs, 25_000);
    one.works[0]?.end(SUCCESS);
    await settle();
  });

  test("renews the lease behind the work, for as long as it takes", async () => {
    const one = open();
    one.api.job("a");
    await one.run(600_000);
    assert.equal(one.driven, undefined);
    assert.ok(one.api.puts.length > 70);
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.deepEqual(one.driven, { kind: "done" });
    assert.equal(one.clock.sleepers, 0);
  });

  test("writes what the worker reports, throttled, and its result", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    const { io, end } = one.works[0] ?? assert.fail();
    await one.clock.advance(1_000);
    for (let percent = 1; percent <= 100; percent++) {
      io.progress({ kind: "progress", message: `at ${percent}`, percent });
      await one.clock.advance(20);
    }
    const messages = one.api.puts.map(({ object }) => object.status?.message);
    assert.ok(messages.length >= 4 && messages.length <= 6, String(messages));
    io.progress({ kind: "resource", resource: { action: "create", kind: "Dashboard", path: "a.json", error: "no title" } });
    end({ ...SUCCESS, message: "all but one" } as typeof SUCCESS);
    await one.clock.advance(1_000);
    const { state, errors, summary } = one.record?.status ?? {};
    assert.deepEqual([state, errors, summary], ["error", ["a.json: no title"], [{ kind: "Dashboard", total: 1, error: 1, errors: ["a.json: no title"] }]]);
  });

  test("drops progress that meets conflict after conflict, with a word, and works on", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    let storm = true;
    one.api.fate = (verb) => void (verb === "PUT" && storm && one.api.edit("a", (job) => job));
    one.works[0]?.io.progress({ kind: "progress", message: "half", percent: 50 });
    await one.clock.advance(3_000);
    assert.equal(one.log.of("progress of the job not written, work goes on").length, 1);
    storm = false;
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.equal(one.record?.status?.state, "success");
    assert.ok(one.counted.take().includes("progress-dropped"));
  });

  test("writes the lines of the worker into the log, with the job they are of", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    one.works[0]?.io.log({ level: "warn", text: "careful", source: "stderr" });
    const [line] = one.log.of("worker says");
    assert.deepEqual(line, { level: "warn", msg: "worker says", fields: { namespace: "default", job: "a", uid: "uid-a", source: "stderr", text: "careful" } });
    one.works[0]?.end(SUCCESS);
    await settle();
  });

  test("ends a job that takes too long as failed, once its worker has ended", async () => {
    const one = open({ jobTimeoutMs: 60_000 });
    one.api.job("a");
    await one.run(60_000);
    assert.deepEqual(one.driven, { kind: "done" });
    const { state, message } = one.record?.status ?? {};
    assert.deepEqual([state, message], ["error", "job timed out after 1m0s"]);
  });
});

describe("Driver, with jobs that are not to be worked on", () => {
  const cases: Record<string, (one: Case) => void> = {
    "that is gone": () => undefined,
    "that somebody has claimed": (one) => one.api.job("a", { labels: { [LABEL_CLAIM]: "1" } }),
    "without a worker for its action": (one) => one.api.job("a", { action: "pull" }),
    "that is being deleted": (one) => {
      one.api.job("a");
      one.api.edit("a", (job) => ({ ...job, metadata: { ...job.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } as Job["metadata"] }));
    },
    "whose repository is being deleted": (one) => {
      one.api.job("a");
      repository(one, { deletionTimestamp: "2026-01-01T00:00:00Z" });
    },
  };
  for (const [what, prepare] of Object.entries(cases)) {
    test(`leaves a job ${what}`, async () => {
      const one = open({}, new Set(["push", "deleteResources"]));
      prepare(one);
      assert.deepEqual(await one.run(), { kind: "done" });
      assert.deepEqual([one.api.puts, one.works], [[], []]);
    });
  }

  test("does what is there for a repository that is being deleted", async () => {
    const one = open();
    one.api.job("a", { action: "deleteResources" });
    repository(one, { deletionTimestamp: "2026-01-01T00:00:00Z" });
    one.result = SUCCESS;
    await one.run();
    assert.equal(one.record?.status?.state, "success");
  });

  test("only archives a job that has its result, and does not count it as an attempt", async () => {
    const one = open({}, new Set(["push"]));
    one.api.job("a", { action: "pull", status: { state: "warning", finished: 5, message: "theirs" } });
    assert.deepEqual(await one.run(), { kind: "done" });
    assert.deepEqual([one.record?.status, one.works], [{ state: "warning", finished: 5, message: "theirs" }, []]);
    assert.equal(one.api.puts[0]?.object.metadata?.annotations?.[ANNOTATION_ATTEMPT], undefined);
    assert.ok(!one.counted.take().some((name) => name.startsWith("job-processed")));
  });

  test("fails a job whose attempts are used up, without another one", async () => {
    const one = open({ maxAttempts: 2 });
    one.api.job("a", { annotations: { [ANNOTATION_ATTEMPT]: "3", [ANNOTATION_GIVEN_BACK]: "1" } });
    assert.deepEqual(await one.run(), { kind: "done" });
    const { state, message } = one.record?.status ?? {};
    assert.deepEqual([state, message, one.works], ["error", "job was begun 2 times and never came to its end", []]);
  });
});

describe("Driver, in contention", () => {
  test("tries again what was changed and is still unclaimed, three times in all", async () => {
    const one = open();
    one.api.job("a");
    one.result = SUCCESS;
    one.api.fate = (verb, _resource, _name, nth) => void (verb === "PUT" && nth <= 2 && one.api.edit("a", (job) => job));
    assert.deepEqual(await one.run(), { kind: "done" });
    assert.equal(one.record?.status?.state, "success");
    assert.deepEqual(one.counted.take().slice(0, 2), ["claim-conflict 1 2", "job-claimed 1"]);

    const always = open();
    always.api.job("a");
    always.api.fate = (verb) => void (verb === "PUT" && always.api.edit("a", (job) => job));
    assert.deepEqual(await always.run(), { kind: "retry", atLeastMs: 0 });
  });

  test("leaves a job to whoever was faster", async () => {
    const one = open();
    one.api.job("a");
    one.api.fate = (verb) => void (verb === "PUT" && one.api.edit("a", (job) => claimed(job, { owner: "other", nowMs: 1 })));
    assert.deepEqual(await one.run(), { kind: "done" });
    assert.deepEqual(one.counted.take(), ["claim-conflict 1"]);
    assert.deepEqual(one.takeCalls(), ["GET jobs/a", "PUT jobs/a", "GET jobs/a"], "one read tells that it is lost, and to whom");
    assert.equal(one.context.others.nextDueMs(60_000), 60_000, "the new owner's time runs");
  });

  test("comes again when the server fails, and not before it has asked for it", async () => {
    const one = open();
    one.api.job("a");
    one.api.fate = () => refused(503);
    assert.deepEqual(await one.run(), { kind: "retry", atLeastMs: 0 });
    assert.equal(one.log.of("job not claimed, to be tried again").length, 1);
    assert.deepEqual(one.counted.take(), ["claim-failed 1"]);
  });

  test("says once that it may not claim, tries one job a second, and goes on once it may", async () => {
    const one = open();
    one.api.job("a");
    one.result = SUCCESS;
    one.api.fate = (verb) => (verb === "PUT" ? refused(403, "Forbidden") : undefined);
    assert.equal(await one.run(999), undefined);
    await one.clock.advance(1);
    assert.deepEqual(one.driven, { kind: "retry", atLeastMs: 0 });
    await one.run();
    assert.deepEqual(one.log.of("not allowed to claim jobs").map(({ level }) => level), ["error"]);
    one.api.fate = () => undefined;
    assert.deepEqual(await one.run(), { kind: "done" });
    assert.equal(one.log.of("allowed to claim jobs again").length, 1);
  });
});

describe("Driver, when it loses its lease", () => {
  test("stops the worker and writes nothing more", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    one.api.edit("a", (job) => withClaim(job, { owner: "other", nowMs: 1 }));
    const theirs = structuredClone(one.job);
    await one.clock.advance(10_000);
    assert.deepEqual(one.driven, { kind: "done" });
    assert.match(String(one.works[0]?.io.signal.reason), /lease lost: another owner has taken the job/);
    assert.deepEqual(one.job, theirs);
    one.takeCalls();
    await one.clock.advance(120_000);
    assert.deepEqual(one.takeCalls(), []);
    assert.ok(one.counted.take().includes("lease-lost taken"));
    assert.equal(one.log.of("lease lost, work on the job was ended").length, 1);
  });

  test("has its result thrown away, also when the work was done", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    one.api.remove("jobs", "a");
    one.api.job("a", { uid: "successor" });
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.deepEqual(one.driven, { kind: "done" });
    assert.deepEqual([one.api.created, one.job?.metadata?.uid], [[], "successor"]);
  });

  test("waits for the worker, which takes its time to end", async () => {
    const one = open();
    one.api.job("a");
    one.api.fate = (verb) => (verb === "PUT" && one.works.length > 0 ? refused(503) : verb === "GET" && one.works.length > 0 ? refused(503) : undefined);
    await one.start();
    const stubborn = one.works[0] ?? assert.fail();
    assert.equal(stubborn.io.signal.aborted, false);
    await one.clock.advance(25_000);
    assert.equal(stubborn.io.signal.aborted, true);
    assert.ok(one.counted.take().some((name) => name.startsWith("lease-lost")));
  });
});

const LIVES: Record<string, (one: Case) => void> = {
  "while its job is done": (one) => one.works[0]?.end(SUCCESS),
  "while it gives its job back": (one) => one.working.abort(new Error("the program is ending")),
};

describe("Driver, whose server does not answer", () => {
  /** A pull from claim to end; the `hangAt`th request is not answered. Gives what was under way when the lease was over, and was sent later. */
  async function live(end: (one: Case) => void, hangAt: number): Promise<{ calls: string[]; underWay: number; later: string[] }> {
    const one = open({ validityMs: 4_000, renewalMs: 1_300 });
    one.api.job("a", { action: "pull" });
    repository(one);
    one.api.fate = () => (hangAt > 0 && one.api.calls.length >= hangAt ? "hang" : undefined);
    await one.start();
    end(one);
    await one.clock.advance(4_000);
    const { underWay } = one.api;
    const calls = one.api.takeCalls();
    await one.clock.advance(60_000);
    return { calls, underWay, later: one.api.calls };
  }
  for (const [what, end] of Object.entries(LIVES)) {
    test(`cuts at the end of the lease whatever is under way ${what}: the host must not send it again`, async () => {
      const { calls } = await live(end, 0);
      const claim = calls.indexOf("PUT jobs/a");
      for (let hangAt = claim + 2; hangAt <= calls.length; hangAt++) {
        const { underWay, later } = await live(end, hangAt);
        assert.deepEqual([underWay, later], [0, []], `unanswered: ${calls[hangAt - 1]}`);
      }
    });
  }
});

describe("Driver, stopped for longer than its lease", () => {
  /** A pull from claim to end. As the `stopAt`th request is sent the process stops: time passes, no timer runs. */
  async function live(end: (one: Case) => void, stopAt: number): Promise<string[]> {
    const one = open();
    one.api.job("a", { action: "pull" });
    repository(one);
    const { monotonic } = one.clock;
    let stoppedMs = 0;
    one.clock.monotonic = () => monotonic.call(one.clock) + stoppedMs;
    one.api.fate = () => void (one.api.calls.length === stopAt && (stoppedMs = 25_000));
    await one.start();
    end(one);
    await one.clock.advance(100_000);
    assert.notEqual(one.driven, undefined, `${stopAt}: ${one.api.calls.join()}`);
    return one.api.calls;
  }
  for (const [what, end] of Object.entries(LIVES)) {
    test(`sends nothing more for it, whatever request the stop has met ${what}`, async () => {
      const whole = await live(end, 0);
      const claim = whole.indexOf("PUT jobs/a");
      assert.ok(whole.length - claim >= 5, whole.join());
      for (let stopAt = claim + 1; stopAt < whole.length; stopAt++) assert.deepEqual(await live(end, stopAt), whole.slice(0, stopAt), `stopped at ${whole[stopAt - 1]}`);
    });
  }
});

describe("Driver, at the end of the program", () => {
  test("lets work in flight end", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    one.claiming.abort(new Error("ending"));
    await one.clock.advance(10_000);
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.deepEqual([one.driven, one.record?.status?.state], [{ kind: "done" }, "success"]);
  });

  test("gives back what has not ended, and takes the attempt back", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    one.claiming.abort(new Error("ending"));
    one.working.abort(new Error("the program is ending"));
    await one.clock.advance(1_000);
    assert.deepEqual(one.driven, { kind: "done" });
    assert.deepEqual([one.job?.metadata?.labels?.[LABEL_CLAIM], one.job?.metadata?.labels?.[LABEL_CLAIM_OWNER], one.job?.status?.state], [undefined, undefined, "pending"]);
    const view = viewOf(one.job ?? {});
    assert.deepEqual([view?.attempt, view?.spent], [1, 0]);
    assert.ok(one.counted.take().includes("job-given-back shutdown"));
  });

  test("gives back what it has claimed just then, without a start", async () => {
    const one = open();
    one.api.job("a");
    one.api.fate = (verb, _resource, _name, nth) => void (verb === "PUT" && nth === 1 && one.claiming.abort(new Error("ending")));
    assert.deepEqual(await one.run(), { kind: "done" });
    const view = viewOf(one.job ?? {});
    assert.deepEqual([one.works, view?.claim, view?.spent], [[], "", 0]);
  });

  test("ends a job that came to its end all the same", async () => {
    const one = open();
    one.api.job("a");
    one.result = undefined;
    await one.start();
    one.works[0]?.end(SUCCESS);
    one.working.abort(new Error("the program is ending"));
    await one.clock.advance(1_000);
    assert.equal(one.record?.status?.state, "success");
  });

  test("does not give back what is not its own any more", async () => {
    const one = open();
    one.api.job("a");
    await one.start();
    one.api.edit("a", (job) => withClaim(job, { owner: "other", nowMs: 1 }));
    one.working.abort(new Error("the program is ending"));
    await one.clock.advance(1_000);
    assert.equal(one.job?.metadata?.labels?.[LABEL_CLAIM_OWNER], "other");
  });

  test("claims nothing any more", async () => {
    const one = open();
    one.api.job("a");
    const reason = new Error("ending");
    one.claiming.abort(reason);
    await assert.rejects(one.driver.drive(AT, { claiming: one.claiming.signal, working: one.working.signal }), (error) => error === reason);
    assert.deepEqual(one.api.puts, []);
  });
});

describe("Driver, when a worker is stopped from outside", () => {
  test("gives the job back and lets the attempt count", async () => {
    const one = open();
    one.api.job("a");
    one.result = { kind: "aborted", reason: "the guard of the workers is gone" };
    assert.deepEqual(await one.run(), { kind: "retry", atLeastMs: 0 });
    const view = viewOf(one.job ?? {});
    assert.deepEqual([view?.claim, view?.attempt, view?.spent], ["", 1, 1]);
    assert.ok(one.counted.take().includes("job-given-back aborted"));
  });

  test("fails a job of which something still runs: it may not meet another attempt", async () => {
    const one = open();
    one.api.job("a");
    one.result = { kind: "aborted", reason: "processes of the worker cannot be ended", survivors: true };
    assert.deepEqual(await one.run(), { kind: "done" });
    const { state, message } = one.record?.status ?? {};
    assert.deepEqual([state, message], ["error", "processes of the worker cannot be ended"]);
  });
});

describe("Driver, with the repository of a pull", () => {
  function syncOf(one: Case): Record<string, unknown> | undefined {
    return (one.api.get<KubeObject & { status?: { sync?: Record<string, unknown> } }>("repositories", "repo"))?.status?.sync;
  }

  test("says that it is working, and what came of it before the record is written", async () => {
    const one = open();
    one.api.job("a", { action: "pull" });
    repository(one);
    await one.start();
    assert.deepEqual([syncOf(one)?.state, syncOf(one)?.job], ["working", "a"]);
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.equal(syncOf(one)?.state, "success");
    assert.ok(one.api.calls.lastIndexOf("PUT repositories/repo") < one.api.calls.indexOf("POST historicjobs/a-uid-a"));
  });

  test("says that it waits again when the job is given back", async () => {
    const one = open();
    one.api.job("a", { action: "pull" });
    repository(one);
    await one.start();
    one.working.abort(new Error("the program is ending"));
    await one.clock.advance(1_000);
    assert.equal(syncOf(one)?.state, "pending");
  });

  test("does the job though its repository's status cannot be written", async () => {
    const one = open();
    one.api.job("a", { action: "pull" });
    repository(one);
    one.api.fate = (verb, resource) => (resource === "repositories" && verb === "PUT" ? refused(403, "Forbidden") : resource === "repositories" && verb === "GET" ? "hang" : undefined);
    await one.start();
    await one.clock.advance(60_000);
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(60_000);
    assert.equal(one.record?.status?.state, "success");
  });
});
