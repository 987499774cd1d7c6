import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { runTasks, someAtOnce } from "../../src/base/tasks.ts";
import { settle } from "../support/manual-clock.ts";

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

describe("runTasks()", () => {
  test("resolves once every task has ended after the abort", async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const running = runTasks(stop.signal, [
      async (signal) => {
        await untilAborted(signal).catch(() => undefined);
        await settle();
        ended.push("slow");
      },
      async (signal) => {
        await untilAborted(signal).finally(() => ended.push("quick"));
      },
    ]);
    stop.abort(new Error("stop"));
    await running;
    assert.deepEqual(ended, ["quick", "slow"]);
  });

  test("lets the others go on when a task ends by itself", async () => {
    const stop = new AbortController();
    let over = false;
    const running = runTasks(stop.signal, [async () => undefined, untilAborted]).then(() => {
      over = true;
    });
    await settle();
    assert.equal(over, false);
    stop.abort();
    await running;
  });

  test("stops the others at the first failure, waits for them and rejects with it", async () => {
    const stop = new AbortController();
    const ended: string[] = [];
    const running = runTasks(stop.signal, [
      async () => {
        await settle();
        throw new Error("first");
      },
      async (signal) => {
        await untilAborted(signal).catch(() => undefined);
        await settle();
        ended.push("other");
        throw new Error("second");
      },
    ]);
    await assert.rejects(running, /first/);
    assert.deepEqual(ended, ["other"]);
    assert.equal(stop.signal.aborted, false);
  });

  test("takes a failure during the end for a failure", async () => {
    const stop = new AbortController();
    const running = runTasks(stop.signal, [
      async (signal) => {
        await untilAborted(signal).catch(() => undefined);
        throw new Error("cannot end");
      },
    ]);
    stop.abort();
    await assert.rejects(running, /cannot end/);
  });

  test("takes an error thrown before the first await for a failure", async () => {
    await assert.rejects(
      runTasks(new AbortController().signal, [
        () => {
          throw new Error("at once");
        },
        untilAborted,
      ]),
      /at once/,
    );
  });

  test("hands on a signal that was aborted before the start", async () => {
    let seen: unknown;
    await runTasks(AbortSignal.abort("early"), [
      async (signal) => {
        seen = signal.reason;
        signal.throwIfAborted();
      },
    ]);
    assert.equal(seen, "early");
  });
});

describe("someAtOnce()", () => {
  test("gives results in order, whichever ends first, with no more under way than asked for", async () => {
    let under = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const all = someAtOnce(["a", "b", "c"], 2, async (word) => {
      most = Math.max(most, ++under);
      await new Promise<void>((resolve) => ends.push(resolve));
      under--;
      return word.toUpperCase();
    });
    for (const next of [1, 0, 2]) {
      while (ends[next] === undefined) await Promise.resolve();
      ends[next]();
    }
    assert.deepEqual([await all, most], [["A", "B", "C"], 2]);
    assert.deepEqual(await someAtOnce([], 2, () => Promise.reject(new Error("nobody is called"))), []);
  });

  test("rejects with the first that does", async () => {
    await assert.rejects(someAtOnce([1, 2, 3], 2, (number) => (number === 2 ? Promise.reject(new RangeError("two")) : Promise.resolve(number))), /two/);
  });
});
