import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { NetworkError } from "../../src/base/errors.ts";
import type { Fetch, FetchInit } from "../../src/base/http.ts";
import { createHealth, READY_CHECKS } from "../../src/observe/health.ts";
import { checkReady } from "../../src/observe/ready.ts";
import { ManualClock } from "../support/manual-clock.ts";

const URL_ = "http://127.0.0.1:8081/readyz";
const signal = new AbortController().signal;

function answering(status: number, body: string): Fetch {
  return async () => new Response(body, { status });
}

describe("checkReady()", () => {
  test("understands the pages that createHealth() makes", async () => {
    const health = createHealth(new ManualClock());
    const asked: [string, FetchInit | undefined][] = [];
    const fetch: Fetch = async (url, init) => {
      asked.push([url, init]);
      const { pathname, searchParams } = new URL(url);
      const { status, body } = health.page(pathname, searchParams);
      return new Response(body, { status });
    };
    assert.deepEqual(await checkReady(fetch, URL_, 3_000, signal), {
      code: 1,
      line: "not ready: token failed: not yet; jobs-list failed: not yet; jobs-watch failed: not yet",
    });
    for (const name of READY_CHECKS) health.set(name, true);
    health.set("history", false, "off");
    assert.deepEqual(await checkReady(fetch, URL_, 3_000, signal), { code: 0, line: "ready" });
    health.draining();
    assert.deepEqual(await checkReady(fetch, URL_, 3_000, signal), { code: 1, line: "not ready: shutdown failed: draining" });
    assert.equal(asked[0]?.[0], `${URL_}?verbose`);
    assert.equal(asked[0]?.[1]?.headersTimeoutMs, 3_000);
    assert.equal(asked[0]?.[1]?.silenceTimeoutMs, 3_000);
  });

  test("says that it was unreachable, where, why, and what to look at", async () => {
    const fetch: Fetch = async () => {
      throw new NetworkError("connection refused", "refused");
    };
    assert.deepEqual(await checkReady(fetch, URL_, 3_000, signal), {
      code: 1,
      line: `unreachable: ${URL_}: connection refused; is job-controller running with this --health-probe-bind-address?`,
    });
  });

  for (const [status, body] of [
    [200, "ok"], [200, "<html>"], [200, ""], [404, "not found"], [503, "Service Unavailable"], [302, ""], [500, "[-]etcd failed\nreadyz check failed"],
  ] as const) {
    test(`does not take ${status} ${JSON.stringify(body)} for an answer of ours`, async () => {
      const { code, line } = await checkReady(answering(status, body), URL_, 3_000, signal);
      assert.equal(code, 1);
      assert.match(line, new RegExp(`answered ${status}, which is not the page of a job-controller`));
    });
  }

  test("rejects with the signal's reason when it is interrupted", async () => {
    const stop = new AbortController();
    const fetch: Fetch = (_url, init) => new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(stop.signal.reason)));
    const asking = checkReady(fetch, URL_, 3_000, stop.signal);
    stop.abort(new Error("SIGINT"));
    await assert.rejects(asking, /SIGINT/);
  });
});
