import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError, NetworkError, ProtocolError } from "../../../src/base/errors.ts";
import { type FaultOrder, orderFault } from "../../../src/devserver/command/fault.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { detectHost } from "../../../src/runtime/detect.ts";
import { createTransport } from "../../../src/runtime/transport.ts";
import { startDevserver } from "../../support/devserver.ts";

const transport = createTransport({ host: await detectHost(), tls: { insecure: false }, clock: systemClock, env: {} });

function order(adminUrl: string | undefined, command: FaultOrder["command"], argument?: string): Promise<string[]> {
  return orderFault({ command, adminUrl: adminUrl ?? "", argument }, transport.fetch, new AbortController().signal);
}

describe("orderFault()", () => {
  test("adds, lists and clears", async () => {
    await using server = await startDevserver({ adminAddress: "127.0.0.1:0", faultSeed: 4 });
    const url = server.adminUrl;
    assert.deepEqual(await order(url, "dev fault list"), ["no faults"]);
    assert.deepEqual(await order(url, "dev fault add", "cut:rst,lines=3"), ["fault 1 added: cut:rst,lines=3"]);
    assert.deepEqual(await order(url, "dev fault add", "status:503,count=2,verb=list"), ["fault 2 added: status:503,count=2,verb=list"]);
    await server.call("GET", "jobs");
    assert.deepEqual(await order(url, "dev fault list"), [
      "ID  HITS  FAULT",
      "1   0     cut:rst,lines=3",
      "2   1     status:503,count=2,verb=list",
      "seed 4",
    ]);
    assert.deepEqual(await order(url, "dev fault clear", "2"), ["1 fault cleared"]);
    assert.deepEqual(await order(url, "dev fault clear"), ["1 fault cleared"]);
    assert.deepEqual(await order(url, "dev fault clear"), ["0 faults cleared"]);
  });

  test("gives the server's words when it refuses", async () => {
    await using server = await startDevserver({ adminAddress: "127.0.0.1:0" });
    await assert.rejects(order(server.adminUrl, "dev fault add", "lse"), (error) =>
      error instanceof ConfigError && error.message === 'Cannot use fault "lse": there is no "lse"; did you mean "lose"? dev --list-faults shows them');
    await assert.rejects(order(server.adminUrl, "dev fault clear", "a/b"), { message: 'Cannot clear fault "a/b": there is none of that id; dev fault list (GET /faults) shows them' });
  });

  test("tells a server that is no such one, and none at all", async () => {
    await using server = await startDevserver({ onRequest: () => ({ status: 200, body: "<html>" }) });
    await assert.rejects(order(new URL(server.exchangeUrl).origin, "dev fault list"), ProtocolError);
    await using other = await startDevserver();
    const url = new URL(other.exchangeUrl).origin;
    await assert.rejects(order(url, "dev fault list"), {
      message: `Cannot use ${url}/faults: it answered 404; is that the --admin-address of job-controller dev?`,
    });
    const { exchangeUrl } = server;
    await server.close();
    await assert.rejects(order(new URL(exchangeUrl).origin, "dev fault list"), NetworkError);
  });
});
