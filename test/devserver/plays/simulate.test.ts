// The parts of the simulation against a store, under a clock that is moved by hand.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { parseParts } from "../../../src/devserver/plays/parts.ts";
import { simulate } from "../../../src/devserver/plays/simulate.ts";
import type { Resourced, Stored } from "../../../src/devserver/state/object.ts";
import { Store } from "../../../src/devserver/state/store.ts";
import { ManualClock, settle } from "../../support/manual-clock.ts";

const CLAIM = "provisioning.grafana.app/claim";
const OWNER = "provisioning.grafana.app/claim-owner";
const ORIGINAL_UID = "provisioning.grafana.app/original-uid";
const REPOSITORY = "provisioning.grafana.app/repository";

interface Setup {
  clock: ManualClock;
  store: Store;
  behaviour: Behaviour;
  /** `resource TYPE state message` of every change to jobs and historicjobs. */
  changes: string[];
  play(parts?: string): AbortController;
  queue(name?: string, labels?: Record<string, string>, spec?: Record<string, unknown>): Stored;
  repository(name: string, own?: Resourced): Stored;
  job(name?: string): Stored | undefined;
  history(): Stored[];
  sync(name: string): Record<string, unknown> | undefined;
}

function setUp(own: Partial<Behaviour> = {}): Setup {
  const clock = new ManualClock();
  const store = new Store(clock);
  const behaviour = { ...behaviourOf("2026-09"), ...own };
  const changes: string[] = [];
  store.onChange(({ resource, type, entry }) => {
    const { state = "", message = "" } = entry.object.status ?? {};
    if (resource !== "repositories") changes.push(`${resource} ${type} ${String(state)} ${String(message)}`.trim());
  });
  return {
    clock,
    store,
    behaviour,
    changes,
    play(parts = "on") {
      const stop = new AbortController();
      // Each start has the same chances, whatever the machine.
      const text = parts === "on" ? "seed:1" : `seed:1,${parts}`;
      simulate({ store, clock, random: () => 0.5, behaviour, parts: parseParts(text), signal: stop.signal });
      return stop;
    },
    queue: (name = "demo-sync", labels = { [REPOSITORY]: "demo" }, spec = { action: "pull", repository: "demo", pull: { incremental: true } }) =>
      store.create("jobs", { metadata: { name, namespace: "a", labels, annotations: { "grafana.app/createdBy": "x" } }, spec, status: {} }).object,
    repository: (name, own = {}) =>
      store.create("repositories", { spec: {}, ...own, metadata: { ...own.metadata, name, namespace: "a" } }).object,
    job: (name = "demo-sync") => store.get("jobs", "a", name)?.object,
    history: () => [...store.entries("historicjobs")].map((entry) => entry.object),
    sync: (name) => store.get("repositories", "a", name)?.object.status?.["sync"] as Record<string, unknown> | undefined,
  };
}

const HEALTHY = { status: { observedGeneration: 1, health: { healthy: true, checked: Date.UTC(2026, 0, 1) } } };

describe("a simulated driver", () => {
  test("claims, says that it starts, works, archives and only then deletes", async () => {
    const { clock, changes, play, queue } = setUp();
    play("resources:10");
    queue();
    await clock.advance(1_999);
    assert.deepEqual(changes, [
      "jobs ADDED", "jobs MODIFIED", "jobs MODIFIED working start job", "jobs MODIFIED working processed 2 of 10 resources",
    ]);
    await clock.advance(1);
    assert.deepEqual(changes.slice(4), [
      "jobs MODIFIED success completed successfully",
      "historicjobs ADDED success completed successfully",
      "jobs DELETED success completed successfully",
    ]);
  });

  test("signs its claim and keeps every field that it does not own", async () => {
    const { clock, store, play, queue, job } = setUp();
    const made = queue();
    store.update("jobs", { ...made, spec: { ...made.spec, newer: { field: 1 } }, extra: "kept" });
    play();
    await settle();
    assert.match(job()?.metadata.labels?.[OWNER] ?? "", /^w[0-9a-f]{13}$/);
    assert.equal(job()?.metadata.labels?.[CLAIM], String(clock.now()));
    assert.equal(job()?.metadata.labels?.[REPOSITORY], "demo");
    assert.deepEqual([job()?.spec?.["newer"], job()?.["extra"], job()?.metadata.uid], [{ field: 1 }, "kept", made.metadata.uid]);
  });

  test("renews its claim in the pause of lease-renewal, read at each renewal", async () => {
    const { clock, behaviour, play, queue, job } = setUp();
    play("duration:2m");
    queue();
    await settle();
    const begun = clock.now();
    const claimed = () => Number(job()?.metadata.labels?.[CLAIM]) - begun;
    await clock.advance(19_999);
    assert.equal(claimed(), 0);
    await clock.advance(1);
    assert.equal(claimed(), 20_000);
    behaviour.leaseRenewalMs = 5_000;
    await clock.advance(20_000);
    assert.equal(claimed(), 40_000);
    await clock.advance(5_000);
    assert.equal(claimed(), 45_000);
  });

  test("writes progress first at once, then after 500 ms, then every 5 s", async () => {
    const { clock, changes, play, queue, job } = setUp();
    play("duration:20s,resources:100");
    queue();
    const writes = () => changes.filter((change) => change.startsWith("jobs MODIFIED working")).length;
    const counts: number[] = [];
    for (const ms of [0, 499, 1, 4_499, 1, 4_999, 1, 5_000]) {
      await clock.advance(ms);
      counts.push(writes());
    }
    assert.deepEqual(counts, [1, 1, 2, 2, 3, 3, 4, 5]);
    const { progress, progressUpdates, summary } = job()?.status ?? {};
    assert.deepEqual([progress, progressUpdates], [75, 5]);
    const totals = (summary as { kind: string; total: number }[]).map(({ kind, total }) => `${kind} ${total}`);
    assert.deepEqual(totals, ["Folder 10", "Dashboard 65"]);
  });

  test("leaves a record with spec, status, labels and the job's uid, under a name of its own", async () => {
    const { clock, play, queue, history } = setUp();
    play("resources:0");
    const job = queue();
    const started = clock.now();
    await clock.advance(2_000);
    const [historic, more] = history();
    assert.equal(more, undefined);
    assert.match(historic?.metadata.name ?? "", /^demo-sync-[a-z0-9]{5}$/);
    assert.notEqual(historic?.metadata.uid, job.metadata.uid);
    assert.deepEqual(historic?.spec, job.spec);
    assert.deepEqual(historic?.status, {
      state: "success", started, finished: clock.now(), message: "completed successfully", progress: 100, progressUpdates: 3,
    });
    const { labels = {}, annotations } = historic?.metadata ?? {};
    assert.equal(labels[REPOSITORY], "demo");
    assert.equal(labels[ORIGINAL_UID], job.metadata.uid);
    assert.equal(labels[CLAIM], String(started));
    assert.deepEqual(annotations, { "grafana.app/createdBy": "x" });
  });

  test("takes the claim off a record that goes to Loki", async () => {
    const { clock, play, queue, history } = setUp({ history: "loki" });
    play();
    queue();
    await clock.advance(2_000);
    assert.deepEqual(Object.keys(history()[0]?.metadata.labels ?? {}).sort(), [ORIGINAL_UID, REPOSITORY]);
  });

  test("works on as many jobs at a time as there are drivers, in the order of their creation", async () => {
    const { clock, store, play, queue, history } = setUp();
    for (const name of ["c", "a"]) queue(name);
    play("drivers:2");
    for (const name of ["d", "b"]) queue(name);
    const claimed = () => [...store.entries("jobs")].filter(({ labels }) => labels[CLAIM] !== undefined).map(({ name }) => name);
    await clock.advance(1_000);
    assert.deepEqual(claimed(), ["a", "c"]);
    await clock.advance(1_000);
    assert.deepEqual(claimed(), ["b", "d"]);
    await clock.advance(2_000);
    assert.deepEqual([store.count("jobs"), history().length], [0, 4]);
  });

  test("takes no job when there are no drivers", async () => {
    const { clock, play, queue, job } = setUp();
    play("drivers:off");
    queue();
    await clock.advance(10_000);
    assert.equal(job()?.metadata.labels?.[CLAIM], undefined);
  });

  test("never takes a claimed job, and takes it once its owner has put it back", async () => {
    const { clock, store, play, queue, job, history } = setUp();
    play("reaps:off");
    const made = queue("demo-sync", { [CLAIM]: "not-a-time" });
    await clock.advance(60_000);
    assert.deepEqual([job(), history().length], [made, 0]);
    store.update("jobs", { ...made, metadata: { ...made.metadata, labels: {} }, status: { state: "pending" } });
    await clock.advance(2_000);
    assert.deepEqual([job(), history().length], [undefined, 1]);
  });

  test("takes over a job whose claim is empty", async () => {
    const { clock, play, queue, history } = setUp();
    play();
    queue("demo-sync", { [CLAIM]: "" });
    await clock.advance(2_000);
    assert.equal(history().length, 1);
  });

  for (const [what, taken] of [
    ["another has claimed", { [CLAIM]: "1" }],
    ["has another owner", { [OWNER]: "another" }],
  ] as const) {
    test(`lets go of a job that ${what}`, async () => {
      const { clock, store, changes, play, queue, job } = setUp();
      play("duration:10s,reaps:off");
      queue();
      await settle();
      const held = job();
      assert.ok(held !== undefined);
      store.update("jobs", { ...held, metadata: { ...held.metadata, labels: { ...held.metadata.labels, ...taken } } });
      const before = changes.length;
      await clock.advance(60_000);
      assert.deepEqual(changes.slice(before), []);
    });
  }

  test("begins again with a job whose claim was taken off", async () => {
    const { clock, store, play, queue, job, history } = setUp();
    play("drivers:1,duration:10s");
    queue();
    const begun = clock.now();
    await clock.advance(100);
    const held = job();
    assert.ok(held !== undefined);
    store.update("jobs", { ...held, metadata: { ...held.metadata, labels: {} } });
    await clock.advance(20_000);
    // The driver sees it at its next write, 500 ms after its start.
    assert.deepEqual(history().map(({ status }) => status?.["started"]), [begun + 500]);
  });

  test("gives up a job that is deleted, or replaced by another of its name", async () => {
    const { clock, store, play, queue, history } = setUp();
    play();
    queue();
    await clock.advance(1_000);
    store.delete("jobs", "a", "demo-sync");
    const second = queue();
    await clock.advance(1_500);
    assert.equal(history().length, 0);
    await clock.advance(500);
    assert.deepEqual(history().map(({ metadata }) => metadata.labels?.[ORIGINAL_UID]), [second.metadata.uid]);
  });

  test("gives up a job that another of its name, claim and owner has replaced", async () => {
    const { clock, store, changes, play, queue, job } = setUp();
    play("reaps:off");
    queue();
    await clock.advance(600);
    const labels = job()?.metadata.labels;
    store.delete("jobs", "a", "demo-sync");
    queue("demo-sync", labels);
    const before = changes.length;
    await clock.advance(10_000);
    assert.equal(changes.length, before);
  });

  test("leaves a claim and nothing else when it crashes, and takes the next job under another name", async () => {
    const { clock, store, changes, play, queue, job } = setUp();
    play("crash:100%,drivers:1,reaps:off");
    queue("one");
    queue("two");
    await clock.advance(60_000);
    assert.equal(store.count("jobs"), 2);
    assert.ok(!changes.some((change) => change.includes("historicjobs")));
    const [one, two] = ["one", "two"].map((name) => job(name)?.metadata.labels?.[OWNER]);
    assert.ok(one !== undefined && two !== undefined && one !== two);
    assert.equal(job("one")?.status?.["state"], "working");
  });

  test("keeps the repository's sync state", async () => {
    const { clock, play, queue, repository, sync } = setUp();
    repository("demo", HEALTHY);
    play();
    queue();
    const started = clock.now();
    await settle();
    assert.deepEqual(sync("demo"), { job: "demo-sync", started, incremental: true, state: "working" });
    await clock.advance(2_000);
    const { lastRef, ...rest } = sync("demo") ?? {};
    assert.deepEqual(rest, { job: "demo-sync", started, incremental: true, state: "success", finished: clock.now(), message: [] });
    assert.match(String(lastRef), /^[0-9a-f]{40}$/);
  });

  test("takes as long for a test as the job says", async () => {
    const { clock, play, queue, history } = setUp();
    play();
    queue("demo-test-1", {}, { action: "test", repository: "demo", test: { duration: "1m" } });
    await clock.advance(59_000);
    assert.equal(history().length, 0);
    await clock.advance(1_000);
    assert.equal(history()[0]?.status?.["state"], "success");
  });

  test("has no worker for an action that it does not know", async () => {
    const { clock, play, queue, history } = setUp();
    play();
    queue("demo-sing", {}, { action: "sing", repository: "demo" });
    await clock.advance(2_000);
    assert.deepEqual([history()[0]?.status?.["state"], history()[0]?.status?.["message"]], ["error", "no workers were registered to handle the job"]);
  });

  test("leaves the jobs of a repository that is being deleted, but for those that clear it up", async () => {
    const { clock, store, play, queue, repository, history } = setUp();
    repository("demo", { ...HEALTHY, metadata: { finalizers: ["example.com/mine"] } });
    play();
    store.delete("repositories", "a", "demo");
    queue();
    queue("demo-releaseResources", {}, { action: "releaseResources", repository: "demo" });
    await clock.advance(10_000);
    assert.deepEqual(history().map(({ spec }) => spec?.["action"]), ["releaseResources"]);
  });

  test("stops with its signal", async () => {
    const { clock, store, play, queue } = setUp();
    const stop = play();
    queue("one");
    await clock.advance(1_000);
    stop.abort();
    queue("two");
    await clock.advance(100_000);
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [2, 0]);
  });
});

describe("the reaper", () => {
  const expired = (clock: ManualClock, ageMs: number) => ({ [CLAIM]: String(clock.now() - ageMs), [OWNER]: "gone" });

  test("deletes a job whose claim is older than the lease, then records it as failed", async () => {
    const { clock, changes, play, queue, history } = setUp();
    const job = queue("demo-sync", expired(clock, 30_000));
    play("reaps:30s");
    await clock.advance(30_000);
    // Exactly as old as the lease: not expired.
    assert.equal(changes.length, 1);
    await clock.advance(30_000);
    const message = "Job failed due to lease expiry - worker may have crashed or lost connection";
    assert.deepEqual(changes.slice(1), ["jobs DELETED", `historicjobs ADDED error ${message}`]);
    assert.equal(history()[0]?.metadata.labels?.[ORIGINAL_UID], job.metadata.uid);
    assert.equal(history()[0]?.status?.["finished"], clock.now());
  });

  test("leaves no record in the era in which such jobs vanish", async () => {
    const { clock, store, play, queue } = setUp({ expiredJobs: "vanish" });
    queue("demo-sync", expired(clock, 60_000));
    play("reaps:30s");
    await clock.advance(30_000);
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [0, 0]);
  });

  test("spares a claim that is renewed in time, whoever holds it, and one that is no number", async () => {
    const { clock, store, play, queue, job } = setUp();
    queue("theirs", expired(clock, 0));
    queue("odd", { [CLAIM]: "yesterday" });
    play("reaps:10s");
    for (let round = 0; round < 10; round++) {
      await clock.advance(50_000);
      const held = job("theirs");
      assert.ok(held !== undefined);
      store.update("jobs", { ...held, metadata: { ...held.metadata, labels: { [CLAIM]: String(clock.now()) } } });
    }
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [2, 0]);
  });

  test("reaps more than one batch", async () => {
    const { clock, store, play, queue } = setUp();
    for (let count = 0; count < 250; count++) queue(`job-${count}`, expired(clock, 60_000));
    play("drivers:off");
    await clock.advance(31_000);
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [0, 250]);
  });

  test("spares a job whose owner comes back between two batches", async () => {
    const { clock, store, play, queue, job } = setUp();
    for (let count = 100; count < 250; count++) queue(`job-${count}`, expired(clock, 60_000));
    play("drivers:off,reaps:30s");
    const stop = store.onChange(() => {
      if (store.count("jobs") !== 50) return;
      stop();
      const back = job("job-249");
      assert.ok(back !== undefined);
      store.update("jobs", { ...back, metadata: { ...back.metadata, labels: { [CLAIM]: String(clock.now()) } } });
    });
    await clock.advance(31_000);
    assert.deepEqual([...store.entries("jobs")].map(({ name }) => name), ["job-249"]);
  });

  test("clears up after a crash, and is off when it is switched off", async () => {
    for (const [reaps, left] of [["30s", 0], ["off", 1]] as const) {
      const { clock, store, play, queue } = setUp();
      play(`crash:100%,reaps:${reaps}`);
      queue();
      await clock.advance(120_000);
      assert.equal(store.count("jobs"), left, reaps);
    }
  });
});

describe("the repository controller", () => {
  const pulled = { spec: { sync: { enabled: true, intervalSeconds: 10 } }, ...HEALTHY };
  const health = ({ store }: Setup, name = "demo") => store.get("repositories", "a", name)?.object.status?.["health"] as { healthy: boolean; checked: number };

  test("leaves a repository alone for a second after each change", async () => {
    const setup = setUp();
    setup.play();
    await clock(setup, 500);
    const made = setup.repository("demo");
    await clock(setup, 900);
    assert.equal(health(setup), undefined);
    setup.store.update("repositories", { ...made, status: {} });
    await clock(setup, 900);
    assert.equal(health(setup), undefined);
    await clock(setup, 700);
    assert.equal(health(setup).healthy, true);
  });

  test("finds a new repository healthy, and looks again in the pause of checks", async () => {
    const setup = setUp();
    setup.play("checks:1m");
    setup.repository("demo");
    await clock(setup, 1_000);
    const checked = setup.clock.now();
    assert.deepEqual(health(setup), { healthy: true, checked });
    await clock(setup, 59_000);
    assert.equal(health(setup).checked, checked);
    await clock(setup, 1_000);
    assert.equal(health(setup).checked, checked + 60_000);
  });

  test("looks at once at a repository whose spec has changed", async () => {
    const setup = setUp();
    setup.play();
    const made = setup.repository("demo", HEALTHY);
    await clock(setup, 5_000);
    const { checked } = health(setup);
    setup.store.update("repositories", { ...made, spec: { title: "another" } });
    await clock(setup, 1_000);
    assert.ok(health(setup).checked > checked);
    assert.equal(setup.store.get("repositories", "a", "demo")?.object.status?.["observedGeneration"], 2);
  });

  test("finds as many unhealthy as it is told, with a reason, and queues no pull for them", async () => {
    const setup = setUp();
    setup.play("unhealthy:100%,drivers:off");
    setup.repository("demo", { spec: pulled.spec });
    await clock(setup, 5_000);
    const { checked, ...rest } = health(setup);
    assert.ok(checked > 0);
    assert.deepEqual(rest, { healthy: false, error: "health", message: ["failed to reach the repository: connection timed out"] });
    assert.equal(setup.store.count("jobs"), 0);
  });

  test("leaves health alone when checks are off", async () => {
    const setup = setUp();
    setup.play("checks:off,unhealthy:100%");
    setup.repository("demo", HEALTHY);
    await clock(setup, 300_000);
    assert.equal(health(setup).healthy, true);
  });

  test("pulls a repository whose sync is enabled at once, then an interval after each end", async () => {
    const setup = setUp();
    setup.play("checks:off");
    setup.repository("demo", pulled);
    setup.repository("resting", { ...HEALTHY, spec: { sync: { enabled: false, intervalSeconds: 10 } } });
    await clock(setup, 1_000);
    assert.deepEqual([setup.job()?.spec, setup.job("resting-sync")], [{ action: "pull", repository: "demo", pull: { incremental: false } }, undefined]);
    await clock(setup, 2_000);
    assert.equal(setup.job(), undefined);
    await clock(setup, 9_000);
    assert.equal(setup.job(), undefined);
    await clock(setup, 1_000);
    assert.deepEqual(setup.job()?.spec?.["pull"], { incremental: true });
    await clock(setup, 120_000);
    assert.equal(setup.history().length, 11);
  });

  test("pulls every healthy repository in the pause that it is told", async () => {
    const setup = setUp();
    setup.play("pulls:30s");
    setup.repository("demo", { ...HEALTHY, spec: { sync: { enabled: false } } });
    // From 1 s to 3 s, from 33 s to 35 s, from 65 s to 67 s.
    await clock(setup, 90_000);
    assert.equal(setup.history().length, 3);
  });

  test("queues no second pull while one waits, and none when pulls are off", async () => {
    for (const [pulls, jobs] of [["spec", 1], ["off", 0]] as const) {
      const setup = setUp();
      setup.play(`drivers:off,pulls:${pulls}`);
      setup.repository("demo", pulled);
      await clock(setup, 60_000);
      assert.equal(setup.store.count("jobs"), jobs, pulls);
    }
  });

  for (const [abandonedSync, jobs] of [["requeued", 1], ["stuck", 0]] as const) {
    test(`${abandonedSync === "stuck" ? "never pulls a repository again" : "pulls a repository again after its interval"} whose job is gone without an end`, async () => {
      const setup = setUp({ abandonedSync });
      setup.play("drivers:off");
      setup.repository("demo", pulled);
      await clock(setup, 1_000);
      setup.store.delete("jobs", "a", "demo-sync");
      await clock(setup, 9_000);
      assert.equal(setup.store.count("jobs"), 0);
      await clock(setup, 2_000);
      assert.equal(setup.store.count("jobs"), jobs);
    });
  }

  test("lets a deleted repository go with the jobs that nobody has begun, others' finalizers excepted", async () => {
    const setup = setUp();
    setup.play("drivers:off");
    setup.repository("demo", { ...HEALTHY, metadata: { finalizers: ["cleanup", "remove-orphan-resources"] } });
    setup.repository("kept", { ...HEALTHY, metadata: { finalizers: ["cleanup", "example.com/mine"] } });
    setup.queue("demo-sync");
    setup.queue("demo-push", { [CLAIM]: String(setup.clock.now()) });
    setup.queue("kept-sync", {}, { action: "pull", repository: "kept" });
    setup.queue("other-sync", {}, { action: "pull", repository: "other" });
    for (const name of ["demo", "kept"]) setup.store.delete("repositories", "a", name);
    await clock(setup, 1_000);
    assert.equal(setup.store.get("repositories", "a", "demo"), undefined);
    assert.deepEqual(setup.store.get("repositories", "a", "kept")?.object.metadata.finalizers, ["example.com/mine"]);
    assert.deepEqual([...setup.store.entries("jobs")].map(({ name }) => name), ["demo-push", "other-sync"]);
  });

  function clock({ clock }: Setup, ms: number): Promise<void> {
    return clock.advance(ms);
  }
});
