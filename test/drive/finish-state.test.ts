import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { deleteTarget, type FinishInput, finishStart, type FinishState, finishStep, lookOf } from "../../src/drive/finish-state.ts";
import type { JobView } from "../../src/drive/job-view.ts";

const SEED = 20260301;

const at = (step: "record" | "check" | "delete" | "look", tries = 0): FinishState => ({ step, tries });
const kept = (why: (FinishState & { step: "kept" })["why"]): FinishState => ({ step: "kept", why });
const DONE: FinishState = { step: "done" };

describe("finishStart()", () => {
  test("writes the status first", () => assert.deepEqual(finishStart({ written: false, recordWanted: true }), { step: "status" }));
  test("goes on with the record where the status is written", () => assert.deepEqual(finishStart({ written: true, recordWanted: true }), at("record")));
  test("only deletes where no record is wanted", () => assert.deepEqual(finishStart({ written: true, recordWanted: false }), at("delete")));
});

const ROWS: [from: FinishState, input: FinishInput, to: FinishState][] = [
  [{ step: "status" }, { step: "status", answer: "written" }, at("record")],
  [{ step: "status" }, { step: "status", answer: "refused" }, kept("refused")],
  [at("record"), { step: "record", answer: "created" }, at("delete")],
  [at("record"), { step: "record", answer: "exists" }, at("check", 1)],
  [at("record"), { step: "record", answer: "unknown" }, at("check", 1)],
  [at("record"), { step: "record", answer: "absent" }, { step: "log" }],
  [at("record"), { step: "record", answer: "forbidden" }, kept("forbidden")],
  [at("record"), { step: "record", answer: "refused" }, kept("refused")],
  [at("check", 1), { step: "check", answer: "same" }, at("delete")],
  [at("check", 1), { step: "check", answer: "missing" }, at("record", 2)],
  [at("check", 1), { step: "check", answer: "unknown" }, at("check", 2)],
  [at("check", 1), { step: "check", answer: "other" }, kept("other-record")],
  [at("check", 1), { step: "check", answer: "forbidden" }, kept("forbidden")],
  [at("delete"), { step: "delete", answer: "forbidden" }, kept("forbidden")],
  [{ step: "log" }, { step: "log", answer: "logged" }, at("delete")],
  [at("delete"), { step: "delete", answer: "deleted" }, DONE],
  [at("delete"), { step: "delete", answer: "gone" }, DONE],
  [at("delete"), { step: "delete", answer: "conflict" }, at("look", 1)],
  [at("delete"), { step: "delete", answer: "unknown" }, at("look", 1)],
  [at("look", 1), { step: "look", answer: "gone" }, DONE],
  [at("look", 1), { step: "look", answer: "replaced" }, DONE],
  [at("look", 1), { step: "look", answer: "ours" }, at("delete", 2)],
  [at("look", 1), { step: "look", answer: "unknown" }, at("look", 2)],
  [at("look", 1), { step: "look", answer: "changed" }, kept("changed")],
];

describe("finishStep()", () => {
  for (const [from, input, to] of ROWS) {
    const answer = "answer" in input ? input.answer : "";
    test(`${from.step}, ${answer}: ${JSON.stringify(to)}`, () => assert.deepEqual(finishStep(from, input), to));
    test(`${from.step}: kept once the lease is lost`, () => assert.deepEqual(finishStep(from, { step: "lost" }), kept("lost")));
  }

  test("takes no answer to another step", () => {
    for (const [from] of ROWS) {
      for (const [, input] of ROWS) if (input.step !== from.step) assert.equal(finishStep(from, input), from);
    }
  });

  const inputs = fc.array(fc.constantFrom<FinishInput>({ step: "lost" }, ...ROWS.map(([, input]) => input)), { maxLength: 200 });

  test("never leaves done or kept", () => {
    fc.assert(fc.property(fc.constantFrom(DONE, kept("lost"), kept("forbidden"), kept("other-record")), inputs, (end, some) => {
      assert.deepEqual(some.reduce(finishStep, end), end);
    }), { seed: SEED });
  });

  test("comes to delete by a record that is there, or a line that stands for it, alone", () => {
    fc.assert(fc.property(inputs, (some) => {
      let state: FinishState = { step: "status" };
      let shown = false;
      for (const input of some) {
        const taken = state.step === input.step;
        if (taken && ((input.step === "record" && input.answer === "created") || (input.step === "check" && input.answer === "same") || input.step === "log")) shown = true;
        state = finishStep(state, input);
        if (state.step === "delete" || state.step === "look" || state.step === "done") assert.ok(shown);
      }
    }), { seed: SEED });
  });

  test("gives up in the end", () => {
    let state: FinishState = at("check");
    for (let tries = 0; tries < 100 && state.step === "check"; tries++) state = finishStep(state, { step: "check", answer: "unknown" });
    assert.deepEqual(state, kept("failing"));
  });
});

const MINE: JobView = {
  namespace: "n",
  name: "j",
  uid: "u",
  version: "8",
  claim: "1",
  owner: "me",
  attempt: 1,
  spent: 1,
  finished: true,
  finishedMs: 42,
  state: "success",
  deleting: false,
  action: "pull",
  repository: "r",
};

describe("lookOf()", () => {
  const rows: [what: string, view: JobView | undefined, answer: string][] = [
    ["no such job", undefined, "gone"],
    ["another uid", { ...MINE, uid: "v" }, "replaced"],
    ["a newer version", { ...MINE, version: "9" }, "ours"],
    ["another owner", { ...MINE, owner: "other" }, "changed"],
    ["unclaimed", { ...MINE, claim: "" }, "changed"],
    ["without result", { ...MINE, finished: false, finishedMs: 0, state: "working" }, "changed"],
    ["another end", { ...MINE, finishedMs: 43 }, "changed"],
    ["another result", { ...MINE, state: "error" }, "changed"],
  ];
  for (const [what, view, answer] of rows) test(`${what}: ${answer}`, () => assert.equal(lookOf(view, MINE), answer));
});

describe("deleteTarget()", () => {
  test("names this version of this job", () => assert.deepEqual(deleteTarget(MINE), { namespace: "n", name: "j", uid: "u", version: "8" }));
});
