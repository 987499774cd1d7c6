import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { DriveRules } from "../../src/drive/context.ts";
import { claimed, type JobView, viewOf, withClaim, withStatus } from "../../src/drive/job-view.ts";
import { EXPIRED_MESSAGE, Reaper } from "../../src/drive/reaper.ts";
import { ANNOTATION_ATTEMPT, type Job, type JobStatus, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../src/provisioning.ts";
import { FakeDrive } from "../support/fake-drive.ts";
import { refused } from "../support/fake-jobs.ts";

const DAY_MS = 86_400_000;

class Case extends FakeDrive {
  readonly requeued: string[] = [];
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  constructor(rules: Partial<DriveRules> = {}) {
    super(rules);
    const reaper = new Reaper(this.context, ({ view }) => this.requeued.push(view.name));
    this.#ended = reaper.run(this.#stop.signal).catch((error: unknown) => error);
  }

  /** A job that `other` has claimed at `claim`, their time, and that lists have shown just now. */
  claimed(name = "a", more: { status?: JobStatus; attempt?: number; claim?: number } = {}): Job {
    const { status = { state: "working", started: 1, progress: 40, errors: ["theirs"], message: "half" }, attempt = 1, claim = this.api.now() } = more;
    const job = this.api.job(name, {
      status,
      annotations: { [ANNOTATION_ATTEMPT]: String(attempt) },
      labels: { [LABEL_CLAIM]: String(claim), [LABEL_CLAIM_OWNER]: "other" },
    });
    this.list();
    return job;
  }

  /** A list shows all jobs as they are. */
  list(): void {
    for (const job of this.api.all("jobs")) this.context.others.see(viewOf(job) as JobView, this.clock.monotonic());
  }

  job(name = "a"): Job | undefined {
    return this.api.get("jobs", name);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("ending"));
    await this.clock.advance(0);
    await this.#ended;
    assert.equal(this.clock.sleepers, 0);
  }
}

describe("Reaper", () => {
  test("gives a job back to the queue once its owner was silent for the expiry", async () => {
    const one = new Case();
    one.claimed();
    await one.clock.advance(59_999);
    assert.deepEqual(one.api.puts, []);
    await one.clock.advance(1_001);
    assert.deepEqual(one.requeued, ["a"]);
    const job = one.job();
    assert.deepEqual(job?.metadata?.labels, {});
    assert.deepEqual(job?.status, { state: "pending", started: 1, message: "half" });
    // It counts: its owner has begun it.
    assert.deepEqual(job?.metadata?.annotations, { [ANNOTATION_ATTEMPT]: "1" });
    assert.deepEqual(one.counted.take(), ["job-reaped requeue"]);
    assert.equal(one.log.of("cleaned up expired job")[0]?.fields.action_taken, "requeue");
    await one.stop();
  });

  for (const [whose, claim] of Object.entries({ "a day ago": -DAY_MS, "tomorrow": DAY_MS, "at no time": Number.NaN })) {
    test(`waits the same for a job that was claimed ${whose}, by whatever clock`, async () => {
      const one = new Case();
      one.claimed("a", { claim: one.api.now() + claim });
      await one.clock.advance(59_999);
      assert.deepEqual(one.api.puts, []);
      await one.clock.advance(1_001);
      assert.deepEqual(one.requeued, ["a"]);
      await one.stop();
    });
  }

  test("begins to wait anew with every change, however late it is seen", async () => {
    const one = new Case();
    one.claimed();
    await one.clock.advance(59_000);
    one.api.edit("a", (job) => withClaim(job, { owner: "other", nowMs: 1 }));
    await one.clock.advance(60_000);
    // The read at 60 s showed the change.
    assert.deepEqual([one.api.puts, one.takeCalls()], [[], ["GET jobs/a"]]);
    await one.clock.advance(2_000);
    assert.deepEqual(one.requeued, ["a"]);
    await one.stop();
  });

  test("leaves a job alone whose owner renews", async () => {
    const one = new Case();
    one.claimed();
    for (let nth = 0; nth < 60; nth++) {
      await one.clock.advance(20_000);
      one.api.edit("a", (job) => withClaim(job, { owner: "other", nowMs: nth }));
      if (nth % 2 === 0) one.list();
    }
    assert.deepEqual([one.api.puts, one.takeCalls()], [[], []]);
    await one.stop();
  });

  test("has lost to a renewal that lands just ahead of its swap", async () => {
    const one = new Case();
    one.claimed();
    one.api.fate = (verb) => void (verb === "PUT" && one.api.edit("a", (job) => withClaim(job, { owner: "other", nowMs: 7 })));
    await one.clock.advance(62_000);
    assert.deepEqual([one.requeued, one.job()?.metadata?.labels?.[LABEL_CLAIM_OWNER], one.counted.take()], [[], "other", []]);
    // One swap, at the version at which the clock had started: it is not read again for a second.
    assert.deepEqual(one.takeCalls(), ["GET jobs/a", "PUT jobs/a"]);
    await one.stop();
  });

  test("ends a job as failed if that is what is asked for, like any driver", async () => {
    const one = new Case({ onExpired: "fail" });
    one.claimed();
    await one.clock.advance(62_000);
    assert.equal(one.job(), undefined);
    const { state, message, errors, finished, progress } = one.api.created[0]?.status ?? {};
    assert.deepEqual([state, message, errors, progress], ["error", EXPIRED_MESSAGE, ["theirs", EXPIRED_MESSAGE], 40]);
    assert.ok((finished ?? 0) > one.api.now() - 5_000);
    assert.deepEqual(one.takeCalls(), ["GET jobs/a", "PUT jobs/a", "PUT jobs/a", "POST historicjobs/a-uid-a", "DELETE jobs/a"]);
    assert.deepEqual(one.counted.take(), ["job-reaped fail", "job-processed push,error"]);
    await one.stop();
  });

  test("ends a job as failed whose attempts are used up", async () => {
    const one = new Case({ maxAttempts: 2 });
    one.claimed("a", { attempt: 2 });
    one.claimed("b", { attempt: 1 });
    await one.clock.advance(62_000);
    assert.deepEqual([one.api.created.map(({ metadata }) => metadata?.name), one.requeued], [["a-uid-a"], ["b"]]);
    await one.stop();
  });

  test("only archives a job that has its result, and never gives it back", async () => {
    const one = new Case();
    const status = { state: "success", finished: 5, progress: 100 };
    one.claimed("a", { status });
    await one.clock.advance(62_000);
    assert.deepEqual([one.api.created[0]?.status, one.job(), one.requeued], [status, undefined, []]);
    assert.deepEqual(one.counted.take(), ["job-reaped archive"]);
    await one.stop();
  });

  test("forgets a job that is gone, and begins anew with one that has its name", async () => {
    const one = new Case();
    one.claimed();
    one.api.remove("jobs", "a");
    await one.clock.advance(62_000);
    one.takeCalls();
    await one.clock.advance(600_000);
    assert.deepEqual(one.takeCalls(), []);

    one.claimed("b");
    one.api.remove("jobs", "b");
    one.api.job("b", { uid: "successor", labels: { [LABEL_CLAIM]: "1" } });
    await one.clock.advance(62_000);
    assert.deepEqual(one.api.puts, []);
    await one.clock.advance(60_000);
    assert.deepEqual(one.requeued, ["b"]);
    await one.stop();
  });

  test("shares the work with others: of two, one reaps", async () => {
    const one = new Case();
    const requeued: string[] = [];
    const other = new Reaper(one.context, ({ view }) => requeued.push(view.name));
    const stop = new AbortController();
    const ended = other.run(stop.signal).catch(() => undefined);
    for (let nth = 0; nth < 20; nth++) one.claimed(`j${nth}`);
    one.api.latencyMs = 5;
    await one.clock.advance(70_000);
    assert.equal(one.requeued.length + requeued.length, 20);
    assert.equal(new Set([...one.requeued, ...requeued]).size, 20);
    stop.abort(new Error("ending"));
    await ended;
    await one.stop();
  });

  test("tries again what could not be read or written", async () => {
    const one = new Case();
    one.claimed();
    one.api.fate = () => refused(503);
    await one.clock.advance(61_000);
    assert.equal(one.log.of("failed to clean up expired job").length, 1);
    one.api.fate = () => undefined;
    await one.clock.advance(200_000);
    assert.deepEqual(one.requeued, ["a"]);
    await one.stop();
  });

  test("keeps a job whose record may not be written, and comes again at growing intervals", async () => {
    const one = new Case({ onExpired: "fail" });
    one.claimed();
    let allowed = false;
    const tries: number[] = [];
    one.api.fate = (verb) => {
      if (verb !== "POST" || allowed) return undefined;
      tries.push(one.clock.monotonic());
      return refused(403, "Forbidden");
    };
    for (let minute = 0; minute < 60; minute++) {
      await one.clock.advance(60_000);
      one.list();
    }
    assert.equal(one.job()?.status?.state, "error");
    assert.ok(tries.length >= 5 && tries.length <= 12, String(tries));
    assert.deepEqual(one.log.of("job kept, its end is not complete").map(({ level }) => level)[0], "error");
    allowed = true;
    for (let minute = 0; minute < 15; minute++) {
      await one.clock.advance(60_000);
      one.list();
    }
    assert.deepEqual([one.job(), one.api.created.length], [undefined, 1]);
    await one.stop();
  });

  test("leaves no job half taken over when the program ends", async () => {
    const one = new Case({ onExpired: "fail" });
    one.claimed();
    one.api.latencyMs = 100;
    await one.clock.advance(60_250);
    const stopped = one.stop();
    await one.clock.advance(2_000);
    await stopped;
    assert.deepEqual([one.job(), one.api.created.length], [undefined, 1]);
  });

  test("takes nothing from an owner whose claims it merely hears of", async () => {
    const one = new Case();
    // Known from events of a watch alone: no list has shown it.
    one.api.job("a", { labels: { [LABEL_CLAIM]: "1", [LABEL_CLAIM_OWNER]: "other" } });
    await one.clock.advance(600_000);
    assert.deepEqual(one.takeCalls(), []);
    await one.stop();
  });

  test("keeps what it does not know of the job", async () => {
    const one = new Case();
    one.claimed();
    one.api.edit("a", (job) => withStatus(claimed(job, { owner: "other", nowMs: 1 }), { unknown: { deep: 1 } } as JobStatus));
    one.list();
    await one.clock.advance(62_000);
    const { spec, status } = one.job() ?? {};
    assert.deepEqual([spec, (status as { unknown?: unknown }).unknown], [{ action: "push", repository: "repo", unknown: "kept" }, { deep: 1 }]);
    await one.stop();
  });
});
