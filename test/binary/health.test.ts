// `run` and `ready` together: what the health pages say of a controller, and what a container's health check gets.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import type { Intercepted, RequestFacts } from "../../src/devserver/front.ts";
import type { Ended } from "../support/children.ts";
import { refusal, runBinary, Site } from "../support/binary.ts";
import { httpServer } from "../support/servers.ts";

/** An address for one controller, its flag, and the answer of `ready` there. */
async function pages(): Promise<{ flag: string; address: string; ready: () => Promise<Ended> }> {
  const address = `127.0.0.1:${await closedPort()}`;
  const flag = `--health-probe-bind-address=${address}`;
  return { flag, address, ready: () => runBinary(["ready", flag]) };
}

const READY: Ended = { code: 0, signal: null, stdout: "ready\n", stderr: "" };
const notReady = (why: string): Ended => ({ code: 1, signal: null, stdout: "", stderr: `not ready: ${why}\n` });

/** Asks until the answer is this one; the last other answer when the deadline comes first. */
async function becomes(ask: () => Promise<Ended>, expected: Ended): Promise<void> {
  const late = performance.now() + 30_000;
  let answer = await ask();
  while (JSON.stringify(answer) !== JSON.stringify(expected) && performance.now() < late) answer = await ask();
  assert.deepEqual(answer, expected);
}

describe("ready", () => {
  test("1 before the first list, 0 after it", async () => {
    const { flag, ready } = await pages();
    const asked = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    await using site = await Site.open({
      async onRequest({ query }) {
        if (!query.has("limit") || query.get("limit") === "1") return undefined;
        asked.resolve();
        await goOn.promise;
        return undefined;
      },
    });
    const controller = site.start([flag]);
    await asked.promise;
    await site.devserver.watching(1);
    await becomes(ready, notReady("jobs-list failed: not yet"));
    goOn.resolve();
    await controller.started();
    assert.deepEqual(await ready(), READY);
    assert.equal(await controller.stop(), 0);
  });

  test("1 with the cause while the exchange is down, 0 once it is back", async () => {
    const { flag, ready } = await pages();
    let down = true;
    await using site = await Site.open({ onRequest: ({ server }) => (down && server === "exchange" ? "abort" : undefined) });
    const controller = site.start([flag, "--resync-interval=1s"]);
    await controller.until(({ level }) => level === "WARN");
    const { code, stdout, stderr } = await ready();
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^not ready: token failed: not yet; jobs-list failed: not yet; jobs-watch failed: Cannot reach the token exchange/);
    down = false;
    await controller.started();
    assert.deepEqual(await ready(), READY);
    assert.equal(await controller.stop(), 0);
  });

  test("1 while lists fail, though the watch goes on", async () => {
    const { flag, ready } = await pages();
    const mood: { answer: (facts: RequestFacts) => Intercepted } = { answer: () => undefined };
    await using site = await Site.open({ onRequest: (facts) => mood.answer(facts) });
    const controller = site.start([flag, "--resync-interval=1s"]);
    await controller.started();
    mood.answer = ({ path, query }) => (path.endsWith("/jobs") && query.has("limit") ? refusal(500, "InternalError", "no lists") : undefined);
    await becomes(ready, notReady("jobs-list failed: Cannot list jobs in all namespaces: server answered 500 InternalError: no lists"));
    await controller.notified(site.createJob("meanwhile").uid);
    mood.answer = () => undefined;
    await becomes(ready, READY);
    assert.equal(await controller.stop(), 0);
  });

  test("1 while the watch cannot be opened", async () => {
    const { flag, ready } = await pages();
    const mood: { answer: (facts: RequestFacts) => Intercepted } = { answer: () => undefined };
    await using site = await Site.open({ onRequest: (facts) => mood.answer(facts) });
    const controller = site.start([flag, "--resync-interval=1s"]);
    await controller.started();
    mood.answer = ({ query }) => (query.has("watch") ? refusal(503, "ServiceUnavailable", "no watches") : undefined);
    site.devserver.closeWatches();
    await becomes(ready, notReady("jobs-watch failed: Cannot watch jobs in all namespaces: server answered 503 ServiceUnavailable: no watches"));
    mood.answer = () => undefined;
    await becomes(ready, READY);
    assert.equal(await controller.stop(), 0);
  });

  test("1 when nobody is there, or somebody else", async () => {
    const { ready, address } = await pages();
    const { code, stderr } = await ready();
    assert.equal(code, 1);
    const reason = `Cannot connect to ${address}: connection refused; check that the server is running and that host and port are right`;
    assert.equal(stderr, `unreachable: http://${address}/readyz: ${reason}; is job-controller running with this --health-probe-bind-address?\n`);
    await using other = await httpServer((_request, response) => void response.end("hello"));
    const wrong = await runBinary(["ready", `--health-probe-bind-address=127.0.0.1:${other.port}`]);
    const answered = `http://127.0.0.1:${other.port}/readyz answered 200`;
    assert.deepEqual(wrong, notReady(`${answered}, which is not the page of a job-controller; another program may hold the address`));
  });

  test("takes the address from the variable that run takes it from, whatever proxies there are", async () => {
    const { address } = await pages();
    const proxy = "http://127.0.0.1:9";
    const env = { JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS: `:${address.split(":")[1]}`, HTTP_PROXY: proxy, ALL_PROXY: proxy };
    await using site = await Site.open();
    const controller = site.launch([...site.credential, ...site.server], { env });
    await controller.started();
    assert.deepEqual(await runBinary(["ready"], { env }), READY);
    assert.equal(await controller.stop(), 0);
  });

  test("an address that names no port is a usage error", async () => {
    const { code, stdout, stderr } = await runBinary(["ready", "--health-probe-bind-address=0"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^Error: Cannot parse --health-probe-bind-address "0": expected host:port or :port\n/);
  });
});
