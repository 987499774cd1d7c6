import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, ProtocolError } from "../../src/base/errors.ts";
import type { Api, ListQuery } from "../../src/kube/api.ts";
import { nextPageSize, PAGE_BYTES_MAX, pages } from "../../src/kube/pager.ts";
import type { KubeObject, ListPage } from "../../src/kube/types.ts";
import { job, page } from "../support/objects.ts";

const signal = new AbortController().signal;

/** Answers pages in order; keeps the queries. */
function server(...answers: (ListPage | Error)[]) {
  const queries: ListQuery[] = [];
  const api: Pick<Api, "listPage"> = {
    listPage: async <T extends KubeObject>(_collection: unknown, query: ListQuery) => {
      queries.push(query);
      const answer = answers.shift();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("asked too often");
      return answer as ListPage<T>;
    },
  };
  return { api, queries };
}

async function names(api: Pick<Api, "listPage">, pageSize?: number): Promise<string[]> {
  const found: string[] = [];
  for await (const { items } of pages(api, { resource: "jobs" }, { pageSize }, signal)) found.push(...items.map((item) => item.metadata?.name ?? ""));
  return found;
}

describe("pages()", () => {
  test("follows continue to its end, through short and empty pages", async () => {
    const { api, queries } = server(page([job("a", "1")], { continue: "t1" }), page([], { continue: "t2" }), page([], { continue: "t3" }), page([job("b", "2")]));
    assert.deepEqual(await names(api), ["a", "b"]);
    assert.deepEqual(queries, [{ limit: 2_000 }, { limit: 2_000, continue: "t1" }, { limit: 2_000, continue: "t2" }, { limit: 2_000, continue: "t3" }]);
  });

  test("halves the size after a page of more than 4 MB", async () => {
    const big = PAGE_BYTES_MAX + 1;
    const { api, queries } = server(
      page([], { continue: "t1", bytes: big }),
      page([], { continue: "t2", bytes: PAGE_BYTES_MAX }),
      page([], { continue: "t3", bytes: big }),
      page([]),
    );
    await names(api);
    assert.deepEqual(queries.map((query) => query.limit), [2_000, 1_000, 1_000, 500]);
  });

  test("throws what a page throws, and concludes nothing", async () => {
    const { api } = server(page([job("a", "1")], { continue: "t1" }), new ApiError("too old", { status: 410 }));
    await assert.rejects(names(api), /too old/);
  });

  test("throws when a server repeats a token", async () => {
    const { api, queries } = server(page([], { continue: "t1" }), page([], { continue: "t1" }), page([]));
    await assert.rejects(names(api), ProtocolError);
    assert.equal(queries.length, 2);
  });

  test("asks for no page before the one before was used", async () => {
    const { api, queries } = server(page([], { continue: "t1" }), page([]));
    const reader = pages(api, { resource: "jobs" }, {}, signal);
    await reader.next();
    assert.equal(queries.length, 1);
    await reader.next();
    assert.equal(queries.length, 2);
  });
});

describe("nextPageSize()", () => {
  test("does not fall below 50", () => assert.equal(nextPageSize(60, { bytes: PAGE_BYTES_MAX + 1 }), 50));
  test("never grows", () => assert.equal(nextPageSize(10, { bytes: PAGE_BYTES_MAX + 1 }), 10));
});
