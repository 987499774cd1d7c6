// The rows that the simulation reads, each with every value, as a client sees them. The clock is moved by hand.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ERAS } from "../../src/devserver/behaviour/rows.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type Body, startDevserver, type TestDevserver } from "../support/devserver.ts";

const CLAIM = "provisioning.grafana.app/claim";
const OWNER = "provisioning.grafana.app/claim-owner";
const JOBS = "namespaces/default/jobs";

interface Play extends AsyncDisposable {
  server: TestDevserver;
  clock: ManualClock;
  /** Queues a pull of test6. */
  pull(): Promise<void>;
  job(): Promise<Body | undefined>;
  history(): Promise<Body[]>;
  sync(): Promise<Record<string, unknown>>;
}

async function play(setting: string, parts: string): Promise<Play> {
  const clock = new ManualClock();
  const server = await startDevserver({ clock, settings: [setting], simulate: `seed:1,${parts}` });
  return {
    server,
    clock,
    async pull() {
      const reply = await server.call("POST", "namespaces/default/repositories/test6/jobs", { action: "pull", pull: {} });
      assert.equal(reply.status, 202, reply.text);
      await clock.advance(0);
    },
    async job() {
      const reply = await server.call("GET", `${JOBS}/test6-sync`);
      return reply.status === 404 ? undefined : reply.json;
    },
    history: async () => ((await server.call("GET", "historicjobs")).json.items ?? []) as unknown as Body[],
    sync: async () => (await server.call("GET", "namespaces/default/repositories/test6")).json.status?.["sync"] as Record<string, unknown>,
    [Symbol.asyncDispose]: () => server.close(),
  };
}

describe("what a reaper does", () => {
  for (const [value, records] of [["vanish", 0], ["history", 1]] as const) {
    test(`expired-jobs=${value}: a job of a crashed driver leaves ${records} records`, async () => {
      await using played = await play(`expired-jobs=${value}`, "crash:100%,drivers:1,reaps:30s");
      await played.pull();
      await played.clock.advance(120_000);
      assert.equal(await played.job(), undefined);
      const history = await played.history();
      assert.equal(history.length, records);
      if (records === 1) assert.match(String(history[0]?.status?.["message"]), /^Job failed due to lease expiry/);
    });
  }

  for (const [value, goneAfterMs] of [["30s", 40_000], ["1m0s", 70_000]] as const) {
    test(`lease-expiry=${value}: a claim is spared until then, and gone ${goneAfterMs} ms after it`, async () => {
      await using played = await play(`lease-expiry=${value}`, "crash:100%,drivers:1,reaps:10s");
      await played.pull();
      await played.clock.advance(goneAfterMs - 10_001);
      assert.notEqual(await played.job(), undefined);
      await played.clock.advance(10_001);
      assert.equal(await played.job(), undefined);
    });
  }
});

describe("what a driver writes", () => {
  for (const [value, afterMs] of [["20s", 20_000], ["30s", 30_000]] as const) {
    test(`lease-renewal=${value}: the claim is renewed then, and not before`, async () => {
      await using played = await play(`lease-renewal=${value}`, "duration:5m,reaps:off");
      await played.pull();
      const claimed = async () => (await played.job())?.metadata.labels?.[CLAIM];
      const first = await claimed();
      await played.clock.advance(afterMs - 1);
      assert.equal(await claimed(), first);
      await played.clock.advance(1);
      assert.equal(await claimed(), String(Number(first) + afterMs));
    });
  }

  for (const [value, signed] of [["on", true], ["off", false]] as const) {
    test(`claim-owner=${value}: a claim is ${signed ? "" : "not "}signed, then and in its record`, async () => {
      await using played = await play(`claim-owner=${value}`, "duration:2s");
      await played.pull();
      assert.equal((await played.job())?.metadata.labels?.[OWNER] !== undefined, signed);
      await played.clock.advance(2_000);
      assert.equal((await played.history())[0]?.metadata.labels?.[OWNER] !== undefined, signed);
    });
  }

  for (const [value, other] of [["kind", "resource"], ["resource", "kind"]] as const) {
    test(`summary-kind=${value}: a summary names its kind by it`, async () => {
      await using played = await play(`summary-kind=${value}`, "resources:20");
      await played.pull();
      await played.clock.advance(2_000);
      const summary = (await played.history())[0]?.status?.["summary"] as Record<string, unknown>[];
      assert.deepEqual(summary.map((one) => one[value]), ["Folder", "Dashboard"]);
      assert.ok(summary.every((one) => !(other in one)));
    });
  }

  for (const [value, message, field] of [["error", "completed with warnings", "warnings"], ["warning", "completed with errors", "errors"]] as const) {
    test(`failed-resources=${value}: a job in warning says "${message}" and lists its ${field}`, async () => {
      await using played = await play(`failed-resources=${value}`, "warnings:100%");
      await played.pull();
      await played.clock.advance(2_000);
      const { status = {} } = (await played.history())[0] ?? {};
      assert.deepEqual([status["state"], status["message"]], ["warning", message]);
      assert.ok((status[field] as string[]).length > 0);
    });
  }

  for (const [value, present] of [["on", true], ["off", false]] as const) {
    test(`new-status-fields=${value}: a status has ${present ? "" : "no "}progressUpdates, warnings and totalChanges`, async () => {
      await using played = await play(`new-status-fields=${value}`, "warnings:100%,resources:40");
      await played.pull();
      await played.clock.advance(2_000);
      const { status = {} } = (await played.history())[0] ?? {};
      assert.deepEqual(["progressUpdates" in status, "warnings" in status], [present, present]);
      assert.equal((status["summary"] as Record<string, unknown>[]).some((one) => "totalChanges" in one), present);
    });
  }
});

describe("what the repository controller does", () => {
  for (const [value, jobs] of [["requeued", 1], ["stuck", 0]] as const) {
    test(`abandoned-sync=${value}: a repository whose pull job was reaped is ${value === "stuck" ? "never pulled again" : "pulled again"}`, async () => {
      await using played = await play(`abandoned-sync=${value}`, "drivers:off,pulls:10s,reaps:off,checks:off");
      await played.clock.advance(1_000);
      assert.equal((await played.sync())["state"], "pending");
      assert.equal((await played.server.call("DELETE", `${JOBS}/test6-sync`)).status, 200);
      await played.clock.advance(60_000);
      assert.equal((await played.server.call("GET", "jobs")).json.items?.length, jobs);
      assert.equal((await played.sync())["state"], "pending");
    });
  }
});

describe("every era", () => {
  for (const era of ERAS) {
    test(`${era}: a job goes all the way over the wire, and its repository says so`, async () => {
      const clock = new ManualClock();
      await using server = await startDevserver({ clock, era, simulate: "seed:1" });
      const made = await server.call("POST", "namespaces/default/repositories/test6/jobs", { action: "pull", pull: {} });
      await clock.advance(2_000);
      const history = (await server.call("GET", "historicjobs")).json.items ?? [];
      assert.deepEqual(history.map(({ metadata }) => metadata.labels?.["provisioning.grafana.app/original-uid"]), [made.json.metadata.uid]);
      const repository = await server.call("GET", "namespaces/default/repositories/test6");
      const { state, job } = repository.json.status?.["sync"] as Record<string, unknown>;
      assert.deepEqual([state, job], ["success", "test6-sync"]);
    });
  }
});
