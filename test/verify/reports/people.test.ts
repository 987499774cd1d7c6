// What people read: the terminal's report word for word, and GitHub's annotations and summary within what GitHub takes.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { githubAnnotations, githubShield, githubSummary } from "../../../src/verify/reports/github.ts";
import { githubOutputs } from "../../../src/verify/reports/github-outputs.ts";
import { progressLine, terminalReport } from "../../../src/verify/reports/terminal.ts";
import { checkOf, HOSTILE, MIXED, reportOf, resultOf } from "./sample.ts";

const FINE = [resultOf("LIST-001", "pass", "", { breaks: { run: { then: "no", words: "w" }, drive: { then: "no", words: "w" } } })];
const MANY = Array.from({ length: 25 }, (_, index) => {
  return resultOf(`LIST-${String(index + 1).padStart(3, "0")}`, "fail", "x", { severity: index === 24 ? "danger" : "oddity" });
});

describe("terminalReport()", () => {
  test("says no, what fails with the worst first, what it breaks, and what is safe", () => {
    assert.deepEqual(terminalReport(MIXED).join("\n"), `\
No: 2 of 4 checks fail (1 accepted, 1 not decided, 1 skipped)

FAIL WRITE-001 (danger)  claim of WRITE-001
     seen:   two winners
     breaks: what breaks
     do:     what to do
     source: 6.2 Lists and paging

FAIL LIST-002 (oddity)  claim of LIST-002
     seen:   a "b" <c>&amp; ]]> | \`d\` 100% # TODO ::error::e ##[add-mask]f [31m\ud800 é 🙂\\
     breaks: what breaks
     do:     what to do
     source: 6.2 Lists and paging

Not decided:
  WATCH-001: no answer came

Accepted failures:
  WRITE-002  claim of WRITE-002: until 2027-01-31: known, see our list

Skipped:
  WATCH-002: no second token # SKIP

On this server:
  run: not known, nothing that it rests on was checked
  prune: not known, nothing that it rests on was checked
  drive: no, two workers can own one job
  history: not known, nothing that it rests on was checked

https://localhost:6446 (v12.4.0) v0alpha1, namespace scratch, profile standard, 4.5s`);
  });
  const firstLines: readonly [string, Parameters<typeof reportOf>, string][] = [
    ["all holds", [FINE], "Yes: the one check holds"],
    ["one of two fails", [[...FINE, resultOf("LIST-002", "fail")]], "No: 1 of 2 checks fails"],
    ["a failure is accepted", [[...FINE, resultOf("LIST-002", "fail", "", { accepted: { reason: "r" } })]], "Yes: 1 of 2 checks hold (1 accepted)"],
    ["something was not decided", [[...FINE, resultOf("LIST-002", "error")]], "Not known: 1 of 2 checks hold, and not all were decided (1 not decided)"],
    ["it was cut short", [FINE, { cut: "stopped by SIGTERM" }], "Not known: 1 of 1 checks hold, and not all were decided"],
    ["all were skipped", [[resultOf("LIST-001", "skip", "why")]], "Not known: nothing was checked (1 skipped)"],
    ["nothing has changed", [FINE, { changes: [] }], "Yes: nothing has changed since the lock, 1 of 1 checks hold"],
    ["something has changed", [FINE, { changes: ["a", "b"] }], "No: 2 things have changed since the lock"],
  ];
  for (const [what, report, line] of firstLines) test(`its first line where ${what}`, () => assert.equal(terminalReport(reportOf(...report))[0], line));

  test("says what is left behind, changed and noted", () => {
    const text = terminalReport(reportOf(FINE, { left: ["jobs/a"], changes: ["c"], notes: ["n"], cut: "stopped" })).join("\n");
    const parts = ["The run was cut short: stopped\n", "Left behind, delete it by hand:\n  jobs/a\n", "Changed since the lock:\n  c\n", "Notes:\n  n\n"];
    for (const part of parts) assert.ok(text.includes(part), part);
  });
});

describe("progressLine()", () => {
  const step = { check: checkOf("WATCH-001"), all: 12, done: 3, failed: 0 };
  test("is how far it is and what comes", () => assert.equal(progressLine(step), "3 of 12 checks, WATCH-001"));
  test("counts failures", () => assert.equal(progressLine({ ...step, failed: 2 }), "3 of 12 checks, 2 failed, WATCH-001"));
});

describe("githubAnnotations()", () => {
  test("are one command a line, the worst failure first", () => {
    const lines = githubAnnotations(MIXED);
    assert.deepEqual(lines.map((line) => /^::(\w+) title=([^:]*)::/.exec(line)?.slice(1)), [
      ["error", "WRITE-001 danger"], ["error", "LIST-002 oddity"], ["warning", "not decided%3A WATCH-001"], ["notice", "WRITE-002 accepted"],
    ]);
    assert.ok(lines.every((line) => !/[\r\n]/.test(line)));
    assert.ok(lines[1]?.includes("100%25 # TODO ::error::e"));
  });
  test("are at most ten of a kind, the last one counts the others", () => {
    const lines = githubAnnotations(reportOf(MANY));
    assert.equal(lines.length, 10);
    assert.ok(lines[0]?.startsWith("::error title=LIST-025 danger::"));
    assert.equal(lines[9], "::error title=verify::16 more in the summary");
    assert.equal(githubAnnotations(reportOf(MANY.slice(0, 10))).length, 10);
  });
  test("say first that it was cut short, and once why some were not decided", () => {
    const undecided = ["LIST-001", "LIST-002"].map((id) => resultOf(id as "LIST-001", "error", "not tried: stopped"));
    assert.deepEqual(githubAnnotations(reportOf(undecided, { cut: "stopped" })), [
      "::error title=cut short::stopped", "::warning title=not decided%3A LIST-001 LIST-002::not tried: stopped",
    ]);
  });
  test("escape what would end a property", () => {
    const [line] = githubAnnotations(reportOf(FINE, { left: [HOSTILE], changes: ["a: b, c%"] }));
    assert.equal(line, "::error title=changed since the lock::a: b, c%25");
  });
});

describe("githubSummary()", () => {
  test("has a row for each check, failures first, with nothing that is Markdown or HTML", () => {
    const rows = githubSummary(MIXED).split("\n").filter((line) => /^\| [A-Z]+-/.test(line));
    assert.deepEqual(rows.map((row) => row.split(" ")[1]), ["WRITE-001", "LIST-002", "LIST-001", "WATCH-001", "WATCH-002", "WRITE-002"]);
    assert.ok(rows[1]?.endsWith('| a "b" &lt;c>&amp;amp; \\]\\]> \\| \\`d\\` 100% # TODO ::error::e ##\\[add-mask\\]f \\[31m\ud800 é 🙂\\\\ |'), rows.join("\n"));
  });
  test("fits into 1 MiB whatever there is to say, and counts the rest", () => {
    const summary = githubSummary(reportOf(Array.from({ length: 2_000 }, () => resultOf("LIST-001", "fail", "é".repeat(1_000)))));
    assert.ok(new TextEncoder().encode(summary).length <= 2 ** 20);
    assert.match(summary, /^\d+ more did not fit$/m);
  });
});

describe("githubOutputs()", () => {
  test("are the answer, its numbers and the files of the reports, one a line", () => {
    const outputs = githubOutputs(MIXED, { exitCode: 1, reason: "2 of 4\nchecks=0 fail" }, { junit: "out/verify.xml" });
    assert.deepEqual(outputs.split("\n"), [
      "answer=no", "exit-code=1", "reason=2 of 4 checks=0 fail", "checks=6", "passed=1", "failed=2", "accepted=1", "undecided=1", "skipped=1", "junit=out/verify.xml", "",
    ]);
  });
});

describe("githubShield()", () => {
  test("stops commands, and lets them go on", () => assert.deepEqual(githubShield("t"), { before: "::stop-commands::t", after: "::t::" }));
});
