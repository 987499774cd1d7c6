import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { simulateDriver } from "../../../src/devserver/plays/simulate.ts";
import { Store, type Stored } from "../../../src/devserver/state/store.ts";
import { ManualClock, settle } from "../../support/manual-clock.ts";

interface Setup {
  clock: ManualClock;
  store: Store;
  /** `resource TYPE state` of every change. */
  changes: string[];
  start(): AbortController;
  queue(name?: string, labels?: Record<string, string>): Stored;
}

function setUp(): Setup {
  const clock = new ManualClock();
  const store = new Store(clock);
  const changes: string[] = [];
  store.onChange(({ resource, type, entry }) =>
    changes.push(`${resource} ${type} ${String(entry.object.status?.["state"] ?? "")}`.trim())
  );
  return {
    clock,
    store,
    changes,
    start() {
      const stop = new AbortController();
      simulateDriver({ store, clock, durationMs: 2_000, signal: stop.signal });
      return stop;
    },
    queue(name = "demo-sync", labels = { "provisioning.grafana.app/repository": "demo" }) {
      const spec = { action: "pull", repository: "demo", pull: { incremental: true } };
      return store.create("jobs", {
        metadata: { name, namespace: "a", labels, annotations: { "grafana.app/createdBy": "x" } },
        spec,
        status: {},
      }).object;
    },
  };
}

describe("simulateDriver()", () => {
  test("claims, works, archives and only then deletes", async () => {
    const { clock, changes, start, queue } = setUp();
    start();
    queue();
    await clock.advance(1_999);
    assert.deepEqual(changes, ["jobs ADDED", "jobs MODIFIED", "jobs MODIFIED working"]);
    await clock.advance(1);
    assert.deepEqual(changes.slice(3), ["jobs MODIFIED success", "historicjobs ADDED success", "jobs DELETED success"]);
  });

  test("the historic job carries spec, status, labels and the job's uid, under a name of its own", async () => {
    const { clock, store, start, queue } = setUp();
    start();
    const job = queue();
    await clock.advance(2_000);
    const [entry, more] = [...store.entries("historicjobs")];
    assert.equal(more, undefined);
    const historic = entry?.object;
    assert.match(historic?.metadata.name ?? "", /^demo-sync-[a-z0-9]{5}$/);
    assert.notEqual(historic?.metadata.uid, job.metadata.uid);
    assert.deepEqual(historic?.spec, job.spec);
    const started = clock.now() - 2_000;
    assert.deepEqual(historic?.status, {
      state: "success",
      started,
      message: "completed successfully",
      finished: clock.now(),
      progress: 100,
    });
    const { labels = {}, annotations } = historic?.metadata ?? {};
    assert.equal(labels["provisioning.grafana.app/repository"], "demo");
    assert.equal(labels["provisioning.grafana.app/original-uid"], job.metadata.uid);
    assert.equal(labels["provisioning.grafana.app/claim"], String(started));
    assert.deepEqual(annotations, { "grafana.app/createdBy": "x" });
  });

  test("takes jobs that were there before, and many at a time", async () => {
    const { clock, store, start, queue } = setUp();
    queue("one");
    start();
    queue("two");
    await clock.advance(2_000);
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [0, 2]);
  });

  test("leaves a claimed job to its owner", async () => {
    const { clock, store, start, queue } = setUp();
    start();
    queue("owned", { "provisioning.grafana.app/claim": "1" });
    await clock.advance(10_000);
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [1, 0]);
  });

  test("gives up a job that is deleted, or replaced by another of its name", async () => {
    const { clock, store, start, queue } = setUp();
    start();
    queue();
    await clock.advance(1_000);
    store.delete("jobs", "a", "demo-sync");
    const second = queue();
    await clock.advance(1_500);
    assert.equal(store.count("historicjobs"), 0);
    await clock.advance(500);
    const uids = [...store.entries("historicjobs")].map(({ labels }) => labels["provisioning.grafana.app/original-uid"]);
    assert.deepEqual(uids, [second.metadata.uid]);
  });

  test("keeps the repository's sync state", async () => {
    const { clock, store, start, queue } = setUp();
    store.create("repositories", { metadata: { name: "demo", namespace: "a" }, status: { health: { healthy: true } } });
    const sync = () => store.get("repositories", "a", "demo")?.object.status?.["sync"] as { state: string; job: string };
    start();
    queue();
    await settle();
    assert.equal(sync().state, "working");
    await clock.advance(2_000);
    assert.deepEqual([sync().state, sync().job], ["success", "demo-sync"]);
  });

  test("stops with its signal", async () => {
    const { clock, store, start, queue } = setUp();
    const stop = start();
    queue("one");
    await clock.advance(1_000);
    stop.abort();
    queue("two");
    await clock.advance(10_000);
    assert.deepEqual([store.count("jobs"), store.count("historicjobs")], [2, 0]);
  });
});
