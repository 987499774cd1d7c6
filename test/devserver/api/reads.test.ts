// Watches by their old paths, and the resourceVersion of a read.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startDevserver, type TestDevserver } from "../../support/devserver.ts";

const OLD = "watch/namespaces/a/jobs";

async function withJobs(): Promise<TestDevserver> {
  const server = await startDevserver({ settings: ["watch-from-zero=state"] });
  for (const name of ["j1", "j2"]) server.store.create("jobs", { metadata: { name, namespace: "a" } });
  server.store.create("jobs", { metadata: { name: "j1", namespace: "b" } });
  return server;
}

async function firstNames(server: TestDevserver, path: string, count: number, query = ""): Promise<(string | undefined)[]> {
  const watch = await server.watch(path, query);
  const names: (string | undefined)[] = [];
  while (names.length < count) names.push((await watch.next())?.object.metadata.name);
  watch.close();
  return names;
}

describe("a watch by its old path", () => {
  test("is that of the collection, of all namespaces or one", async () => {
    await using server = await withJobs();
    assert.deepEqual(await firstNames(server, "watch/jobs", 3), ["j1", "j2", "j1"]);
    assert.deepEqual(await firstNames(server, OLD, 2), ["j1", "j2"]);
  });

  test("of one object is told of that alone", async () => {
    await using server = await withJobs();
    const watch = await server.watch(`${OLD}/j2`);
    for (const name of ["j1", "j2"]) server.store.update("jobs", { metadata: { name, namespace: "a" }, spec: { changed: true } });
    const events = [await watch.next(), await watch.next()].map((event) => `${event?.type} ${event?.object.metadata.name}`);
    assert.deepEqual(events, ["ADDED j2", "MODIFIED j2"]);
    watch.close();
    assert.deepEqual(await firstNames(server, `${OLD}/j2`, 1, "fieldSelector=metadata.name%3Dj2"), ["j2"]);
  });

  test("of one object with a selector of another is 400", async () => {
    await using server = await withJobs();
    const { status, json } = await server.call("GET", `${OLD}/j2?fieldSelector=metadata.name%3Dj1`);
    assert.deepEqual([status, json.message], [400, "fieldSelector metadata.name doesn't match requested name"]);
  });

  test("of what is below an object is not there", async () => {
    await using server = await withJobs();
    assert.equal((await server.call("GET", `${OLD}/j2/status`)).status, 404);
    assert.equal((await server.call("POST", OLD, {})).status, 405);
  });
});

describe("a read of one object", () => {
  test("takes any version that is reached, and no other parameter", async () => {
    await using server = await withJobs();
    const statusOf = async (query: string) => (await server.call("GET", `namespaces/a/jobs/j1?${query}`)).status;
    const queries = ["resourceVersion=0", "resourceVersion=1", `resourceVersion=${server.store.versionText()}`, "watch=1", "fieldSelector=x", "labelSelector=a+b"];
    assert.deepEqual(await Promise.all(queries.map(statusOf)), queries.map(() => 200));
  });
});
