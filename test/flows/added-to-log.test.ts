// A job that is created becomes one line, whichever way the server loses or repeats the events about it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Change } from "../../src/devserver/state/store.ts";
import { NOTIFICATION } from "../support/controller.ts";
import { fastClock } from "../support/fast-clock.ts";
import { Flow, isList, isWatch, type Running } from "../support/flow.ts";

const LIMIT = { timeout: 60_000 };

/** Matches changes of jobs, of these types or all. */
function ofJobs(...types: Change["type"][]): (change: Change) => boolean {
  return ({ resource, type }) => resource === "jobs" && (types.length === 0 || types.includes(type));
}

/** A whole list more, so that what would be told twice has been. */
async function settled(running: Running): Promise<string[]> {
  await running.listed();
  return running.notifications;
}

describe("a created job", () => {
  test("is told as initial when it was there before", LIMIT, async () => {
    await using flow = await Flow.open();
    const uids = ["a", "b", "c"].map((name) => flow.job(name).uid);
    const running = flow.run();
    const started = await running.started();
    assert.deepEqual(running.notifications, ["a initial", "b initial", "c initial"]);
    assert.deepEqual(running.log.of(NOTIFICATION).map(({ fields }) => fields.uid), uids);
    assert.ok(running.log.records.indexOf(started) > running.log.records.findLastIndex(({ msg }) => msg === NOTIFICATION));
    assert.equal((await settled(running)).length, 3);
  });

  test("is told as live with every field in the original's order", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    await running.started();
    const { json } = await flow.dev.call("POST", "namespaces/default/repositories/test6/jobs", {
      action: "pull",
      pull: { incremental: false },
    }, {
      tls: { ca: flow.dev.certificates.ca, cert: flow.dev.certificates.client.cert, key: flow.dev.certificates.client.key },
    });
    const { level, fields } = await running.notified(json.metadata.uid ?? "");
    const { lag_ms: lag, ...rest } = fields;
    assert.deepEqual(Object.keys(fields), ["namespace", "job", "uid", "repository", "action", "trigger", "lag_ms"]);
    assert.deepEqual([level, rest], [
      "notify",
      { namespace: "default", job: "test6-sync", uid: json.metadata.uid, repository: "test6", action: "pull", trigger: "live" },
    ]);
    assert.ok(Number.isInteger(lag) && Number(lag) >= 0, String(lag));
  });

  for (const [lost, told] of [["ADDED"], ["MODIFIED"]].map((types) => [types as Change["type"][], types[0]] as const)) {
    test(`is told once and as live when its ${told} is lost`, LIMIT, async () => {
      await using flow = await Flow.open();
      const running = flow.run("--resync-interval=1h");
      await running.started();
      flow.dev.dropEvents(ofJobs(...lost));
      const { uid } = flow.job("a");
      flow.dev.store.update("jobs", { ...flow.dev.store.get("jobs", "default", "a")?.object, status: { state: "working" } });
      flow.finish(flow.dev.store.get("jobs", "default", "a") ?? assert.fail("it is there"));
      assert.equal((await running.notified(uid)).fields.trigger, "live");
      const next = flow.job("b");
      flow.dev.store.delete("jobs", "default", "b");
      await running.notified(next.uid);
      assert.deepEqual(running.notifications, ["a live", "b live"]);
    });
  }

  test("is told once and as live when only its DELETED comes", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run("--resync-interval=1h");
    await running.started();
    flow.dev.dropEvents(ofJobs("ADDED", "MODIFIED"));
    const { uid } = flow.job("a");
    flow.dev.store.delete("jobs", "default", "a");
    assert.equal((await running.notified(uid)).fields.trigger, "live");
    assert.deepEqual(running.notifications, ["a live"]);
  });

  test("is told as relist when all its events are lost", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    await running.started();
    flow.dev.dropEvents(ofJobs());
    const { uid } = flow.job("a");
    assert.equal((await running.notified(uid)).fields.trigger, "relist");
    assert.deepEqual(await settled(running), ["a relist"]);
    assert.ok(running.log.of("list found jobs that the watch had not told of").length >= 1);
  });

  test("is told as relist when it came into the gap between two watches", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run("--resync-interval=1h");
    await running.started();
    let reopen: (() => void) | undefined;
    const reopening = new Promise<void>((asked) => {
      flow.intercept = (facts) => {
        if (!isWatch(facts)) return undefined;
        asked();
        return new Promise((resolve) => {
          reopen = () => resolve(undefined);
        });
      };
    });
    flow.dev.closeWatches("destroy");
    await reopening;
    const { uid } = flow.job("a");
    flow.dev.forgetEvents();
    flow.intercept = () => undefined;
    reopen?.();
    assert.equal((await running.notified(uid)).fields.trigger, "relist");
  });

  test("is told as live when it came into a gap that the server remembers", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run("--resync-interval=1h");
    await running.started();
    flow.job("first");
    await running.said(NOTIFICATION);
    flow.intercept = (facts) => {
      if (isWatch(facts)) flow.intercept = () => undefined;
      if (isWatch(facts)) flow.job("a");
      return undefined;
    };
    flow.dev.closeWatches("end");
    await running.log.until(({ msg, fields }) => msg === NOTIFICATION && fields.job === "a");
    assert.deepEqual(running.notifications, ["first live", "a live"]);
  });

  for (const how of ["end", "destroy"] as const) {
    test(`is never told again over watches that ${how === "end" ? "end" : "break"}`, LIMIT, async () => {
      await using flow = await Flow.open({ behaviour: { pageBytes: 2_000 } });
      for (let nth = 0; nth < 20; nth++) flow.job(`early-${nth}`);
      const running = flow.run();
      await running.started();
      for (let nth = 0; nth < 5; nth++) {
        const { uid } = flow.job(`late-${nth}`);
        flow.dev.closeWatches(how);
        await running.notified(uid);
        await flow.dev.watching(1);
      }
      const all = await settled(running);
      assert.equal(new Set(all.map((text) => text.split(" ")[0])).size, 25);
      assert.equal(all.length, 25);
    });
  }
});

describe("a job deleted and created anew under its name", () => {
  test("is two jobs to the watch", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    const first = flow.job("a");
    await running.notified(first.uid);
    flow.dev.store.delete("jobs", "default", "a");
    const second = flow.job("a");
    await running.notified(second.uid);
    assert.deepEqual(await settled(running), ["a initial", "a live"]);
  });

  test("is two jobs to the list when neither end nor begin was told", LIMIT, async () => {
    await using flow = await Flow.open();
    const running = flow.run();
    const first = flow.job("a");
    await running.notified(first.uid);
    await running.started();
    flow.dev.dropEvents(ofJobs());
    flow.dev.store.delete("jobs", "default", "a");
    const second = flow.job("a");
    await running.notified(second.uid);
    assert.deepEqual(await settled(running), ["a initial", "a relist"]);
  });
});

describe("a server that was restarted, with another CA", () => {
  test("repeats no job and hides none", LIMIT, async () => {
    await using flow = await Flow.open();
    flow.job("before");
    const running = flow.run();
    await running.started();
    await flow.restart();
    const { uid } = flow.job("after");
    await running.notified(uid);
    await flow.dev.watching(1);
    const live = flow.job("later");
    await running.notified(live.uid);
    const all = await settled(running);
    assert.deepEqual(all.map((text) => text.split(" ")[0]), ["before", "after", "later"]);
    assert.equal(running.log.of("certificates changed, in use from the next request on").length, 1);
  });
});

/** Resolves once the history has been read from now on. */
async function scanned(flow: Flow): Promise<void> {
  const scans = () => flow.requests((facts) => isList(facts, "historicjobs")).length;
  // One may be under way, and the last that began may not have ended.
  const enough = scans() + 3;
  while (scans() < enough) await flow.clock.sleep(100);
}

describe("a job that lived wholly inside a gap", () => {
  /** A record's job is waited for ten seconds: who waits for the end of that does it ten times as quick. */
  async function open(speed: number, ...flags: string[]): Promise<{ flow: Flow; running: Running; keepEvents: () => void }> {
    const flow = await Flow.open({ clock: fastClock(speed) });
    const running = flow.run(...flags);
    await running.started();
    // Records of the second of our first answer are for older than us.
    await flow.clock.sleep(2_000);
    return { flow, running, keepEvents: flow.dev.dropEvents(ofJobs()) };
  }

  test("is told from its record, once, without a lag", LIMIT, async () => {
    const { flow, running } = await open(10, "--resync-interval=5s");
    await using _ = flow;
    const job = flow.job("gone");
    flow.finish(job);
    const { fields } = await running.notified(job.uid);
    assert.deepEqual(fields, {
      namespace: "default",
      job: "gone",
      uid: job.uid,
      repository: "test6",
      action: "pull",
      trigger: "reconstructed",
    });
    assert.deepEqual(await settled(running), ["gone reconstructed"]);
  });

  test("is told before its record is pruned", LIMIT, async () => {
    const { flow, running } = await open(10, "--resync-interval=5s", "--history-expiration=60s", "--history-sweep-interval=2s");
    await using _ = flow;
    const job = flow.job("gone");
    const record = flow.finish(job);
    const pruned = await running.log.until(({ msg, fields }) =>
      msg === "deleted expired historic job" && fields.job === record.name
    );
    const told = await running.notified(job.uid);
    assert.ok(running.log.records.indexOf(told) < running.log.records.indexOf(pruned));
    assert.deepEqual(running.notifications, ["gone reconstructed"]);
  });

  test("is told although the sweep that met its record first deleted it", LIMIT, async () => {
    const { flow, running } = await open(10, "--resync-interval=1h", "--history-expiration=1s", "--history-sweep-interval=1s");
    await using _ = flow;
    const job = flow.job("gone");
    const record = flow.finish(job);
    await running.log.until(({ msg, fields }) => msg === "deleted expired historic job" && fields.job === record.name);
    await running.notified(job.uid);
    assert.deepEqual(running.notifications, ["gone reconstructed"]);
  });

  test("is told after a reconnect though the next resync is far away", LIMIT, async () => {
    const { flow, running } = await open(10, "--resync-interval=1h");
    await using _ = flow;
    const job = flow.job("gone");
    flow.finish(job);
    flow.dev.closeWatches("destroy");
    assert.equal((await running.notified(job.uid)).fields.trigger, "reconstructed");
  });

  test("is told at the end at the latest", LIMIT, async () => {
    const { flow, running } = await open(1, "--resync-interval=1s");
    await using _ = flow;
    const job = flow.job("gone");
    flow.finish(job);
    await scanned(flow);
    assert.deepEqual(running.notifications, []);
    assert.equal(await running.stop(), undefined);
    assert.deepEqual(running.notifications, ["gone reconstructed"]);
  });

  test("is told as live when its ADDED was only late", LIMIT, async () => {
    const { flow, running, keepEvents } = await open(1, "--resync-interval=1s");
    await using _ = flow;
    const job = flow.job("slow");
    const record = flow.finish(job);
    await scanned(flow);
    keepEvents();
    // It comes back under its uid, as an ADDED that was held up would.
    flow.job("slow", { uid: job.uid });
    await running.notified(job.uid);
    assert.equal(flow.dev.store.get("historicjobs", "default", record.name)?.uid, record.uid);
    assert.deepEqual(await settled(running), ["slow live"]);
  });

  test("is not told when its record is older than this process", LIMIT, async () => {
    await using flow = await Flow.open({ clock: fastClock(10) });
    flow.finish(flow.job("earlier"));
    await flow.clock.sleep(2_000);
    const running = flow.run("--resync-interval=1s");
    await running.started();
    await flow.clock.sleep(2_000);
    flow.dev.dropEvents(ofJobs());
    const job = flow.job("gone");
    flow.finish(job);
    await running.notified(job.uid);
    assert.deepEqual(await settled(running), ["gone reconstructed"]);
  });
});
