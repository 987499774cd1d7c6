import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertNoRuntimeOptions, dangerousVariables, EMBEDDED_EXEC_ARGV, isCompiled } from "../../src/runtime/hardening.ts";

describe("isCompiled()", () => {
  test("is true for an entry in the binary's own file system", () => {
    assert.equal(isCompiled("/$bunfs/root/job-controller"), true);
    assert.equal(isCompiled("B:\\~BUN\\root\\job-controller.exe"), true);
  });
  test("is false for a file", () => {
    assert.equal(isCompiled("/work/src/main.ts"), false);
    assert.equal(isCompiled(undefined), false);
  });
});

describe("EMBEDDED_EXEC_ARGV", () => {
  test("fills what a crash report of Bun shows of the command line", () => {
    assert.ok(EMBEDDED_EXEC_ARGV.join("").length >= 196);
  });
});

describe("assertNoRuntimeOptions()", () => {
  test("accepts the embedded options", () => assertNoRuntimeOptions([...EMBEDDED_EXEC_ARGV]));

  for (const extra of [["--smol"], ["--inspect", "--smol"], [...EMBEDDED_EXEC_ARGV]]) {
    test(`refuses ${extra.join(" ")} before them`, () => {
      assert.throws(() => assertNoRuntimeOptions([...extra, ...EMBEDDED_EXEC_ARGV]), {
        name: "ConfigError",
        message: `Cannot start with runtime option "${extra[0]}": expected none beside those built in; unset BUN_OPTIONS`,
      });
    });
  }

  test("refuses a binary that was built without them", () => {
    assert.throws(() => assertNoRuntimeOptions([]), {
      message: "Cannot start: this binary was built without its runtime options; build it with npm run build",
    });
  });
});

describe("dangerousVariables()", () => {
  test("is silent about an ordinary environment", () => {
    assert.deepEqual(dangerousVariables({ PATH: "/bin", NODE_TLS_REJECT_UNAUTHORIZED: "1", BUN_INSPECT: "" }), []);
  });
  test("names what is set and what it does", () => {
    assert.deepEqual(dangerousVariables({ NODE_TLS_REJECT_UNAUTHORIZED: "0", LD_PRELOAD: "/tmp/x.so" }), [
      "environment variable NODE_TLS_REJECT_UNAUTHORIZED is set: it has no effect here: use --tls-insecure",
      "environment variable LD_PRELOAD is set: it has code of others run in this process",
    ]);
  });
});
