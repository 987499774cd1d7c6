import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import { send, startDevserver, type TestDevserver } from "../../support/devserver.ts";

async function ask(server: TestDevserver, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<[number, unknown]> {
  const reply = await send(method, `${server.adminUrl}${path}`, body, { headers });
  return [reply.status, reply.json];
}

const start = () => startDevserver({ adminAddress: "localhost:0", faultSeed: 4 });

describe("the admin address", () => {
  test("adds, lists and clears faults", async () => {
    await using server = await start();
    assert.deepEqual(await ask(server, "GET", "/faults"), [200, { seed: 4, faults: [] }]);
    assert.deepEqual(await ask(server, "POST", "/faults", { fault: "status:503,verb=list" }), [201, { id: "1", fault: "status:503,verb=list", hits: 0 }]);
    assert.equal((await server.call("GET", "jobs")).status, 503);
    assert.deepEqual(await ask(server, "GET", "/faults"), [200, { seed: 4, faults: [{ id: "1", fault: "status:503,verb=list", hits: 1 }] }]);
    assert.deepEqual(await ask(server, "DELETE", "/faults/2"), [404, { error: 'Cannot clear fault "2": there is none of that id; dev fault list (GET /faults) shows them' }]);
    assert.deepEqual(await ask(server, "DELETE", "/faults/1"), [200, { cleared: 1 }]);
    assert.deepEqual(await ask(server, "DELETE", "/faults"), [200, { cleared: 0 }]);
    assert.equal((await server.call("GET", "jobs")).status, 200);
  });

  test("tells what the server is, what it holds and how it behaves now", async () => {
    await using server = await start();
    const state = async () => (await ask(server, "GET", "/state"))[1] as Record<string, unknown>;
    const before = await state();
    assert.deepEqual([before["era"], before["apiUrl"], before["exchangeUrl"], before["watches"]], ["2026-09", server.apiUrl, server.exchangeUrl, 0]);
    assert.deepEqual(before["objects"], { jobs: 0, historicjobs: 0, repositories: 1 });
    assert.equal((before["behaviour"] as Record<string, string>)["page-size"], "500");
    await ask(server, "POST", "/faults", { fault: "set:page-size=3" });
    assert.equal(((await state())["behaviour"] as Record<string, string>)["page-size"], "3");
  });

  test("says what it does not understand", async () => {
    await using server = await start();
    assert.deepEqual(await ask(server, "POST", "/faults", { fault: "ct:rst" }), [
      400, { error: 'Cannot use fault "ct:rst": there is no "ct"; did you mean "cut"? dev --list-faults shows them' },
    ]);
    assert.deepEqual(await ask(server, "POST", "/faults", { falt: "cut" }), [400, { error: 'Cannot add a fault: expected {"fault": "<name>:<arguments>"}' }]);
    assert.equal((await ask(server, "POST", "/faults", "{"))[0], 400);
    assert.deepEqual(await ask(server, "POST", "/faults", "x", { "content-type": "text/plain" }), [415, { error: "expected Content-Type: application/json" }]);
    assert.deepEqual(await ask(server, "PUT", "/faults", {}), [405, { error: "expected GET or POST or DELETE" }]);
    assert.equal((await ask(server, "GET", "/nothing"))[0], 404);
    assert.equal((await ask(server, "GET", "/faults/%zz"))[0], 405);
  });

  test("takes no orders from web pages", async () => {
    await using server = await start();
    for (const headers of [{ origin: "http://localhost:3000" }, { origin: "null" }, { host: "attacker.example.com" }, { host: "127.0.0.1.example.com:80" }] as Record<string, string>[]) {
      for (const [method, path] of [["GET", "/faults"], ["POST", "/faults"], ["DELETE", "/faults"]] as const) {
        assert.equal((await ask(server, method, path, method === "POST" ? { fault: "lose" } : undefined, headers))[0], 403);
      }
    }
    for (const host of ["localhost", "127.0.0.1:1", "127.1.2.3", "[::1]:7"]) assert.equal((await ask(server, "GET", "/faults", undefined, { host }))[0], 200);
    assert.deepEqual(server.faults.list(), []);
  });

  test("is on loopback or nowhere", async () => {
    await assert.rejects(startDevserver({ adminAddress: "0.0.0.0:0" }), (error) =>
      error instanceof ConfigError && /^Cannot take orders on "0\.0\.0\.0:0": expected a loopback address/.test(error.message));
    await assert.rejects(startDevserver({ adminAddress: "example.com:1" }), ConfigError);
    await using server = await startDevserver();
    assert.equal(server.adminUrl, undefined);
  });

  test("obeys no fault itself", async () => {
    await using server = await start();
    await server.faults.add("status:503");
    await server.faults.add("status:503,server=exchange");
    assert.equal((await ask(server, "GET", "/faults"))[0], 200);
  });
});
