import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Api, ListQuery } from "../../src/kube/api.ts";
import { frugalList } from "../../src/kube/frugal-list.ts";
import type { KubeObject, ListPage } from "../../src/kube/types.ts";
import { page } from "../support/objects.ts";

const signal = new AbortController().signal;

/** Pages of `bytes` each, and what happened in which order. */
function setUp(bytes: number) {
  const seen: string[] = [];
  const api: Pick<Api, "listPage"> = {
    listPage: async <T extends KubeObject>(_collection: unknown, query: ListQuery) => {
      seen.push(query.continue ?? "first");
      return page([], { bytes }) as ListPage<T>;
    },
  };
  const list = frugalList(api, () => seen.push("collect"), 500_000);
  const ask = (token?: string) => list({ resource: "historicjobs" }, token === undefined ? { limit: 500 } : { limit: 500, continue: token }, signal);
  return { seen, ask };
}

describe("frugalList()", () => {
  test("collects ahead of a further page once enough was read, never ahead of a first one", async () => {
    const { seen, ask } = setUp(250_000);
    for (const token of [undefined, "t1", "t2", "t3", "t4"]) await ask(token);
    assert.deepEqual(seen, ["first", "t1", "collect", "t2", "t3", "collect", "t4"]);
    await ask("t5");
    await ask();
    assert.deepEqual(seen.slice(-2), ["t5", "first"]);
  });

  test("leaves short lists alone", async () => {
    const { seen, ask } = setUp(1_000);
    for (let nth = 0; nth < 20; nth++) await ask(nth % 4 === 0 ? undefined : `t${nth}`);
    assert.ok(!seen.includes("collect"));
  });

  test("gives the page that the server gave", async () => {
    const { ask } = setUp(1_000);
    assert.deepEqual(await ask(), page([], { bytes: 1_000 }));
  });
});
