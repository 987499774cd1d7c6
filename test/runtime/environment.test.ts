import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readableEnvironment } from "../../src/runtime/environment.ts";

/** As Deno behaves: only `granted` may be read, nothing may be listed. */
function guarded(granted: Record<string, string>): Record<string, string | undefined> {
  const refuse = () => {
    throw new Error("NotCapable");
  };
  return new Proxy(granted, {
    get: (target, name) => (Object.hasOwn(target, name) ? target[String(name)] : refuse()),
    ownKeys: refuse,
  });
}

describe("readableEnvironment()", () => {
  test("is the environment itself where all of it may be read", () => {
    const env = { A: "1" };
    assert.equal(readableEnvironment(env), env);
  });

  test("shows what was granted, and the rest as unset", () => {
    const env = readableEnvironment(guarded({ A: "1" }));
    assert.deepEqual([env["A"], env["B"], Object.entries(env)], ["1", undefined, []]);
  });
});
