import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Ending, Report } from "../../src/work/outcome.ts";
import { outcomeOf } from "../../src/work/outcome.ts";
import type { ReportedResult } from "../../src/work/protocol.ts";

const NONE: Report = { kind: "none", plain: true };
const SPOKE: Report = { kind: "none", plain: false };
const BAD: Report = { kind: "bad", why: "why" };

function given(state: ReportedResult["state"]): Report {
  return { kind: "given", result: { state, message: "m", errors: [], warnings: [] } };
}

function ended(facts: Partial<Ending & { kind: "ended" }>): Ending {
  return { kind: "ended", signalled: false, survivors: false, ...facts };
}

/** `success`, `error: message`, `aborted: reason`. */
function word(ending: Ending, report: Report): string {
  const result = outcomeOf(ending, report, "the reason");
  if (result.kind === "aborted") return `aborted: ${result.reason}${result.survivors ? " (survivors)" : ""}`;
  return result.message === undefined ? result.state : `${result.state}: ${result.message}`;
}

describe("outcomeOf()", () => {
  for (const [what, ending, report, expected] of [
    ["no report, 0", { code: 0 }, NONE, "success"],
    ["no report, 7", { code: 7 }, NONE, "error: worker exited with code 7"],
    ["a crash", { signal: "SIGSEGV" }, NONE, "error: worker was ended by SIGSEGV"],
    ["a kill by others", { signal: "SIGKILL" }, NONE, "error: worker was ended by SIGKILL, perhaps for want of memory"],
    ["a stop by others", { signal: "SIGTERM" }, NONE, "aborted: worker was stopped from outside by SIGTERM"],
    ["a stop by others behind the result", { signal: "SIGTERM" }, given("success"), "success: m"],
    ["a bad report, 0", { code: 0 }, BAD, "error: worker gave a result that cannot be read: why"],
    ["success, 0", { code: 0 }, given("success"), "success: m"],
    ["success, 7", { code: 7 }, given("success"), "error: worker reported success, but exited with code 7"],
    ["success, a crash", { signal: "SIGSEGV" }, given("success"), "error: worker reported success, but was ended by SIGSEGV"],
    ["warning, 7", { code: 7 }, given("warning"), "warning: m"],
    ["error, 0", { code: 0 }, given("error"), "error: m"],
    ["success, made to end", { cause: "linger", signalled: true, signal: "SIGTERM" }, given("success"), "success: m"],
    ["success, made to end with a code", { cause: "linger", signalled: true, code: 143 }, given("success"), "success: m"],
    ["success, ends by itself with a code", { cause: "linger", code: 7 }, given("success"), "error: worker reported success, but exited with code 7"],
    ["cancel, 0", { cause: "cancel", code: 0 }, NONE, "success"],
    ["cancel, 0, without the result that it could have given", { cause: "cancel", code: 0 }, SPOKE, "aborted: the reason"],
    ["cancel, 0, behind a signal", { cause: "cancel", code: 0, signalled: true }, NONE, "aborted: the reason"],
    ["cancel, 7", { cause: "cancel", code: 7 }, NONE, "aborted: the reason"],
    ["cancel, a crash", { cause: "cancel", signal: "SIGSEGV" }, NONE, "aborted: the reason"],
    ["we end, 0", { cause: "controller", code: 0 }, NONE, "success"],
    ["cancel, killed", { cause: "cancel", signalled: true, signal: "SIGKILL" }, NONE, "aborted: the reason"],
    ["cancel, but done", { cause: "cancel", code: 0 }, given("success"), "success: m"],
    ["cancel, but done with warnings", { cause: "cancel", code: 1 }, given("warning"), "warning: m"],
    ["cancel, and an error because of it", { cause: "cancel", code: 1 }, given("error"), "aborted: the reason"],
    ["cancel, a bad report", { cause: "cancel", code: 0 }, BAD, "aborted: the reason"],
    ["lease over", { cause: "lease", signalled: true, signal: "SIGKILL" }, NONE, "aborted: the lease ended before the work did"],
    ["never begun", { cause: "lease" }, NONE, "aborted: the lease ended before the work did"],
    ["we end", { cause: "controller", signalled: true, signal: "SIGTERM" }, NONE, "aborted: the program is ending"],
    ["nothing ended it", { cause: "linger", signalled: true, survivors: true }, given("success"), "aborted: processes of the worker cannot be ended (survivors)"],
    ["it left what cannot be ended", { code: 0, survivors: true }, NONE, "aborted: processes of the worker cannot be ended (survivors)"],
  ] as const) {
    test(`${what}: ${expected}`, () => assert.equal(word(ended(ending), report), expected));
  }

  test("a start that may go well another time is no failure of the job", () => {
    assert.equal(word({ kind: "unstarted", message: "EAGAIN", transient: true }, NONE), "aborted: EAGAIN");
    assert.equal(word({ kind: "unstarted", message: "ENOENT", transient: false }, NONE), "error: ENOENT");
  });
});
