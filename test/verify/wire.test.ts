// How requests of checks go out, and what is kept of them.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Refuted } from "../../src/verify/check.ts";
import { Wire } from "../../src/verify/wire.ts";
import type { Exchange } from "../../src/verify/wire.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type Answer, ScriptedFetch } from "../support/scripted-fetch.ts";

const throttled = (seconds?: string) => new Response("wait", { status: 429, headers: seconds === undefined ? {} : { "retry-after": seconds } });

function ground(...answers: Answer[]) {
  const clock = new ManualClock();
  const script = new ScriptedFetch(...answers);
  const evidence: Exchange[] = [];
  const { signal } = new AbortController();
  const clean = (text: string) => text.replaceAll("Tell-no-one", "***");
  const wire = new Wire({ fetch: script.fetch, clock, server: "https://server", signal, clean, patienceMs: 1_000, evidence });
  return { clock, script, wire, evidence };
}

describe("Wire", () => {
  test("a 429 that says when is waited for, and each try is kept", async () => {
    const { clock, script, wire, evidence } = ground(throttled("2"), throttled("0"), Response.json({ kind: "JobList" }));
    const reply = wire.request("GET", "/jobs");
    await clock.sleeping(1);
    assert.equal(script.requests.length, 1);
    await clock.advance(2_000);
    assert.equal((await reply).status, 200);
    assert.deepEqual(evidence.map(({ answer, headers }) => [answer, headers["retry-after"]]), [["429", "2"], ["429", "0"], ["200", undefined]]);
  });

  test("a 429 that says nothing is the answer", async () => {
    const { wire, script } = ground(throttled());
    assert.equal((await wire.request("GET", "/jobs")).status, 429);
    assert.equal(script.requests.length, 1);
  });

  test("a server that throttles for ever is asked eleven times", async () => {
    const { wire, script } = ground(...Array.from({ length: 11 }, () => throttled("0")));
    assert.equal((await wire.request("GET", "/jobs")).status, 429);
    assert.equal(script.requests.length, 11);
  });

  test("a long pause is cut to three seconds", async () => {
    const { clock, wire } = ground(throttled("3600"), Response.json({}));
    const reply = wire.request("GET", "/jobs");
    await clock.sleeping(1);
    await clock.advance(3_000);
    assert.equal((await reply).status, 200);
  });

  test("the body is sent again", async () => {
    const { wire, script } = ground(throttled("0"), new Response("{}", { status: 201 }));
    await wire.request("POST", "/jobs", { kind: "Job" });
    assert.deepEqual(script.requests.map(({ body }) => body), ['{"kind":"Job"}', '{"kind":"Job"}']);
  });

  test("a body is parsed once, and what is no JSON refutes each time", async () => {
    const { wire } = ground(Response.json({ kind: "JobList" }), new Response("<html>"));
    const list = await wire.request("GET", "/jobs");
    assert.equal(list.json, list.json);
    const page = await wire.request("GET", "/jobs");
    for (const _ of [1, 2]) assert.throws(() => page.json, Refuted);
  });

  test("what is kept is cleaned", async () => {
    const { wire, evidence } = ground(new Response("Tell-no-one"));
    await wire.request("POST", "/jobs?a=Tell-no-one", "Tell-no-one");
    assert.equal(JSON.stringify(evidence).includes("Tell-no-one"), false);
    assert.equal(evidence[0]?.body, "***");
  });
});
