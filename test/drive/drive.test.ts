import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Drive, type DriveOptions } from "../../src/drive/drive.ts";
import { claimed, viewOf, withClaim } from "../../src/drive/job-view.ts";
import { ListLane } from "../../src/kube/list-lane.ts";
import type { Fact } from "../../src/kube/watch-state.ts";
import { type Job, LABEL_CLAIM } from "../../src/provisioning.ts";
import { FakeDrive, SUCCESS } from "../support/fake-drive.ts";
import { refused } from "../support/fake-jobs.ts";
import { page } from "../support/objects.ts";

const ALL = undefined;
const LISTED: Fact = { kind: "listed", first: true, beganAt: 0, resumesAt: 0, tookMs: 1, differences: { objects: 0, found: 0, changed: 0, gone: 0 }, held: 0 };

class Case extends FakeDrive {
  readonly drive: Drive;
  readonly #stop = new AbortController();
  readonly ended: Promise<unknown>;
  over = false;

  constructor(options: Partial<DriveOptions> = {}, actions: ReadonlySet<string> | "*" = "*") {
    super(options.rules ?? {}, actions);
    const { clock, log, context, api } = this;
    const { rules, random, workers, count, drained } = context;
    this.drive = new Drive({
      clock, log, rules, random, workers, count, drained, api,
      lane: new ListLane(clock), namespaces: [ALL], drivers: 3, jobIntervalMs: 30_000, shutdownMs: 25_000, ...options,
    });
    this.ended = this.drive.run(this.#stop.signal).catch((error: unknown) => error).finally(() => (this.over = true));
  }

  applied(job: Job): void {
    this.drive.facts(ALL, [{ kind: "applied", object: job, trigger: "live" }]);
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("ending"));
    await this.clock.advance(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    for (const { end } of this.works) end(SUCCESS);
    await this.clock.advance(60_000);
    await this.ended;
    assert.equal(this.clock.sleepers, 0);
  }

  get started(): string[] {
    return this.works.map(({ order }) => order.name);
  }
}

describe("Drive", () => {
  test("starts a job that the watch tells of, at once", async () => {
    await using one = new Case();
    one.applied(one.api.job("a"));
    await one.clock.advance(0);
    assert.deepEqual(one.started, ["a"]);
  });

  test("starts a job that only a list shows", async () => {
    await using one = new Case();
    one.drive.page(page([one.api.job("a")]));
    await one.clock.advance(0);
    assert.deepEqual(one.started, ["a"]);
  });

  test("finds a job that neither has told of, within the interval, on whatever page", async () => {
    await using one = new Case();
    one.api.pageSize = 2;
    for (let nth = 0; nth < 5; nth++) one.api.job(`claimed-${nth}`, { labels: { [LABEL_CLAIM]: "1" } });
    one.api.job("z");
    await one.clock.advance(29_999);
    assert.deepEqual(one.started, []);
    await one.clock.advance(1);
    assert.deepEqual(one.started, ["z"]);
  });

  test("does not list beside the watch, which has just done so", async () => {
    await using one = new Case();
    for (let nth = 0; nth < 20; nth++) {
      await one.clock.advance(20_000);
      one.drive.facts(ALL, [LISTED]);
    }
    assert.deepEqual(one.api.calls, []);
    await one.clock.advance(30_000);
    assert.deepEqual(one.api.calls, ["LIST jobs"]);
  });

  test("works on as many jobs at once as it has drivers", async () => {
    await using one = new Case({ drivers: 2 });
    for (const name of ["a", "b", "c"]) one.applied(one.api.job(name, { repository: name }));
    await one.clock.advance(0);
    assert.deepEqual([one.started, one.drive.busy, one.drive.waiting], [["a", "b"], 2, 1]);
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.deepEqual([one.started, one.drive.waiting], [["a", "b", "c"], 0]);
  });

  test("starts a second repository's first job within one start more than it has drivers", async () => {
    await using one = new Case();
    for (let nth = 0; nth < 1_000; nth++) one.applied(one.api.job(`a-${nth}`, { repository: "a" }));
    one.applied(one.api.job("b-0", { repository: "b" }));
    one.result = SUCCESS;
    await one.clock.advance(5_000);
    assert.ok(one.started.indexOf("b-0") <= 3, one.started.slice(0, 6).join());
    assert.equal(one.started.length, 1_001);
  });

  test("starts a job once, however often it is told of", async () => {
    await using one = new Case();
    const job = one.api.job("a");
    for (let nth = 0; nth < 10; nth++) one.applied(job);
    one.drive.page(page([job, job]));
    await one.clock.advance(1_000);
    one.applied(job);
    await one.clock.advance(1_000);
    assert.deepEqual(one.started, ["a"]);
  });

  const TELLING: Record<string, (one: Case, jobs: Job[]) => void> = {
    "the watch has told of": (one, jobs) => jobs.forEach((job) => one.applied(job)),
    "a list has shown": (one, jobs) => one.drive.page(page(jobs)),
  };
  for (const [how, tell] of Object.entries(TELLING)) {
    test(`sends the least there is for a job that ${how}: claim, end, record, delete`, async () => {
      await using one = new Case();
      one.result = SUCCESS;
      tell(one, Array.from({ length: 100 }, (_, nth) => one.api.job(`j${nth}`)));
      await one.clock.advance(0);
      const counts = new Map<string, number>();
      for (const call of one.api.calls) {
        const what = call.split("/")[0] ?? "";
        counts.set(what, (counts.get(what) ?? 0) + 1);
      }
      // Each driver may ask for the repository before one of them knows.
      const looks = counts.get("GET repositories") ?? 0;
      counts.delete("GET repositories");
      assert.ok(looks >= 1 && looks <= 3, String(looks));
      assert.deepEqual([...counts], [["PUT jobs", 200], ["POST historicjobs", 100], ["DELETE jobs", 100]]);
    });
  }

  test("reads a job that has changed since it was told of", async () => {
    await using one = new Case();
    one.result = SUCCESS;
    const job = one.api.job("a");
    one.api.edit("a", (now) => ({ ...now, spec: { ...now.spec, action: "pull" } }));
    one.applied(job);
    await one.clock.advance(1_000);
    assert.equal(one.api.created[0]?.spec?.action, "pull");
  });

  test("leaves to its owner a job that was claimed since it was told of", async () => {
    await using one = new Case({ drivers: 1 });
    one.applied(one.api.job("first"));
    await one.clock.advance(0);
    one.applied(one.api.job("a"));
    one.api.edit("a", (job) => claimed(job, { owner: "other", nowMs: 1 }));
    one.applied(one.api.get("jobs", "a") ?? assert.fail());
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.deepEqual(one.api.calls.filter((call) => call.endsWith("jobs/a")), ["GET jobs/a"]);
    assert.deepEqual(one.started, ["first"]);
  });

  test("leaves alone what is claimed, and what it has no worker for", async () => {
    await using one = new Case({}, new Set(["push"]));
    one.applied(one.api.job("a", { labels: { [LABEL_CLAIM]: "1" } }));
    one.applied(one.api.job("b", { action: "pull" }));
    await one.clock.advance(10_000);
    assert.deepEqual(one.api.calls, []);
  });

  test("reaps what lists have shown unchanged, and works on it", async () => {
    await using one = new Case();
    one.drive.page(page([one.api.job("a", { labels: { [LABEL_CLAIM]: "1" } })]));
    await one.clock.advance(62_000);
    assert.deepEqual(one.started, ["a"]);
  });

  test("takes nothing for a read that the watch has told", async () => {
    await using one = new Case({ jobIntervalMs: 86_400_000 });
    one.applied(one.api.job("a", { labels: { [LABEL_CLAIM]: "1" } }));
    await one.clock.advance(600_000);
    assert.deepEqual(one.api.calls, []);
  });

  test("dates claims by the server that pages tell of", async () => {
    await using one = new Case();
    const serverMs = one.clock.now() + 7 * 86_400_000;
    one.api.sendsDate = false;
    one.drive.page(page([one.api.job("a")], { serverTimeMs: serverMs }));
    await one.clock.advance(0);
    assert.equal(one.api.puts[0]?.object.metadata?.labels?.[LABEL_CLAIM], String(serverMs));
    assert.deepEqual(one.log.of("server sends no Date, claims are dated by the local clock"), []);
  });

  test("dates them by its own clock where no server tells the time, and says so once", async () => {
    await using one = new Case();
    one.api.sendsDate = false;
    for (const name of ["a", "b"]) one.applied(one.api.job(name));
    await one.clock.advance(20_000);
    assert.equal(one.log.of("server sends no Date, claims are dated by the local clock").length, 1);
  });

  test("goes on when a search fails", async () => {
    await using one = new Case();
    one.api.job("a");
    let down = true;
    one.api.fate = (verb) => (down && verb === "LIST" ? "drop" : undefined);
    await one.clock.advance(30_000);
    down = false;
    await one.clock.advance(31_000);
    assert.deepEqual(one.started, ["a"]);
  });
});

describe("Drive, with work that comes to nothing", () => {
  /** Each change of a job is told a moment later, as a watch does. */
  function watched(one: Case): void {
    const put = one.api.put.bind(one.api);
    one.api.put = (resource, object) => {
      const stored = put(resource, object);
      if (resource === "jobs") void one.clock.sleep(5).then(() => one.applied(stored as Job));
      return stored;
    };
  }

  test("begins a job more and more slowly, says each time why, and fails it in the end", async () => {
    await using one = new Case();
    watched(one);
    one.result = { kind: "aborted", reason: "Cannot start worker: EAGAIN" };
    const started: number[] = [];
    one.api.job("a");
    for (let ms = 0; ms < 120_000; ms += 500) {
      while (started.length < one.works.length) started.push(one.clock.monotonic());
      await one.clock.advance(500);
    }
    assert.equal(started.length, 5);
    const pauses = started.slice(1).map((at, nth) => at - (started[nth] ?? 0));
    pauses.forEach((ms, nth) => assert.ok(ms >= 1_000 * 2 ** nth && ms <= 2_500 * 2 ** nth, String(pauses)));
    assert.equal(one.log.of("work on the job was stopped, job given back").length, 5);
    assert.deepEqual(one.api.created.map(({ status }) => [status?.state, status?.message]), [["error", "job was begun 5 times and never came to its end"]]);
  });

  test("does not hammer a server that carries claims out and denies it, which uses no attempts up", async () => {
    await using one = new Case();
    watched(one);
    const replace = one.api.replaceObject.bind(one.api);
    one.api.replaceObject = async (resource, object, ...sending) => {
      const answer = await replace(resource, object, ...sending);
      // As if the host had sent it twice, and this were the answer to the second.
      if (object.metadata?.labels?.[LABEL_CLAIM] !== undefined) throw refused(429, "TooManyRequests");
      return answer;
    };
    one.api.job("a");
    await one.clock.advance(600_000);
    const { attempt, spent } = viewOf(one.api.get("jobs", "a") ?? {}) ?? assert.fail();
    assert.ok(attempt > 10 && attempt < 30, String(attempt));
    assert.deepEqual([spent, one.works], [0, []]);
  });
});

describe("Drive, at the end of the program", () => {
  test("claims nothing more, and waits for work in flight", async () => {
    await using one = new Case();
    one.applied(one.api.job("a"));
    await one.clock.advance(0);
    await one.stop();
    one.applied(one.api.job("b"));
    await one.clock.advance(20_000);
    assert.deepEqual([one.over, one.started], [false, ["a"]]);
    one.works[0]?.end(SUCCESS);
    await one.clock.advance(1_000);
    assert.equal(one.over, true);
    assert.equal(one.api.created.length, 1);
  });

  test("goes on renewing meanwhile", async () => {
    await using one = new Case();
    one.applied(one.api.job("a"));
    await one.clock.advance(0);
    await one.stop();
    await one.clock.advance(24_000);
    assert.ok(one.api.puts.length >= 4);
    assert.equal(one.works[0]?.io.signal.aborted, false);
  });

  test("gives back what has not ended in time", async () => {
    await using one = new Case();
    one.applied(one.api.job("a"));
    await one.clock.advance(0);
    await one.stop();
    await one.clock.advance(26_000);
    assert.equal(one.over, true);
    assert.deepEqual([one.api.get("jobs", "a")?.metadata?.labels, one.api.get("jobs", "a")?.status?.state], [{}, "pending"]);
  });

  test("ends at once when nothing is worked on", async () => {
    await using one = new Case();
    await one.stop();
    assert.equal(one.over, true);
    assert.match(String(await one.ended), /ending|undefined/);
  });
});

describe("Drive, with a job that nobody claims", () => {
  test("names it once after five minutes of lists, with what it blocks", async () => {
    await using one = new Case({}, new Set(["push"]));
    const pull = one.api.job("repo-sync", { action: "pull" });
    const other = one.api.job("other", { labels: { [LABEL_CLAIM]: "1" } });
    for (let minute = 0; minute < 20; minute++) {
      one.drive.page(page([pull, withClaim(other, { owner: "x", nowMs: minute })]));
      assert.equal(one.log.of("job unclaimed for five minutes").length, minute < 5 ? 0 : 1, String(minute));
      await one.clock.advance(60_000);
    }
    const { job, action, why, blocks } = one.log.of("job unclaimed for five minutes")[0]?.fields ?? {};
    assert.deepEqual([job, action, why, blocks], ["repo-sync", "pull", "it has no worker here", "every new job of its name is refused with 409"]);
  });

  test("counts anew when it was claimed in between", async () => {
    await using one = new Case({}, new Set(["push"]));
    const pull = one.api.job("repo-sync", { action: "pull" });
    for (let minute = 0; minute < 8; minute++) {
      one.drive.page(page([minute === 4 ? claimed(pull, { owner: "x", nowMs: 1 }) : pull]));
      await one.clock.advance(60_000);
    }
    assert.deepEqual(one.log.of("job unclaimed for five minutes"), []);
  });

  test("does not fill the log with a long queue", async () => {
    await using one = new Case({}, new Set(["push"]));
    const jobs = Array.from({ length: 100 }, (_, nth) => one.api.job(`j${nth}`, { action: "pull" }));
    one.drive.page(page(jobs));
    await one.clock.advance(300_000);
    one.drive.page(page(jobs));
    assert.equal(one.log.of("job unclaimed for five minutes").length, 10);
    for (let minute = 0; minute < 12; minute++) {
      await one.clock.advance(60_000);
      one.drive.page(page(jobs));
    }
    assert.equal(one.log.of("job unclaimed for five minutes").length, 100);
  });
});
