// The settings of `verify`: what is read of flags and environment, and what is refused.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { messageOf } from "../../src/base/errors.ts";
import { verifyConfig } from "../../src/cli/verify-config.ts";

const TARGET = ["--provisioning-server-url=https://localhost:6446", "--bearer-token-file=token"];
const config = (...argv: string[]) => verifyConfig([...TARGET, ...argv], {});

describe("verifyConfig()", () => {
  test("verifies the certificate, and checks the standard profile in the namespace default", () => {
    const { profile, timeoutMs, failOn, reports, target, lock, baseline } = config();
    assert.deepEqual([profile, timeoutMs, failOn, reports, lock, baseline], ["standard", 300_000, "error", [], undefined, undefined]);
    assert.deepEqual([target?.tls.insecure, target?.namespace, target?.yes], [false, "default", false]);
  });
  test("takes ids and areas in any case, with commas or one by one", () => {
    const { focus, skip } = config("--focus=watch,List-001", "--focus=ADMIT", "--skip=limits");
    assert.deepEqual([focus, skip], [["WATCH", "LIST-001", "ADMIT"], ["LIMITS"]]);
  });
  test("gives smoke 10 s unless another time is named", () => {
    assert.equal(config("--profile=smoke").timeoutMs, 10_000);
    assert.equal(config("--profile=smoke", "--timeout=5m").timeoutMs, 300_000);
  });
  test("takes reports of every format, also from the environment", () => {
    assert.deepEqual(config("--report=json=a=b.json", "--report", "junit=c.xml", "--report=github").reports, [
      { format: "json", file: "a=b.json" }, { format: "junit", file: "c.xml" }, { format: "github", file: undefined },
    ]);
    assert.deepEqual(verifyConfig(TARGET, { JOB_CONTROLLER_VERIFY_REPORT: "tap=a.tap" }).reports, [{ format: "tap", file: "a.tap" }]);
  });
  test("needs no server to list", () => assert.equal(verifyConfig(["--list"], {}).target, undefined));
  test("refuses two reports in one place", () => {
    for (const [one, other] of [["json=-", "tap=-"], ["json=a", "junit=a"], ["github", "github"]]) {
      const message = `Cannot use --report "${other}": expected a place of its own for each report`;
      assert.throws(() => config(`--report=${one}`, `--report=${other}`), (error) => messageOf(error) === message);
    }
  });
  const rows: readonly [string, string][] = [
    ["--report=json", 'Cannot parse --report "json": expected json=FILE, junit=FILE, tap=FILE or github'],
    ["--report=json=", 'Cannot parse --report "json=": expected json=FILE, junit=FILE, tap=FILE or github'],
    ["--report=github=a", 'Cannot parse --report "github=a": expected json=FILE, junit=FILE, tap=FILE or github'],
    ["--report=sarif=a", 'Cannot parse --report "sarif=a": expected json=FILE, junit=FILE, tap=FILE or github'],
    ["--profile=quick", 'Cannot parse --profile "quick": expected one of smoke, standard, full'],
    ["--fail-on=warning", 'Cannot parse --fail-on "warning": expected one of never, fail, error, skip'],
    ["--timeout=10ms", 'Cannot use --timeout "10ms": expected at least 1s'],
  ];
  for (const [flag, message] of rows) {
    test(`refuses ${flag}`, () => assert.throws(() => config(flag), (error) => messageOf(error).startsWith(message)));
  }
});
