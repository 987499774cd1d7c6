import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { frugalList } from "../../src/kube/frugal-list.ts";
import type { ListPage } from "../../src/kube/types.ts";

const HALF = 1_000;
const { signal } = new AbortController();
const collection = { resource: "historicjobs" } as const;

function setUp(bytes: number) {
  const calls: string[] = [];
  const page: ListPage = { items: [], version: "1", continue: "next", bytes, serverTimeMs: undefined };
  const api = {
    listPage: async (_collection: unknown, query: { continue?: string }) => {
      calls.push(query.continue ?? "first");
      return page as never;
    },
  };
  return { calls, listPage: frugalList(api, () => void calls.push("collect"), 2 * HALF) };
}

describe("frugalList()", () => {
  test("collects ahead of a further page once enough was read", async () => {
    const { calls, listPage } = setUp(HALF);
    await listPage(collection, { limit: 1 }, signal);
    for (const token of ["b", "c", "d"]) await listPage(collection, { limit: 1, continue: token }, signal);
    assert.deepEqual(calls, ["first", "b", "collect", "c", "d"]);
  });

  test("collects nothing for lists of one page", async () => {
    const { calls, listPage } = setUp(4 * HALF);
    for (let time = 0; time < 3; time++) await listPage(collection, { limit: 1 }, signal);
    assert.deepEqual(calls, ["first", "first", "first"]);
  });
});
