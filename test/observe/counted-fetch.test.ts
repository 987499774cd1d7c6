import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { CONNECTION_REASONS, NetworkError, ProtocolError } from "../../src/base/errors.ts";
import type { Fetch } from "../../src/base/http.ts";
import { countedFetch } from "../../src/observe/counted-fetch.ts";
import { MemoryCount } from "../support/memory-count.ts";

const URL_OF_API = "https://user:pass@api.test:6446/apis/secret?token=abc";

async function counted(answer: Response | Error, init?: Parameters<Fetch>[1]): Promise<{ outcome: unknown; counts: string[] }> {
  const counts = new MemoryCount();
  const fetch = countedFetch(async () => (answer instanceof Error ? Promise.reject(answer) : answer), "api", counts.count);
  const outcome = await fetch(URL_OF_API, init).catch((error: unknown) => error);
  return { outcome, counts: counts.take() };
}

describe("countedFetch()", () => {
  test("counts answers by status, method and host, nothing else of the URL, and gives them on", async () => {
    const response = new Response("x", { status: 503 });
    const { outcome, counts } = await counted(response, { method: "DELETE" });
    assert.equal(outcome, response);
    assert.deepEqual(counts, ["answer 503,DELETE,api.test:6446"]);
    assert.deepEqual((await counted(new Response())).counts, ["answer 200,GET,api.test:6446"]);
  });

  for (const reason of CONNECTION_REASONS) {
    test(`counts ${reason} as no answer`, async () => {
      const error = new NetworkError("no", reason);
      const { outcome, counts } = await counted(error);
      assert.equal(outcome, error);
      assert.deepEqual(counts, ["answer <error>,GET,api.test:6446", `no-answer api,${reason}`]);
    });
  }

  test("counts an answer that is none of HTTP's as no answer", async () => {
    assert.deepEqual((await counted(new ProtocolError("status 999"))).counts, ["answer <error>,GET,api.test:6446"]);
  });

  test("counts neither an abort nor the end of a deadline that is not the connection's", async () => {
    for (const error of [new DOMException("stopped", "AbortError"), new NetworkError("dead", "silence")]) {
      assert.deepEqual((await counted(error)).counts, []);
    }
  });
});
