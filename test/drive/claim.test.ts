import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ApiError, TokenError } from "../../src/base/errors.ts";
import { type ClaimEnd, claimJob, type ClaimOptions, readJob, rollBack } from "../../src/drive/claim.ts";
import { claimed, released, viewOf, withClaim, withStatus } from "../../src/drive/job-view.ts";
import { ServerTime } from "../../src/drive/server-time.ts";
import { within } from "../../src/drive/within.ts";
import { ANNOTATION_ATTEMPT, ANNOTATION_GIVEN_BACK, type Job, LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../../src/provisioning.ts";
import { FakeJobs, refused } from "../support/fake-jobs.ts";
import { ManualClock } from "../support/manual-clock.ts";

const AT = { namespace: "default", name: "a" };
const signal = new AbortController().signal;

function open(more: Partial<ClaimOptions> & { skewMs?: number } = {}) {
  const { skewMs, ...rest } = more;
  const clock = new ManualClock();
  const api = new FakeJobs(clock, skewMs);
  const serverTime = new ServerTime(clock);
  serverTime.told(Math.floor(api.now() / 1000) * 1000);
  let draws = 0;
  // No two numbers alike, or owners would be.
  const random = () => ((draws++ * 7 + 1) % 1000) / 1000;
  const options: ClaimOptions = { api, clock, random, serverTime, settleMs: 0, requestMs: 8_000, validityMs: 25_000, ...rest };
  return { clock, api, options };
}

/** Claims `default/a` as it is now. */
async function claim({ options, clock }: ReturnType<typeof open>): Promise<ClaimEnd> {
  const read = await readJob(options, AT, signal);
  assert.ok(read);
  const end = claimJob(options, read, claimed, signal);
  await clock.advance(60_000);
  return end;
}

function labelsOf(job: Job | undefined): Record<string, string> {
  return job?.metadata?.labels ?? {};
}

describe("claimJob()", () => {
  test("sets claim, owner and attempt in one PUT, on the server's clock", async () => {
    const at = open({ skewMs: 3_600_000 });
    at.api.job("a");
    const end = await claim(at);
    assert.ok(end.kind === "owned");
    assert.deepEqual(at.api.calls, ["GET jobs/a", "PUT jobs/a"]);
    const { view, owner, sentMs } = end.claimed;
    assert.deepEqual([view.owner, view.attempt, view.spent, sentMs], [owner, 1, 1, 0]);
    assert.match(owner, /^[0-9a-z]{20}$/);
    const put = at.api.puts[0]?.object;
    assert.ok(Math.abs(Number(labelsOf(put)[LABEL_CLAIM]) - (at.api.now() - 60_000)) <= 1_000);
    assert.deepEqual([put?.metadata?.annotations?.[ANNOTATION_ATTEMPT], put?.spec], ["1", { action: "push", repository: "repo", unknown: "kept" }]);
  });

  test("draws a new owner for each claim", async () => {
    const at = open();
    at.api.job("a");
    const first = await claim(at);
    at.api.edit("a", released);
    const second = await claim(at);
    assert.ok(first.kind === "owned" && second.kind === "owned");
    assert.notEqual(first.claimed.owner, second.claimed.owner);
    assert.deepEqual([second.claimed.view.attempt, second.claimed.view.spent], [2, 1]);
  });

  test("is lost to whoever was faster", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb) => void (verb === "PUT" && at.api.edit("a", (job) => withClaim(job, { owner: "other", nowMs: 1 })));
    const end = await claim(at);
    assert.ok(end.kind === "lost");
    assert.equal(end.read?.view.owner, "other", "shown by the read that told");
    assert.deepEqual(labelsOf(at.api.get("jobs", "a"))[LABEL_CLAIM_OWNER], "other");
  });

  test("is lost when the job is gone", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb) => void (verb === "PUT" && at.api.remove("jobs", "a"));
    assert.deepEqual(await claim(at), { kind: "lost", read: undefined });
  });

  test("takes a conflict for the echo of its own PUT if the job shows its owner", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb, _resource, _name, nth) => {
      // The host has sent it twice: the first was carried out, the second is answered.
      if (verb === "PUT" && nth === 1) at.api.edit("a", (job) => claimed(job, { owner: ownerOf(at.api), nowMs: 1 }));
      return undefined;
    };
    at.options.random = () => 0.5;
    const end = await claim(at);
    assert.equal(end.kind, "owned");
    assert.deepEqual(at.api.calls, ["GET jobs/a", "PUT jobs/a", "GET jobs/a"]);
  });

  test("reads what became of a PUT whose answer was lost", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb) => (verb === "PUT" ? "lose" : undefined);
    const end = await claim(at);
    assert.ok(end.kind === "owned");
    assert.deepEqual([end.claimed.view.version, end.claimed.sentMs], [at.api.get("jobs", "a")?.metadata?.resourceVersion, 0]);
  });

  test("gives up a PUT that three reads do not show, with what it failed on", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb) => (verb === "PUT" ? "drop" : undefined);
    const end = await claim(at);
    assert.ok(end.kind === "failed" && /connection reset/.test(String(end.error)));
    assert.deepEqual(at.api.takeCalls(), ["GET jobs/a", "PUT jobs/a", "GET jobs/a", "GET jobs/a", "GET jobs/a", "GET jobs/a"]);
    assert.deepEqual(labelsOf(at.api.get("jobs", "a")), {});
  });

  test("takes back what it cannot read any more, attempt included", async () => {
    const at = open();
    at.api.job("a");
    let reads = 0;
    at.api.fate = (verb) => (verb === "PUT" && reads === 1 ? "lose" : verb === "GET" && ++reads > 1 && reads < 5 ? refused(503) : undefined);
    const end = await claim(at);
    assert.equal(end.kind, "failed");
    const job = at.api.get("jobs", "a");
    assert.deepEqual([labelsOf(job), job?.status], [{}, { state: "pending" }]);
    assert.deepEqual(job?.metadata?.annotations, { [ANNOTATION_ATTEMPT]: "1", [ANNOTATION_GIVEN_BACK]: "1" });
  });

  test("says what the server refuses, after one more read", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb) => (verb === "PUT" ? refused(403, "Forbidden") : undefined);
    const end = await claim(at);
    assert.ok(end.kind === "failed" && /403/.test(String(end.error)));
    assert.deepEqual(at.api.calls, ["GET jobs/a", "PUT jobs/a", "GET jobs/a"]);
  });

  for (const status of [400, 401, 403, 404, 422, 429]) {
    test(`takes back what was carried out though the echo was answered with ${status}`, async () => {
      const at = open();
      at.api.job("a");
      at.api.fate = (verb, _resource, _name, nth) => {
        if (verb !== "PUT" || nth > 1) return undefined;
        at.api.edit("a", (job) => claimed(job, { owner: ownerOf(at.api), nowMs: 1 }));
        return refused(status, "", "");
      };
      at.options.random = () => 0.5;
      assert.equal((await claim(at)).kind, "failed");
      assert.deepEqual(at.api.calls, ["GET jobs/a", "PUT jobs/a", "GET jobs/a", "PUT jobs/a"]);
      const view = viewOf(at.api.get("jobs", "a") ?? {});
      assert.deepEqual([view?.claim, view?.attempt, view?.spent], ["", 1, 0]);
    });
  }

  test("reads nothing back that never went out", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb) => (verb === "PUT" ? new TokenError("no token") : undefined);
    assert.equal((await claim(at)).kind, "failed");
    assert.deepEqual(at.api.calls, ["GET jobs/a", "PUT jobs/a"]);
  });

  test("is left to expire when its validity is over before it could be taken back", async () => {
    const at = open({ validityMs: 8_000 });
    at.api.job("a");
    at.api.fate = (verb) => {
      at.api.latencyMs = 2_000;
      return verb === "PUT" ? "lose" : at.api.calls.length > 2 && at.api.calls.length < 6 ? refused(503) : undefined;
    };
    const read = readJob(at.options, AT, signal);
    await at.clock.advance(2_000);
    const end = claimJob(at.options, (await read) ?? assert.fail(), claimed, signal);
    await at.clock.advance(60_000);
    assert.equal((await end).kind, "failed");
    assert.deepEqual(at.api.calls.filter((call) => call.startsWith("PUT")), ["PUT jobs/a"]);
    assert.notEqual(viewOf(at.api.get("jobs", "a") ?? {})?.claim, "");
  });

  test("is cut off a server that does not answer", async () => {
    const at = open();
    at.api.job("a");
    at.api.fate = (verb, _resource, _name, nth) => (verb === "PUT" && nth === 1 ? "hang" : undefined);
    const end = await claim(at);
    assert.ok(end.kind === "failed" && /No answer within 8s/.test(String(end.error)));
    assert.equal(at.api.underWay, 0);
  });
});

/** The owner that a constant 0.5 draws. */
function ownerOf(_api: FakeJobs): string {
  const word = Math.floor(0.5 * 36 ** 10).toString(36).padStart(10, "0");
  return word + word;
}

describe("claimJob(), where compare-and-swap is not atomic", () => {
  const settleMs = 2_000;

  test("counts only once it has settled and still shows our owner", async () => {
    const at = open({ settleMs });
    at.api.job("a");
    const read = await readJob(at.options, AT, signal);
    assert.ok(read);
    let done = false;
    const end = claimJob(at.options, read, claimed, signal).finally(() => (done = true));
    await at.clock.advance(1_999);
    assert.deepEqual([done, at.api.calls], [false, ["GET jobs/a", "PUT jobs/a"]]);
    await at.clock.advance(1);
    assert.equal((await end).kind, "owned");
    assert.deepEqual(at.api.calls, ["GET jobs/a", "PUT jobs/a", "GET jobs/a"]);
  });

  test("is lost to a claim that landed upon it", async () => {
    const at = open({ settleMs });
    at.api.job("a");
    const read = await readJob(at.options, AT, signal);
    assert.ok(read);
    const end = claimJob(at.options, read, claimed, signal);
    await at.clock.advance(1_000);
    at.api.edit("a", () => claimed(structuredClone(read.job), { owner: "other", nowMs: 1 }));
    await at.clock.advance(1_000);
    assert.equal((await end).kind, "lost");
    assert.equal(viewOf(at.api.get("jobs", "a") ?? {})?.owner, "other");
  });

  test("is taken back when the program ends before it has settled", async () => {
    const at = open({ settleMs });
    at.api.job("a");
    const read = await readJob(at.options, AT, signal);
    assert.ok(read);
    const stop = new AbortController();
    const end = claimJob(at.options, read, claimed, stop.signal);
    await at.clock.advance(500);
    stop.abort(new Error("ending"));
    await at.clock.advance(0);
    assert.deepEqual(await end, { kind: "lost", read: undefined });
    assert.deepEqual(labelsOf(at.api.get("jobs", "a")), {});
    assert.equal(at.clock.monotonic(), 500);
  });
});

describe("rollBack()", () => {
  function owned(status: Job["status"] = { state: "working", progress: 40, errors: ["x"], message: "half" }) {
    const at = open();
    at.api.job("a", { annotations: { [ANNOTATION_ATTEMPT]: "3" }, labels: { [LABEL_CLAIM]: "1", [LABEL_CLAIM_OWNER]: "me", other: "kept" }, status });
    const view = viewOf(at.api.get("jobs", "a") ?? {});
    assert.ok(view);
    const back = async (attempt: "take back" | "keep" = "take back", owner = "me") => {
      const ended = within(5_000, at.clock, signal, (limited, onSend) => rollBack(at.options, view, owner, attempt, limited, onSend));
      await at.clock.advance(6_000);
      return ended;
    };
    return { ...at, back, job: () => at.api.get("jobs", "a") };
  }

  test("removes the claim, and what the attempt had reported", async () => {
    const { back, job } = owned();
    assert.equal(await back(), true);
    assert.deepEqual(labelsOf(job()), { other: "kept" });
    assert.deepEqual(job()?.status, { state: "pending", message: "half" });
    assert.deepEqual(job()?.metadata?.annotations, { [ANNOTATION_ATTEMPT]: "3", [ANNOTATION_GIVEN_BACK]: "1" });
  });

  test("lets the attempt count if it is to", async () => {
    const { back, job } = owned();
    assert.equal(await back("keep"), true);
    assert.deepEqual(job()?.metadata?.annotations, { [ANNOTATION_ATTEMPT]: "3" });
  });

  test("leaves a job that is another's, or another", async () => {
    const { back, api } = owned();
    assert.equal(await back("keep", "other"), true);
    api.job("a", { uid: "successor", labels: { [LABEL_CLAIM]: "1", [LABEL_CLAIM_OWNER]: "me" } });
    assert.equal(await back(), true);
    api.remove("jobs", "a");
    assert.equal(await back(), true);
    assert.deepEqual(api.puts, []);
  });

  test("never makes a finished job claimable", async () => {
    const { back, api } = owned({ state: "success", finished: 5 });
    assert.equal(await back(), true);
    assert.deepEqual(api.puts, []);
  });

  test("reads again after a conflict", async () => {
    const { back, api, job } = owned();
    api.fate = (verb, _resource, _name, nth) => void (verb === "PUT" && nth === 1 && api.edit("a", (one) => withStatus(one, { message: "theirs" })));
    assert.equal(await back(), true);
    assert.deepEqual([labelsOf(job()), job()?.status?.message], [{ other: "kept" }, "theirs"]);
  });

  test("waits as long as the server asks for", async () => {
    const { api, options, clock, job } = owned();
    const busy = new ApiError("busy", { status: 429, retryAfterMs: 2_000 });
    api.fate = (verb, _resource, _name, nth) => (verb === "GET" && nth === 1 ? busy : undefined);
    const view = viewOf(job() ?? {}) ?? assert.fail();
    const ended = rollBack(options, view, "me", "keep", signal, () => undefined);
    await clock.advance(1_999);
    assert.deepEqual(api.calls, ["GET jobs/a"]);
    await clock.advance(1);
    assert.equal(await ended, true);
  });

  test("sends nothing after its time, also when no timer has told of it", async () => {
    const { api, options, clock, job } = owned();
    const view = viewOf(job() ?? {}) ?? assert.fail();
    const { monotonic } = clock;
    let stoppedMs = 0;
    clock.monotonic = () => monotonic.call(clock) + stoppedMs;
    api.fate = (verb) => void (verb === "GET" && (stoppedMs = 60_000));
    assert.equal(await within(5_000, clock, signal, (limited, onSend) => rollBack(options, view, "me", "keep", limited, onSend)), false);
    assert.deepEqual(api.calls, ["GET jobs/a"]);
  });

  test("gives up after its time", async () => {
    const { back, api, clock } = owned();
    api.fate = () => "hang";
    assert.equal(await back(), false);
    assert.equal(api.underWay, 0);
    assert.equal(clock.sleepers, 0);
  });
});
