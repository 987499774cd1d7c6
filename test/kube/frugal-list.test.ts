import { describe, test } from "node:test";
import assert from "node:assert/strict";
import type { Api } from "../../src/kube/api.ts";
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

  test("collects behind a part, once whoever takes it has done so", async () => {
    const calls: string[] = [];
    const parted: Pick<Api, "listPage"> = {
      async listPage(_collection, { take }) {
        for (const size of [HALF, HALF, HALF, 2 * HALF]) await take?.([], size);
        return { items: [], version: "1", continue: undefined, bytes: 5 * HALF, serverTimeMs: undefined };
      },
    };
    const take = async (_items: unknown, size: number) => {
      await Promise.resolve();
      calls.push(String(size));
    };
    await frugalList(parted, () => void calls.push("collect"), 2 * HALF)(collection, { limit: 1, take }, signal);
    assert.deepEqual(calls, ["1000", "1000", "collect", "1000", "2000", "collect"]);
  });

  test("collects at the end of a list in parts, unless there is little to collect", async () => {
    for (const [size, collected] of [[HALF / 8, 1], [HALF / 8 - 1, 0]] as const) {
      let collections = 0;
      const parted: Pick<Api, "listPage"> = {
        async listPage(_collection, { take }) {
          await take?.([], size);
          return { items: [], version: "1", continue: undefined, bytes: size, serverTimeMs: undefined };
        },
      };
      await frugalList(parted, () => void collections++, 2 * HALF)(collection, { limit: 1, take: () => {} }, signal);
      assert.equal(collections, collected);
    }
  });

  test("collects nothing for lists of one page", async () => {
    const { calls, listPage } = setUp(4 * HALF);
    for (let time = 0; time < 3; time++) await listPage(collection, { limit: 1 }, signal);
    assert.deepEqual(calls, ["first", "first", "first"]);
  });
});
