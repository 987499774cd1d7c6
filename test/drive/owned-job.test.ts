import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clock } from "../../src/base/clock.ts";
import { TokenError } from "../../src/base/errors.ts";
import { claimed, viewOf, withStatus } from "../../src/drive/job-view.ts";
import { LeaseLost, OwnedJob } from "../../src/drive/owned-job.ts";
import { ServerTime } from "../../src/drive/server-time.ts";
import { type Job, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../src/provisioning.ts";
import { FakeJobs, refused } from "../support/fake-jobs.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";

const RULES = { validityMs: 25_000, renewalMs: 8_000, settleMs: 0 };
const HOUR_MS = 3_600_000;

interface Case {
  clock: ManualClock;
  api: FakeJobs;
  owned: OwnedJob;
  lost: string[];
  /** Why the lease is lost. */
  reason(): string | undefined;
}

/** The job `a`, claimed by `me` just now. */
function open(more: { skewMs?: number; rules?: Partial<typeof RULES>; clockOf?: (clock: ManualClock) => Clock } = {}): Case {
  const clock = new ManualClock();
  const api = new FakeJobs(clock, more.skewMs);
  const serverTime = new ServerTime(clock);
  serverTime.told(Math.floor(api.now() / 1000) * 1000);
  api.job("a");
  api.edit("a", (job) => claimed(job, { owner: "me", nowMs: api.now() }));
  const job = structuredClone(api.get("jobs", "a")) as Job;
  const view = viewOf(job);
  assert.ok(view);
  const lost: string[] = [];
  const owned = new OwnedJob(
    { api, clock: more.clockOf?.(clock) ?? clock, random: () => 0.5, serverTime, rules: { ...RULES, ...more.rules }, onLost: (loss) => lost.push(loss) },
    { job, view, owner: "me", sentMs: clock.monotonic() },
  );
  return { clock, api, owned, lost, reason: () => (owned.lost.reason instanceof LeaseLost ? owned.lost.reason.loss : undefined) };
}

function claimOf(job: Job | undefined): number {
  return Number(job?.metadata?.labels?.[LABEL_CLAIM]);
}

/** Somebody else's change, as often as somebody writes: every PUT meets another version. */
function contend(api: FakeJobs, until: () => boolean = () => true): void {
  api.fate = (verb) => {
    if (verb === "PUT" && until()) api.edit("a", (job) => withStatus(job, { message: "theirs" }));
    return undefined;
  };
}

describe("OwnedJob, renewing", () => {
  test("writes the claim anew after every pause, on the server's clock and with its owner", async () => {
    const { clock, api, owned } = open({ skewMs: -HOUR_MS });
    await clock.advance(25_000);
    assert.deepEqual(api.puts.map(({ atMs }) => atMs), [8_000, 16_000, 24_000]);
    for (const { object, atMs } of api.puts) {
      assert.equal(object.metadata?.labels?.[LABEL_CLAIM_OWNER], "me");
      // The label is the server's time when it was sent, to the second that a Date is cut to.
      const truth = api.now() - (clock.monotonic() - atMs);
      assert.ok(Math.abs(claimOf(object) - truth) <= 1_000, `${claimOf(object)} at ${truth}`);
    }
    assert.equal(owned.lost.aborted, false);
    owned.end();
  });

  test("needs no read while nobody else writes", async () => {
    const { clock, api, owned } = open();
    await clock.advance(60_000);
    owned.end();
    assert.deepEqual(new Set(api.calls), new Set(["PUT jobs/a"]));
  });

  test("counts every other write as a renewal", async () => {
    const { clock, api, owned } = open();
    await clock.advance(7_000);
    assert.deepEqual(await owned.write((job) => withStatus(job, { progress: 1 }), "progress"), { kind: "written" });
    await clock.advance(7_999);
    assert.equal(api.puts.length, 1);
    await clock.advance(1);
    assert.deepEqual(api.puts.map(({ atMs }) => atMs), [7_000, 15_000]);
    owned.end();
  });

  test("keeps what is not its own, and counts no attempt", async () => {
    const { clock, api, owned } = open();
    const before = structuredClone(api.get("jobs", "a"));
    await clock.advance(8_000);
    owned.end();
    const after = api.get("jobs", "a");
    assert.deepEqual({ ...after, metadata: undefined }, { ...before, metadata: undefined });
    assert.deepEqual(after?.metadata?.annotations, before?.metadata?.annotations);
  });

  test("reads again after a conflict and goes on", async () => {
    const { clock, api, owned } = open();
    await clock.advance(1_000);
    api.edit("a", (job) => withStatus(job, { message: "theirs" }));
    await clock.advance(8_000);
    assert.deepEqual(api.calls, ["PUT jobs/a", "GET jobs/a", "PUT jobs/a"]);
    assert.equal(api.get("jobs", "a")?.status?.message, "theirs");
    assert.equal(owned.lost.aborted, false);
    owned.end();
  });

  test("meets any number of conflicts until the validity is over", async () => {
    const { clock, api, owned, lost } = open();
    contend(api);
    await clock.advance(24_999);
    assert.equal(owned.lost.aborted, false);
    assert.ok(api.calls.length > 10);
    await clock.advance(1);
    assert.deepEqual(lost, ["expired"]);
  });

  test("survives two failures in a row, and not a third", async () => {
    const { clock, api, owned, reason } = open();
    api.fate = () => (clock.monotonic() < 17_000 ? refused(503) : undefined);
    await clock.advance(24_500);
    assert.equal(owned.lost.aborted, false);
    assert.equal(api.puts.length, 1);
    owned.end();

    const second = open();
    second.api.fate = () => refused(503);
    await second.clock.advance(23_999);
    assert.equal(second.owned.lost.aborted, false);
    await second.clock.advance(1_000);
    assert.equal(second.reason(), "failing");
    assert.equal(reason(), undefined);
  });

  test("lets no request outlast the pause between two", async () => {
    const { clock, api, owned, reason } = open();
    api.fate = (verb, _resource, _name, nth) => (verb === "PUT" && nth === 1 ? "hang" : undefined);
    await clock.advance(17_000);
    // Unanswered: it may have been carried out, so the job is read first.
    assert.deepEqual(api.calls, ["PUT jobs/a", "GET jobs/a", "PUT jobs/a"]);
    assert.equal(reason(), undefined);
    owned.end();
  });

  test("ends with end(), without a loss", async () => {
    const { clock, api, owned, lost } = open();
    owned.end();
    await clock.advance(HOUR_MS);
    assert.deepEqual([api.calls, lost, owned.lost.aborted, clock.sleepers], [[], [], false, 0]);
  });
});

describe("OwnedJob, losing its lease", () => {
  const changes: Record<string, (api: FakeJobs) => void> = {
    taken: (api) => api.edit("a", (job) => claimed(job, { owner: "other", nowMs: 1 })),
    released: (api) => api.edit("a", (job) => ({ ...job, metadata: { ...job.metadata, labels: {} } })),
    gone: (api) => api.remove("jobs", "a"),
    replaced: (api) => {
      api.remove("jobs", "a");
      api.job("a", { uid: "successor" });
    },
  };
  for (const [loss, change] of Object.entries(changes)) {
    test(`sees that the job is ${loss} at its next write, and writes nothing more`, async () => {
      const { clock, api, owned, reason, lost } = open();
      change(api);
      const theirs = structuredClone(api.get("jobs", "a"));
      assert.deepEqual(await owned.write((job) => withStatus(job, { progress: 1 }), "progress"), { kind: "lost" });
      assert.equal(reason(), loss);
      const calls = api.calls.length;
      assert.deepEqual(await owned.write((job) => job, "final"), { kind: "lost" });
      await clock.advance(HOUR_MS);
      assert.equal(api.calls.length, calls);
      assert.deepEqual(api.get("jobs", "a"), theirs);
      assert.deepEqual(lost, [loss]);
    });
  }

  test("has lost it when the validity has passed since the sending of the last write, not its answer", async () => {
    const { clock, api, owned, lost } = open();
    api.latencyMs = 5_000;
    await clock.advance(13_000);
    assert.equal(api.puts.length, 1);
    api.fate = () => "hang";
    await clock.advance(33_000 - 13_000 - 1);
    assert.equal(owned.lost.aborted, false);
    await clock.advance(1);
    assert.deepEqual(lost, ["expired"]);
  });

  test("cuts the request that is under way", async () => {
    const { clock, api, owned } = open();
    api.fate = () => "hang";
    await clock.advance(8_000);
    assert.equal(api.underWay, 1);
    await clock.advance(17_000);
    assert.equal(owned.lost.aborted, true);
    assert.equal(api.underWay, 0);
  });

  test("asks the clock before each write, since timers may be late", async () => {
    let stoppedMs = 0;
    // As after SIGSTOP: the time has passed, no timer has run.
    const clockOf = (clock: ManualClock): Clock => ({ now: () => clock.now(), monotonic: () => clock.monotonic() + stoppedMs, sleep: (ms, signal) => clock.sleep(ms, signal) });
    const { api, owned, reason } = open({ clockOf });
    stoppedMs = 25_000;
    assert.deepEqual(await owned.write((job) => job, "final"), { kind: "lost" });
    assert.deepEqual(api.calls, []);
    assert.equal(reason(), "expired");
  });

  test("sends nothing whose credential comes too late", async () => {
    let stoppedMs = 0;
    const clockOf = (clock: ManualClock): Clock => ({ now: () => clock.now(), monotonic: () => clock.monotonic() + stoppedMs, sleep: (ms, signal) => clock.sleep(ms, signal) });
    const { clock, api, owned } = open({ clockOf });
    api.credentialMs = 2_000;
    const write = owned.write((job) => job, "final");
    await clock.advance(1_000);
    stoppedMs = 25_000;
    await clock.advance(1_000);
    assert.deepEqual(await write, { kind: "lost" });
    assert.deepEqual(api.calls, []);
  });

  test("does not take it back for an answer that comes too late", async () => {
    let stoppedMs = 0;
    const clockOf = (clock: ManualClock): Clock => ({ now: () => clock.now(), monotonic: () => clock.monotonic() + stoppedMs, sleep: (ms, signal) => clock.sleep(ms, signal) });
    const { clock, api, owned, reason } = open({ clockOf });
    api.latencyMs = 1_000;
    const write = owned.write((job) => job, "final");
    await clock.advance(500);
    stoppedMs = 25_000;
    await clock.advance(500);
    assert.deepEqual(await write, { kind: "written" });
    assert.equal(reason(), "expired");
    assert.equal(owned.holds(), false);
  });

  test("tells its listeners of every deadline, and of the end as one in the past", async () => {
    const { clock, api, owned } = open();
    const deadlines: number[] = [];
    owned.onChange(() => deadlines.push(owned.deadlineMs));
    assert.equal(owned.deadlineMs, 25_000);
    await clock.advance(16_000);
    assert.deepEqual(deadlines, [33_000, 41_000]);
    api.remove("jobs", "a");
    await clock.advance(8_000);
    assert.deepEqual(deadlines, [33_000, 41_000, Number.NEGATIVE_INFINITY]);
  });
});

describe("OwnedJob.write()", () => {
  test("applies the edit again to what a conflict has shown", async () => {
    const { api, owned } = open();
    api.edit("a", (job) => withStatus(job, { message: "theirs" }));
    assert.deepEqual(await owned.write((job) => withStatus(job, { progress: 50 }), "progress"), { kind: "written" });
    assert.deepEqual(api.get("jobs", "a")?.status, { message: "theirs", progress: 50 });
    owned.end();
  });

  test("gives progress up after three conflicts, and keeps the lease", async () => {
    const { clock, api, owned } = open();
    contend(api);
    const write = owned.write((job) => withStatus(job, { progress: 50 }), "progress");
    await clock.advance(2_000);
    const end = await write;
    assert.equal(end.kind, "dropped");
    assert.deepEqual(api.calls.filter((call) => call.startsWith("PUT")), ["PUT jobs/a", "PUT jobs/a", "PUT jobs/a"]);
    assert.equal(owned.lost.aborted, false);
    owned.end();
  });

  test("gives progress up at the first failure, which does not count against the lease", async () => {
    const { clock, api, owned } = open();
    api.fate = () => refused(503);
    for (let nth = 0; nth < 5; nth++) assert.equal((await owned.write((job) => job, "progress")).kind, "dropped");
    api.fate = () => undefined;
    await clock.advance(30_000);
    assert.equal(owned.lost.aborted, false);
    owned.end();
  });

  test("tries the final write as long as the lease holds", async () => {
    const { clock, api, owned } = open();
    let down = true;
    api.fate = () => (down ? "drop" : undefined);
    const write = owned.write((job) => withStatus(job, { state: "success", finished: 1 }), "final");
    await clock.advance(20_000);
    down = false;
    await clock.advance(3_000);
    assert.deepEqual(await write, { kind: "written" });
    assert.equal(api.get("jobs", "a")?.status?.state, "success");
    owned.end();
  });

  test("does not write a second time what a lost answer had carried out", async () => {
    const { clock, api, owned } = open();
    api.fate = (verb, _resource, _name, nth) => (verb === "PUT" && nth === 1 ? "lose" : undefined);
    let edits = 0;
    const write = owned.write((job) => (edits++, withStatus(job, { progress: (job.status?.progress ?? 0) + 1 })), "final");
    await clock.advance(1_000);
    await write;
    // It is read, and the edit is applied to what the first PUT has left.
    assert.deepEqual(api.calls, ["PUT jobs/a", "GET jobs/a", "PUT jobs/a"]);
    assert.equal(edits, 2);
    owned.end();
  });

  test("says what the server refuses for good", async () => {
    const { api, owned } = open();
    api.fate = () => refused(422, "Invalid");
    const end = await owned.write((job) => job, "final");
    assert.equal(end.kind, "refused");
    assert.equal(owned.lost.aborted, false);
    owned.end();
  });

  test("does one thing at a time", async () => {
    const { clock, api, owned } = open();
    api.latencyMs = 100;
    const writes = [1, 2, 3, 4].map((progress) => owned.write((job) => withStatus(job, { progress }), "progress"));
    const exclusive = owned.exclusive(async () => {
      await clock.sleep(50);
      return api.underWay;
    });
    await clock.advance(1_000);
    assert.deepEqual(await Promise.all(writes), writes.map(() => ({ kind: "written" })));
    assert.deepEqual([api.peak, await exclusive], [1, 0]);
    assert.deepEqual(api.puts.map(({ object }) => object.status?.progress), [1, 2, 3, 4]);
    owned.end();
  });

  test("waits until what was not answered has landed, where that may be upon a later write", async () => {
    const { clock, api, owned } = open({ rules: { settleMs: 2_000 } });
    api.fate = (verb, _resource, _name, nth) => (verb === "PUT" && nth === 1 ? { late: 1_500 } : undefined);
    assert.equal((await owned.write((job) => withStatus(job, { progress: 10 }), "progress")).kind, "dropped");
    const write = owned.write((job) => withStatus(job, { state: "success", finished: 1 }), "final");
    await clock.advance(1_999);
    assert.deepEqual(api.calls, ["PUT jobs/a"]);
    await clock.advance(1);
    assert.deepEqual(await write, { kind: "written" });
    assert.deepEqual(api.get("jobs", "a")?.status, { progress: 10, state: "success", finished: 1 });
    owned.end();
  });

  test("takes no read for one that is older than its own result", async () => {
    const { clock, api, owned } = open();
    const before = structuredClone(api.get("jobs", "a")) as Job;
    assert.deepEqual(await owned.write((job) => withStatus(job, { state: "success", finished: 7 }), "final"), { kind: "written" });
    const after = structuredClone(api.get("jobs", "a")) as Job;
    // A conflict without a cause, and a read from before the result.
    api.fate = (verb, _resource, _name, nth) => {
      if (verb === "GET") api.put("jobs", nth === 1 ? before : after);
      return verb === "PUT" && nth === 2 ? refused(409, "Conflict") : undefined;
    };
    await clock.advance(8_000);
    assert.equal(owned.view.finishedMs, 7);
    await clock.advance(9_000);
    assert.deepEqual([owned.view.finishedMs, owned.lost.aborted, api.puts.at(-1)?.object.status?.finished], [7, false, 7]);
    owned.end();
  });

  test("does not read again after a failure that changed nothing", async () => {
    const { clock, api, owned } = open();
    api.fate = (_verb, _resource, _name, nth) => (nth === 1 ? new TokenError("no token") : undefined);
    await clock.advance(17_000);
    await settle();
    assert.deepEqual(api.calls, ["PUT jobs/a", "PUT jobs/a"]);
    owned.end();
  });

  for (const status of [401, 403, 404, 422, 429]) {
    test(`reads again after a ${status}, which may answer the echo of a write that was carried out`, async () => {
      const { clock, api, owned } = open();
      api.fate = (verb, _resource, _name, nth) => {
        if (verb !== "PUT" || nth > 1) return undefined;
        api.edit("a", (job) => withStatus(job, { progress: 1 }));
        return refused(status, "", "");
      };
      await owned.write((job) => withStatus(job, { progress: 1 }), "progress");
      assert.deepEqual(await owned.write((job) => withStatus(job, { message: "next" }), "progress"), { kind: "written" });
      await clock.advance(0);
      assert.deepEqual(api.calls, ["PUT jobs/a", "GET jobs/a", "PUT jobs/a"]);
      owned.end();
    });
  }
});
