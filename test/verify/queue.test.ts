// NAME-007 uses a repository that is there: what it leaves, and when it does not try.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Devserver } from "../../src/devserver/serve.ts";
import type { TrialOptions } from "../../src/self-test/trial.ts";
import { NAME_007 } from "../../src/verify/checks/name/name-007.ts";
import { tryChecks } from "./ground.ts";

/** The check on a server that was prepared, and what is there afterwards. */
async function tried(prepare: (devserver: Devserver) => void = () => undefined, options: TrialOptions = {}) {
  let server: Devserver | undefined;
  const { results, left } = await tryChecks([NAME_007], {
    ...options,
    beside(devserver) {
      server = devserver;
      prepare(devserver);
    },
  });
  assert.ok(server);
  const namesOf = (resource: "jobs" | "repositories") => [...server?.store.entries(resource, "trials") ?? []].map(({ name }) => name);
  return { verdict: results[0]?.verdict, seen: results[0]?.seen, left, jobs: namesOf("jobs"), repositories: namesOf("repositories") };
}

describe("NAME-007", () => {
  test("the pull that it queued is gone afterwards, and the repository is not", async () => {
    assert.deepEqual(await tried(), { verdict: "pass", seen: "", left: [], jobs: [], repositories: ["site"] });
  });

  test("without a repository it is skipped, and none is made", async () => {
    const seen = "namespace trials has no healthy repository";
    assert.deepEqual(await tried(undefined, { repositories: [] }), { verdict: "skip", seen, left: [], jobs: [], repositories: [] });
  });

  test("a repository that is not healthy is left alone", async () => {
    const { verdict, jobs } = await tried(({ store }) => {
      const site = store.get("repositories", "trials", "site")?.object;
      assert.ok(site);
      store.update("repositories", { ...site, status: { health: { healthy: false } } });
    });
    assert.deepEqual([verdict, jobs], ["skip", []]);
  });

  test("a pull that somebody else has queued stays", async () => {
    const { verdict, seen, jobs } = await tried(({ store }) => {
      store.create("jobs", { metadata: { name: "site-sync", namespace: "trials" }, spec: { action: "pull", repository: "site" } });
    });
    assert.deepEqual([verdict, seen, jobs], ["skip", "a pull of repository site is queued already", ["site-sync"]]);
  });
});
