// scripts/junit.ts on what Bun 1.4.5 and Deno 2.9.5 wrote for the same small files.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { judge, parseJunit } from "../../scripts/junit.ts";

const BUN = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="4" assertions="0" failures="1" skipped="1" time="0.01">
  <testsuite name="test/a.test.ts" file="test/a.test.ts" tests="4" failures="1" skipped="1">
    <testsuite name="outer" file="test/a.test.ts" line="3">
      <testsuite name="inner &lt;x&gt; &amp; &quot;q&quot;" file="test/a.test.ts" line="4">
        <testcase name="passes" classname="inner &lt;x&gt; &amp; &quot;q&quot; &gt; outer" time="0.0006" file="test/a.test.ts" line="5" assertions="0" />
        <testcase name="fails" classname="inner &lt;x&gt; &amp; &quot;q&quot; &gt; outer" time="0.0007" file="test/a.test.ts" line="6" assertions="0">
          <failure type="AssertionError" message="numbers&#10;differ]]&gt;">AssertionError: numbers&#10;differ]]&gt;&#10;</failure>
        </testcase>
        <testcase name="skips" classname="inner &lt;x&gt; &amp; &quot;q&quot; &gt; outer" time="0" file="test/a.test.ts" line="7">
          <skipped />
        </testcase>
      </testsuite>
    </testsuite>
    <testcase name="top" classname="" time="0.00001" file="test/a.test.ts" line="12" assertions="0" />
  </testsuite>
</testsuites>`;

const DENO = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="3" errors="0" time="0.1">
    <testsuite name="./test/a.test.ts" tests="2" disabled="0" errors="0" failures="1">
        <testcase name="outer" classname="./test/a.test.ts" time="0.006" line="3" col="1">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="top" classname="./test/a.test.ts" time="0.000" line="12" col="1">
        </testcase>
    </testsuite>
    <testsuite name="ext:deno_node/testing.ts" tests="4" disabled="1" errors="0" failures="2">
        <testcase name="outer &gt; inner &lt;x&gt;" classname="ext:deno_node/testing.ts" time="0.003" line="1" col="23191">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
        <testcase name="outer &gt; inner &lt;x&gt; &gt; passes" classname="ext:deno_node/testing.ts" time="0.000" line="1" col="1">
        </testcase>
        <testcase name="outer &gt; inner &lt;x&gt; &gt; fails" classname="ext:deno_node/testing.ts" time="0.001" line="1" col="1">
            <failure message="Uncaught AssertionError: numbers">AssertionError: numbers</failure>
        </testcase>
        <testcase name="outer &gt; inner &lt;x&gt; &gt; skips" classname="ext:deno_node/testing.ts" time="0.000" line="1" col="1">
            <skipped/>
        </testcase>
    </testsuite>
</testsuites>`;

describe("parseJunit()", () => {
  test("reads Bun's nesting from the outside in", () => {
    const report = parseJunit(BUN);
    assert.equal(report.passed, 2);
    assert.deepEqual(
      report.failures.map(({ name, file }) => [name, file]),
      [['outer > inner <x> & "q" > fails', "test/a.test.ts"]],
    );
    assert.equal(report.failures[0]?.text, "AssertionError: numbers\ndiffer]]>\n");
    assert.deepEqual(report.skipped, ['outer > inner <x> & "q" > skips']);
    assert.deepEqual(report.files, ["test/a.test.ts"]);
  });

  test("counts no describe() of Deno's as a test, and finds the file of its steps", () => {
    const report = parseJunit(DENO);
    assert.equal(report.passed, 2);
    assert.deepEqual(
      report.failures.map(({ name, file }) => [name, file]),
      [["outer > inner <x> > fails", "test/a.test.ts"]],
    );
    assert.deepEqual(report.skipped, ["outer > inner <x> > skips"]);
  });

  test("counts a describe() of Deno's whose own hook threw", () => {
    const hook = DENO.replaceAll(
      /<failure message="1 test step failed">[^<]*/g,
      '<failure message="Uncaught Error: hook">Error: hook',
    );
    assert.deepEqual(
      parseJunit(hook).failures.map(({ name }) => name),
      ["outer", "outer > inner <x>", "outer > inner <x> > fails"],
    );
  });
});

describe("judge()", () => {
  const green = BUN.replace(/<failure[\s\S]*?<\/failure>/, "");
  const files = ["test/a.test.ts"];

  test("passes what the report and the exit code agree on", () => {
    assert.equal(judge({ files, xml: green, code: 0, output: "" }).failed, 0);
  });

  test("fails a runner that left no report, even with exit code 0", () => {
    const verdict = judge({ files, xml: undefined, code: 0, output: "" });
    assert.equal(verdict.failed, 1);
    assert.match(verdict.failures[0] ?? "", /exited with 0 and left no report/);
  });

  test("fails a file that is not in the report", () => {
    const verdict = judge({ files: [...files, "test/b.test.ts"], xml: green, code: 0, output: "" });
    assert.deepEqual(verdict.failures, ["test/b.test.ts: reported no test"]);
    assert.deepEqual(verdict.files, ["test/b.test.ts"]);
  });

  test("fails an empty report", () => {
    assert.equal(judge({ files, xml: '<testsuites tests="0"></testsuites>', code: 0, output: "" }).failed, 1);
  });

  test("counts errors outside of tests, a file that did not load once", () => {
    const output = " 3 pass\n 1 fail\n 2 errors\nRan 4 tests across 2 files.";
    assert.equal(judge({ files, xml: BUN, code: 1, output }).failed, 3);
    assert.equal(judge({ files: [...files, "test/b.test.ts"], xml: BUN, code: 1, output }).failed, 3);
  });

  test("fails an exit code that nothing explains", () => {
    assert.deepEqual(judge({ files, xml: green, code: 139, output: "" }).failures, ["the runner exited with 139"]);
  });
});
