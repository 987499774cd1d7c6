import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NetworkError, TokenError } from "../../src/base/errors.ts";
import { isStarting } from "../../src/kube/starting.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type Answer, ScriptedFetch } from "../support/scripted-fetch.ts";

const says = (status: number) => new Response(status === 200 ? "ok" : "not ok", { status });

function ask(...answers: Answer[]) {
  const clock = new ManualClock();
  const script = new ScriptedFetch(...answers);
  const stop = new AbortController();
  const answer = isStarting({ server: "https://api/base", fetch: script.fetch, clock }, stop.signal);
  return { clock, script, stop, answer };
}

describe("isStarting()", () => {
  for (const [what, answer, starting] of [
    ["200", says(200), false],
    ["404, as of a server without such a page", says(404), false],
    ["302, as of a page for people", says(302), false],
    ["500", says(500), true],
    ["no answer", new NetworkError("refused", "refused"), true],
    ["no token", new TokenError("m"), false],
  ] as const) {
    test(`${what} is ${starting ? "that" : "not that"} of a server that starts, and asked for once`, async () => {
      const { script, answer: found } = ask(answer);
      assert.equal(await found, starting);
      assert.deepEqual(script.requests.map(({ url }) => url), ["https://api/base/readyz"]);
    });
  }

  for (const status of [200, 500]) {
    test(`403 is asked about until it is ${status}: then it was starting`, async () => {
      const { clock, script, answer } = ask(says(403), says(403), says(status));
      await clock.advance(400);
      assert.equal(await answer, true);
      assert.equal(script.left, 0);
    });
  }

  test("403 that stays tells nothing, after three seconds", async () => {
    const { clock, script, answer } = ask(...Array.from({ length: 100 }, () => says(403)));
    await clock.advance(3_000);
    assert.equal(await answer, false);
    assert.equal(script.requests.length, 16);
  });

  test("ends with its signal", async () => {
    const { stop, answer } = ask(says(403));
    stop.abort(new Error("stopped"));
    await assert.rejects(answer, /stopped/);
  });
});
