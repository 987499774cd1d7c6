// The simulation for a long while, beside a controller that is not ours: what must hold whatever happens.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fork, seeded } from "../../../src/base/random.ts";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { ERAS } from "../../../src/devserver/behaviour/rows.ts";
import { parseParts } from "../../../src/devserver/plays/parts.ts";
import { seed } from "../../../src/devserver/plays/seed.ts";
import { parseSeed } from "../../../src/devserver/plays/seed-spec.ts";
import { simulate } from "../../../src/devserver/plays/simulate.ts";
import { type Change, Store } from "../../../src/devserver/state/store.ts";
import { LABEL_CLAIM, LABEL_CLAIM_OWNER, LABEL_ORIGINAL_UID } from "../../../src/provisioning.ts";
import { startDevserver, type TestDevserver } from "../../support/devserver.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** Watches a store and remembers what breaks the rules. */
class Witness {
  readonly broken: string[] = [];
  /** Every job's uid, with how many records it has. */
  readonly records = new Map<string, number>();
  readonly reaped = new Set<string>();
  readonly states = new Map<string, number>();
  readonly #now: () => number;
  readonly #behaviour: Pick<Behaviour, "leaseExpiryMs">;
  #changed: (() => void)[] = [];

  constructor(store: Store, now: () => number, behaviour: Pick<Behaviour, "leaseExpiryMs">) {
    this.#now = now;
    this.#behaviour = behaviour;
    store.onChange((change) => {
      this.#see(change);
      for (const changed of this.#changed.splice(0)) changed();
    });
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #see({ resource, type, entry, previous }: Change): void {
    if (resource === "historicjobs" && type === "ADDED") {
      const uid = entry.labels[LABEL_ORIGINAL_UID] ?? "";
      const state = String(entry.object.status?.["state"]);
      this.states.set(state, (this.states.get(state) ?? 0) + 1);
      if (!this.records.has(uid)) this.broken.push(`a record of ${uid}, which was no job`);
      this.records.set(uid, (this.records.get(uid) ?? 0) + 1);
    }
    if (resource !== "jobs") return;
    if (type === "ADDED") this.records.set(entry.uid, 0);
    if (previous === undefined) return;
    const { [LABEL_CLAIM]: claim = "", [LABEL_CLAIM_OWNER]: owner } = previous.labels;
    if (type === "MODIFIED" && claim !== "") {
      const now = entry.labels;
      if (now[LABEL_CLAIM] !== undefined && now[LABEL_CLAIM_OWNER] !== owner) this.broken.push(`${entry.key} was taken from ${owner} by ${now[LABEL_CLAIM_OWNER]}`);
    }
    const { state } = entry.object.status ?? {};
    if (type === "DELETED" && !["success", "warning", "error"].includes(String(state))) {
      this.reaped.add(entry.uid);
      const ageMs = this.#now() - Number(claim);
      if (claim === "" || ageMs <= this.#behaviour.leaseExpiryMs) this.broken.push(`${entry.key} was reaped ${ageMs} ms after its claim`);
    }
  }

  /** How many jobs there were, each with as many records as the era gives it. */
  check(expiredJobs: Behaviour["expiredJobs"]): number {
    assert.deepEqual(this.broken, []);
    for (const [uid, count] of this.records) {
      const expected = this.reaped.has(uid) && expiredJobs === "vanish" ? 0 : 1;
      assert.equal(count, expected, `records of ${uid}${this.reaped.has(uid) ? ", which was reaped" : ""}`);
    }
    return this.records.size;
  }
}

describe("the simulation over hours", () => {
  for (const era of ERAS) {
    for (const chances of [1, 2, 3]) {
      test(`ends each job once and drives none twice at a time (${era}, chances ${chances})`, async () => {
        const clock = new ManualClock();
        const behaviour = behaviourOf(era);
        const store = new Store(clock, behaviour);
        const witness = new Witness(store, () => clock.now(), behaviour);
        seed({ store, random: seeded(chances), behaviour, nowMs: clock.now() }, parseSeed({ jobs: 150, repositories: 10 }));
        const stop = new AbortController();
        // In 2025-08 a lease is renewed as late as it expires: jobs that take long are at the reaper's mercy.
        const parts = parseParts(`seed:${chances},errors:10%,warnings:10%,crash:10%,duration:1s-90s,drivers:4,pulls:5m,unhealthy:10%,reaps:30s`);
        simulate({ store, clock, random: seeded(0), behaviour, parts, signal: stop.signal });
        for (let minute = 0; minute < 120; minute++) await clock.advance(60_000);
        // No more pulls; what is left has its time.
        for (const { object } of [...store.entries("repositories")]) store.delete("repositories", object.metadata.namespace, object.metadata.name);
        for (let minute = 0; minute < 60; minute++) await clock.advance(60_000);
        stop.abort();
        assert.equal(store.count("jobs"), 0);
        // Where a repository stays stuck after a crash, pulls die out.
        assert.ok(witness.check(behaviour.expiredJobs) > (behaviour.abandonedSync === "stuck" ? 150 : 250));
        assert.ok(witness.reaped.size > 10);
        assert.ok(["success", "warning", "error"].every((state) => (witness.states.get(state) ?? 0) > 10), [...witness.states].join());
      });
    }
  }

  test("is the same for the same chances", async () => {
    const run = async (chances: number): Promise<string[]> => {
      const clock = new ManualClock();
      const behaviour = behaviourOf("2026-09");
      const store = new Store(clock, behaviour);
      const lines: string[] = [];
      store.onChange(({ resource, type, entry }) => {
        const { state, message } = entry.object.status ?? {};
        lines.push(`${clock.now()} ${resource} ${type} ${resource === "historicjobs" ? "" : entry.key} ${String(state)} ${String(message)}`);
      });
      const stop = new AbortController();
      const parts = parseParts(`seed:${chances},errors:10%,warnings:10%,crash:10%,duration:1s-90s,pulls:1m,unhealthy:20%`);
      for (const name of ["a", "b", "c"]) store.create("repositories", { metadata: { name, namespace: "n" } });
      simulate({ store, clock, random: Math.random, behaviour, parts, signal: stop.signal });
      for (let minute = 0; minute < 30; minute++) await clock.advance(60_000);
      stop.abort();
      return lines;
    };
    const [one, other, another] = [await run(1), await run(1), await run(2)];
    assert.ok(one.length > 100);
    assert.deepEqual(one, other);
    assert.notDeepEqual(one, another);
  });
});

/** A controller of somebody else's: claims by PUT, works, deletes and writes a record; at times it goes away over a job. */
async function foreignController(server: TestDevserver, random: () => number, stop: AbortSignal): Promise<{ done: number; abandoned: number; conflicts: number }> {
  const counts = { done: 0, abandoned: 0, conflicts: 0 };
  const place = ({ namespace, name }: { namespace?: string; name?: string }, resource = "jobs") => `namespaces/${namespace}/${resource}${name === undefined ? "" : `/${name}`}`;
  while (!stop.aborted) {
    const listed = await server.call("GET", `jobs?labelSelector=${encodeURIComponent(`!${LABEL_CLAIM}`)}&limit=16`);
    for (const job of listed.json.items ?? []) {
      const claim = { [LABEL_CLAIM]: String(Date.now()), [LABEL_CLAIM_OWNER]: "foreign" };
      const labels = { ...job.metadata.labels, ...claim };
      const claimed = await server.call("PUT", place(job.metadata), { ...job, metadata: { ...job.metadata, labels } });
      if (claimed.status === 409) counts.conflicts++;
      if (claimed.status !== 200) continue;
      if (random() < 0.2) {
        counts.abandoned++;
        continue;
      }
      const { metadata, spec } = claimed.json;
      const status = { state: "success", message: "completed elsewhere" };
      const last = await server.call("PUT", place(metadata), { ...claimed.json, status });
      const { uid, resourceVersion } = last.json.metadata;
      const gone = last.status === 200 && (await server.call("DELETE", place(metadata), { preconditions: { uid, resourceVersion } })).status === 200;
      // On a machine that stands still for a lease, the reaper was first.
      if (!gone) continue;
      const { kind: _, ...record } = { ...last.json, metadata: { generateName: `${metadata.name}-`, labels: { ...metadata.labels, [LABEL_ORIGINAL_UID]: uid } }, spec, status };
      const written = await server.call("POST", place({ ...metadata, name: undefined }, "historicjobs"), { ...record, kind: "HistoricJob" });
      assert.equal(written.status, 201, written.text);
      counts.done++;
    }
  }
  return counts;
}

describe("the simulation beside a controller of somebody else's", () => {
  for (const [era, settings] of [["2026-09", []], ["2025-08", ["compare-and-swap=atomic"]]] as const) {
    test(`shares the jobs with it, and reaps what it leaves behind (${era})`, async () => {
      const own = ["lease-expiry=600ms", "lease-renewal=150ms", ...settings];
      await using server = await startDevserver({
        era, settings: own, repositories: [], random: seeded(5),
        simulate: "seed:5,errors:10%,warnings:10%,crash:10%,duration:5ms-40ms,drivers:2,checks:off,reaps:1s",
      });
      const behaviour = { ...behaviourOf(era), leaseExpiryMs: 600 };
      const witness = new Witness(server.store, () => Date.now(), behaviour);
      const stop = new AbortController();
      const foreign = foreignController(server, fork(seeded(6)), stop.signal);
      seed({ store: server.store, random: seeded(7), behaviour, nowMs: Date.now() }, parseSeed({ jobs: 120 }));
      await witness.until(() => server.store.count("jobs") === 0);
      stop.abort();
      const counts = await foreign;
      assert.equal(witness.check(behaviour.expiredJobs), 120);
      assert.ok(counts.done > 0 && counts.abandoned > 0, JSON.stringify(counts));
      assert.ok(witness.reaped.size >= counts.abandoned);
    });
  }
});
