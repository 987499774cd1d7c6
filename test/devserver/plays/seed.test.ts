import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import { seeded } from "../../../src/base/random.ts";
import { admit } from "../../../src/devserver/api/admission.ts";
import { behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import type { Era } from "../../../src/devserver/behaviour/rows.ts";
import { seed, seeding } from "../../../src/devserver/plays/seed.ts";
import { parseSeed } from "../../../src/devserver/plays/seed-spec.ts";
import type { Stored } from "../../../src/devserver/state/object.ts";
import { Store } from "../../../src/devserver/state/store.ts";

const NOW = Date.UTC(2026, 0, 2);
const CLAIM = "provisioning.grafana.app/claim";
const OWNER = "provisioning.grafana.app/claim-owner";

function filled(given: Record<string, unknown>, era: Era = "2026-09"): { store: Store; added: unknown; objects(resource: "jobs" | "historicjobs" | "repositories"): Stored[] } {
  const store = new Store({ now: () => NOW });
  const added = seed({ store, random: seeded(1), behaviour: behaviourOf(era), nowMs: NOW }, parseSeed(given));
  return { store, added, objects: (resource) => [...store.entries(resource)].map((entry) => entry.object) };
}

const ageMs = ({ metadata }: Stored) => NOW - Date.parse(metadata.creationTimestamp ?? "");

describe("seed()", () => {
  test("adds as many objects as it is told, under names of their own, and says so", () => {
    const { store, added } = filled({ jobs: 500, historic: 2_000, repositories: 7, namespaces: 3 });
    assert.deepEqual(added, { repositories: 7, jobs: 500, historic: 2_000 });
    assert.deepEqual(["jobs", "historicjobs", "repositories"].map((name) => store.count(name as "jobs")), [500, 2_000, 7]);
    assert.deepEqual([...new Set([...store.entries("jobs")].map(({ namespace }) => namespace))].sort(), ["default", "org-2", "org-3"]);
  });

  for (const era of ["2025-08", "2026-09", "kubernetes"] as const) {
    test(`makes what admission takes, for repositories that are there, of many actions (${era})`, () => {
      const { store, objects } = filled({ jobs: 300, historic: 1_000 }, era);
      for (const resource of ["jobs", "historicjobs"] as const) {
        const made = objects(resource);
        for (const object of made) {
          admit(resource, object, behaviourOf(era));
          const { repository } = object.spec ?? {};
          assert.ok(store.get("repositories", object.metadata.namespace, String(repository)) !== undefined);
          assert.equal(object.metadata.labels?.["provisioning.grafana.app/repository"], repository);
        }
        assert.ok(new Set(made.map(({ spec }) => spec?.["action"])).size >= 5, resource);
      }
      const known = objects("historicjobs").every(({ spec }) => spec?.["action"] !== "fixFolderMetadata");
      assert.equal(known, era === "2025-08");
    });
  }

  test("spreads ages over what it is told, versions rising with creation", () => {
    const { objects } = filled({ historic: 1_000, "history-age": "1h-3h" });
    const made = objects("historicjobs").sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion));
    const ages = made.map(ageMs);
    assert.ok(ages.every((age) => age >= 3_600_000 && age <= 10_801_000));
    assert.deepEqual(ages, [...ages].sort((a, b) => b - a));
    assert.ok((ages[0] ?? 0) > 10_700_000 && (ages.at(-1) ?? 0) < 3_700_000);
  });

  test("ends historic jobs in every state, each with times, its job's uid and a summary that adds up", () => {
    const made = filled({ historic: 1_000 }).objects("historicjobs");
    const count = (state: string) => made.filter(({ status }) => status?.["state"] === state).length;
    assert.ok(count("success") > 850 && count("warning") > 30 && count("error") > 15);
    assert.equal(count("success") + count("warning") + count("error"), 1_000);
    assert.equal(new Set(made.flatMap(({ metadata }) => [metadata.uid, metadata.labels?.["provisioning.grafana.app/original-uid"]])).size, 2_000);
    for (const { metadata, status = {} } of made) {
      const { started, finished } = status as { started: number; finished: number };
      assert.ok(started < finished && Math.floor(finished / 1_000) * 1_000 === Date.parse(metadata.creationTimestamp ?? ""));
      assert.match(metadata.name, /-[a-z0-9]{5}$/);
      assert.match(metadata.uid, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    }
  });

  test("leaves jobs unclaimed, unless a share of them is to be claimed", () => {
    assert.ok(filled({ jobs: 500 }).objects("jobs").every(({ metadata, status }) => metadata.labels?.[CLAIM] === undefined && status?.["state"] === undefined));
    const claimed = filled({ jobs: 500, claimed: "20%" }).objects("jobs").filter(({ metadata }) => metadata.labels?.[CLAIM] !== undefined);
    assert.ok(claimed.length > 70 && claimed.length < 130, String(claimed.length));
    for (const { metadata, status } of claimed) {
      assert.ok(Number(metadata.labels?.[CLAIM]) <= NOW && metadata.labels?.[OWNER] !== undefined);
      assert.equal(status?.["state"], "working");
    }
  });

  test("queues more jobs than there are classes, and goes round names that are taken", () => {
    const { store, objects } = filled({ jobs: 2_000, repositories: 1 });
    const once = objects("jobs").length;
    seed({ store, random: seeded(1), behaviour: behaviourOf("2026-09"), nowMs: NOW }, parseSeed({ jobs: 2_000, repositories: 1 }));
    assert.deepEqual([once, store.count("jobs"), store.count("repositories")], [2_000, 4_000, 1]);
  });

  test("makes the same objects of the same random numbers", () => {
    const given = { jobs: 50, historic: 50, "random-seed": 3 };
    const plain = (objects: Stored[]) => objects.map(({ metadata: { resourceVersion: _, ...metadata }, ...rest }) => ({ ...rest, metadata }));
    const [one, other] = [filled(given), filled(given)];
    for (const resource of ["jobs", "historicjobs"] as const) assert.deepEqual(plain(one.objects(resource)), plain(other.objects(resource)));
    assert.notDeepEqual(plain(one.objects("jobs")), plain(filled({ ...given, "random-seed": 4 }).objects("jobs")));
  });

  test("adds an object a step", () => {
    const store = new Store({ now: () => NOW });
    const steps = seeding({ store, random: seeded(1), behaviour: behaviourOf("2026-09"), nowMs: NOW }, parseSeed({ jobs: 3, repositories: 2 }));
    const seen: number[] = [];
    for (const made of steps) seen.push(made.repositories + made.jobs);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  });
});

describe("parseSeed()", () => {
  test("reads numbers as numbers and as text", () => {
    const { jobs, historic, namespaces, historyAgeMs, claimed } = parseSeed({ jobs: 10, historic: "20", namespaces: 2, "history-age": "0-24h", claimed: "5%" });
    assert.deepEqual([jobs, historic, namespaces, historyAgeMs, claimed], [10, 20, 2, [0, 86_400_000], 0.05]);
  });

  for (const [given, message] of [
    [{}, "Cannot seed nothing: expected a number of jobs, of historic, or of both"],
    [{ jobs: 0 }, "Cannot seed nothing: expected a number of jobs, of historic, or of both"],
    [{ jobs: "many" }, 'Cannot seed jobs "many": expected a whole number from 0 to 500000'],
    [{ jobs: 1.5 }, 'Cannot seed jobs "1.5": expected a whole number from 0 to 500000'],
    [{ jobs: -1 }, 'Cannot seed jobs "-1": expected a whole number from 0 to 500000'],
    [{ historic: "1e5" }, 'Cannot seed historic "1e5": expected a whole number from 0 to 500000'],
    [{ historic: 500_001 }, 'Cannot seed historic "500001": expected a whole number from 0 to 500000'],
    [{ jobs: null }, 'Cannot seed jobs "null": expected a whole number from 0 to 500000'],
    [{ jobs: 1, repositories: 0 }, 'Cannot seed repositories "0": expected a whole number from 1 to 100000'],
    [{ jobs: 1, namespaces: 21 }, "Cannot seed 21 namespaces: expected no more than the 20 repositories that are spread over them"],
    [{ jobs: 1, "history-age": "24h-1h" }, 'Cannot seed history-age "24h-1h": expected an age such as 24h, or two such as 0-24h'],
    [{ jobs: 1, claimed: "5" }, 'Cannot seed claimed "5": expected a percentage from 0% to 100%, or off'],
    [{ job: 1 }, 'Cannot seed "job": did you mean "jobs"?'],
    [{ weather: 1 }, 'Cannot seed "weather": expected one of jobs, historic, repositories, namespaces, job-age, history-age, claimed, random-seed'],
  ] as const) {
    test(`refuses ${JSON.stringify(given)}`, () => {
      assert.throws(() => parseSeed(given), (error) => error instanceof ConfigError && error.message === message);
    });
  }
});
