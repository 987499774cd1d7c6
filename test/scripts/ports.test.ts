// Ports that tests hand to programs before these listen on them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { closedPort, isFree } from "../../scripts/ports.ts";

describe("closedPort()", () => {
  test("gives each port once, whether or not the last one is in use already", async () => {
    const ports: number[] = [];
    while (ports.length < 1_000) ports.push(await closedPort());
    assert.equal(new Set(ports).size, 1_000);
    for (const port of ports) assert.ok(port >= 10_000 && port < 30_000, String(port));
    assert.equal(await isFree(ports[0] ?? 0), true);
  });
});
