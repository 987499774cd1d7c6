import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seeded } from "../../../src/base/random.ts";
import { Filter } from "../../../src/devserver/behaviour/faults/gate.ts";
import { parseFault } from "../../../src/devserver/behaviour/faults/parse.ts";
import { sceneOf } from "../../../src/devserver/behaviour/faults/scene.ts";
import { FAULTS } from "../../../src/devserver/behaviour/faults/table.ts";
import type { Call } from "../../../src/devserver/wire/call.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const clock = new ManualClock();
const filter = (text: string, seed = 1) => new Filter(text, parseFault(FAULTS, text).when, clock, seeded(seed));
const strikes = (gate: Filter, count: number) => Array.from({ length: count }, () => Number(gate.strikes())).join("");
const scene = (method: string, target: string, server: "api" | "exchange" = "api") => {
  const [path = "", query = ""] = target.split("?");
  return sceneOf(server, { method, path, query: new URLSearchParams(query) } as Call);
};
const API = "/apis/provisioning.grafana.app/v0alpha1";

describe("Filter", () => {
  test("takes every opportunity, counts them and names itself", () => {
    const gate = filter("lose");
    const one = scene("GET", `${API}/jobs`);
    assert.equal(gate.strikes(one), true);
    assert.equal(strikes(gate, 3), "111");
    assert.equal(gate.hits, 4);
    assert.deepEqual([...one.took], ["lose"]);
  });

  test("stops at its count, spares the first, and does both", () => {
    assert.equal(strikes(filter("lose,count=2"), 4), "1100");
    assert.equal(strikes(filter("lose,after=2"), 4), "0011");
    assert.equal(strikes(filter("lose,after=1,count=1"), 4), "0100");
  });

  test("begins after a time", async () => {
    const gate = filter("lose,after=5s");
    assert.equal(strikes(gate, 2), "00");
    await clock.advance(5_000);
    assert.equal(strikes(gate, 2), "11");
  });

  test("takes its share, the same opportunities for the same seed", () => {
    const course = strikes(filter("lose,share=10%", 7), 1_000);
    const hits = course.split("1").length - 1;
    assert.ok(hits > 70 && hits < 130, String(hits));
    assert.equal(strikes(filter("lose,share=10%", 7), 1_000), course);
    assert.notEqual(strikes(filter("lose,share=10%", 8), 1_000), course);
    assert.equal(strikes(filter("lose,share=off"), 3), "000");
  });

  test("takes nothing once it is cleared", () => {
    const gate = filter("lose");
    gate.clear();
    assert.equal(strikes(gate, 2), "00");
    assert.equal(gate.signal.aborted, true);
  });

  for (const [fault, matches, passes] of [
    ["lose", scene("GET", `${API}/jobs`), scene("POST", "/sign/access-token", "exchange")],
    ["lose,server=exchange", scene("POST", "/sign/access-token", "exchange"), scene("GET", `${API}/jobs`)],
    ["lose,method=put", scene("PUT", `${API}/jobs`), scene("POST", `${API}/jobs`)],
    ["lose,verb=watch", scene("GET", `${API}/jobs?watch=1`), scene("GET", `${API}/jobs?watch=false`)],
    ["lose,verb=list", scene("GET", `${API}/namespaces/a/jobs`), scene("GET", `${API}/namespaces/a/jobs/x`)],
    ["lose,verb=get", scene("GET", `${API}/namespaces/a/jobs/x`), scene("GET", `${API}/jobs`)],
    ["lose,verb=create", scene("POST", `${API}/namespaces/a/jobs`), scene("PUT", `${API}/namespaces/a/jobs/x`)],
    ["lose,verb=patch", scene("PATCH", `${API}/namespaces/a/jobs/x`), scene("PUT", `${API}/namespaces/a/jobs/x`)],
    ["lose,verb=delete", scene("DELETE", `${API}/namespaces/a/jobs/x`), scene("DELETE", `${API}/namespaces/a/jobs`)],
    ["lose,verb=deletecollection", scene("DELETE", `${API}/namespaces/a/jobs`), scene("DELETE", `${API}/namespaces/a/jobs/x`)],
    ["lose,resource=jobs", scene("GET", `${API}/namespaces/a/jobs/x`), scene("GET", `${API}/namespaces/jobs/repositories/jobs`)],
    ["lose,path=limit=1", scene("GET", `${API}/jobs?limit=1`), scene("GET", `${API}/jobs`)],
    ["lose,path=/jobs$/", scene("GET", `${API}/jobs`), scene("GET", `${API}/jobs?limit=1`)],
  ] as const) {
    test(`${fault} is about ${matches.method} ${matches.target}, not ${passes.method} ${passes.target}`, () => {
      assert.equal(filter(fault).matches(matches), true);
      assert.equal(filter(fault).matches(passes), false);
    });
  }
});
