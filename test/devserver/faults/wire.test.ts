import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { FAULTS } from "../../../src/devserver/behaviour/faults/table.ts";
import { startDevserver } from "../../support/devserver.ts";
import { WIRE, type WireRow } from "./wire.ts";

/** Deno's sockets close with FIN where RST was asked for. */
const SENDS_RST = !("Deno" in globalThis);

async function look({ look: see }: WireRow, faults: string[]): Promise<[seen: string, hits: number]> {
  await using server = await startDevserver({ era: "kubernetes", faults, faultSeed: 7 });
  const seen = await see(server);
  return [seen, server.faults.list().reduce((sum, { hits }) => sum + hits, 0)];
}

describe("on the wire", () => {
  for (const row of WIRE) {
    test(`${row.fault} is seen, and nothing without it`, async () => {
      const sees = SENDS_RST ? row.sees : (row.withoutRst ?? row.sees);
      assert.notEqual(sees, row.without);
      assert.equal((await look(row, []))[0], row.without);
      const [seen, hits] = await look(row, [row.fault]);
      assert.equal(seen, sees);
      // Cleared within the look, a fault is not listed any more.
      assert.ok(hits > 0 || row.sees.includes("cleared"), `${hits} hits`);
    });
  }

  test("every fault of the table is looked at", () => {
    const looked = new Set(WIRE.map(({ fault }) => fault.split(/[:,]/)[0]));
    assert.deepEqual(FAULTS.map(({ name }) => name).filter((name) => !looked.has(name)), []);
  });
});
