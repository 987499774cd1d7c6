// What reports are made of holds neither the credential nor a token, also where an exchange answers in its own way.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXCHANGE } from "../../src/verify/checks/exchange.ts";
import { RIGHTS } from "../../src/verify/checks/rights.ts";
import { tryChecks } from "./ground.ts";

const FAULTS = ["status-as:200->201", "status-as:401->200", "answer:data.token=Tell-no-one"].map((fault) => `${fault},server=exchange`);

describe("a report", () => {
  for (const fault of FAULTS) {
    test(`holds no secret with ${fault}`, async () => {
      const { results } = await tryChecks([...EXCHANGE, ...RIGHTS], { flip: { fault } });
      const kept = results.map(({ check, verdict, seen, evidence }) => ({ id: check.id, verdict, seen, evidence }));
      assert.ok(kept.some(({ verdict, evidence }) => verdict === "fail" && evidence.length > 0));
      const text = JSON.stringify(kept);
      assert.equal(text.includes("ProvisioningAdminToken"), false);
      assert.equal(text.includes("Tell-no-one"), false);
      assert.deepEqual(text.match(/eyJ[\w-]+/), null);
    });
  }
});
