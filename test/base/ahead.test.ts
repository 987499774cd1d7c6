import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ahead } from "../../src/base/ahead.ts";

/** Counts to `last`, or throws `error` behind it, and writes down what it is asked for. */
function counting(last: number, steps: string[], error?: Error) {
  return (async function* () {
    try {
      for (let value = 1; value <= last; value++) {
        steps.push(`makes ${value}`);
        yield value;
      }
      if (error !== undefined) throw error;
    } finally {
      steps.push("over");
    }
  })();
}

describe("ahead()", () => {
  test("asks for each value while the one before it is worked on", async () => {
    const steps: string[] = [];
    for await (const value of ahead(counting(3, steps))) steps.push(`takes ${value}`);
    assert.deepEqual(steps, ["makes 1", "makes 2", "takes 1", "makes 3", "takes 2", "over", "takes 3"]);
  });

  test("tells of an error in its turn", async () => {
    const error = new Error("broken");
    const taken: number[] = [];
    await assert.rejects(
      async () => {
        for await (const value of ahead(counting(2, [], error))) {
          taken.push(value);
          await new Promise((resolve) => setImmediate(resolve));
        }
      },
      (thrown) => thrown === error,
    );
    assert.deepEqual(taken, [1, 2]);
  });

  test("ends its source when it is left early, also where that fails", async () => {
    for (const error of [undefined, new Error("broken")]) {
      const steps: string[] = [];
      for await (const value of ahead(counting(1, steps, error))) {
        assert.equal(value, 1);
        break;
      }
      assert.equal(steps.at(-1), "over");
    }
  });
});
