import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CANCEL_MS, cancelled, due, type Hold, holdUntil, leaderless, LINGER_MS, nextMs, orphaned, renewed, reported, TERM_MS } from "../../src/work/guard-state.ts";

const DEADLINE = 100_000;

/** Every signal with its time, as they come when nothing else happens; and the cause in the end. */
function played(start: Hold, nowMs = 0): [signals: string[], cause: string | undefined] {
  const signals: string[] = [];
  let hold = start;
  for (let at = nowMs; Number.isFinite(at); at = nextMs(hold)) {
    const step = due(hold, at);
    hold = step.hold;
    if (step.signal !== undefined) signals.push(`${step.signal} ${at}`);
  }
  return [signals, hold.cause];
}

describe("a group", () => {
  const held = holdUntil(DEADLINE);

  test("is killed when its lease is over, and not before", () => {
    assert.deepEqual(played(held), [["SIGKILL 100000"], "lease"]);
    assert.equal(due(held, DEADLINE - 1).signal, undefined);
    assert.equal(due(held, DEADLINE).signal, "SIGKILL");
  });

  test("lives on with a renewal, and dies at once of a lease that was lost", () => {
    assert.deepEqual(played(renewed(held, 2 * DEADLINE)), [["SIGKILL 200000"], "lease"]);
    assert.deepEqual(played(renewed(held, 0), 50), [["SIGKILL 50"], "lease"]);
  });

  test("has time for the word, then for SIGTERM, when it is cancelled", () => {
    assert.deepEqual(played(cancelled(held, 1_000), 1_000), [[`SIGTERM ${1_000 + CANCEL_MS}`, `SIGKILL ${1_000 + CANCEL_MS + TERM_MS}`], "cancel"]);
  });

  test("has no more time than its lease", () => {
    const late = cancelled(held, DEADLINE - CANCEL_MS - 1);
    assert.deepEqual(played(late, 0), [[`SIGTERM ${DEADLINE - 1}`, `SIGKILL ${DEADLINE}`], "cancel"]);
    assert.deepEqual(played(cancelled(held, DEADLINE - 1), DEADLINE - 1), [[`SIGKILL ${DEADLINE}`], "cancel"]);
  });

  test("may linger for a while after its result", () => {
    assert.deepEqual(played(reported(held, 0)), [[`SIGTERM ${LINGER_MS}`, `SIGKILL ${LINGER_MS + TERM_MS}`], "linger"]);
  });

  test("gets SIGTERM at once when nobody can renew", () => {
    assert.deepEqual(played(orphaned(held, 10), 10), [["SIGTERM 10", `SIGKILL ${10 + TERM_MS}`], "controller"]);
  });

  test("loses what its worker has left, for no fault of the worker", () => {
    assert.deepEqual(played(leaderless(held, 10), 10), [["SIGKILL 10"], undefined]);
    assert.deepEqual(played(leaderless(held, DEADLINE + 5), DEADLINE + 5), [["SIGKILL 100005"], undefined]);
  });

  test("is held to the earliest of several times, and to the first cause", () => {
    assert.deepEqual(played(orphaned(cancelled(held, 0), 500), 500), [["SIGTERM 500", `SIGKILL ${500 + TERM_MS}`], "cancel"]);
    assert.deepEqual(played(cancelled(reported(held, 0), 4_000), 4_000), [[`SIGTERM ${LINGER_MS}`, `SIGKILL ${LINGER_MS + TERM_MS}`], "linger"]);
  });

  test("gets each signal once", () => {
    const { hold } = due(due(cancelled(held, 0), CANCEL_MS).hold, CANCEL_MS);
    assert.equal(due(hold, CANCEL_MS).signal, undefined);
    const killed = due(hold, DEADLINE).hold;
    assert.equal(due(cancelled(renewed(killed, 3 * DEADLINE), DEADLINE), 4 * DEADLINE).signal, undefined);
    assert.equal(nextMs(killed), Infinity);
  });
});
