import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { LAG_MS, Witness } from "../../src/kube/witness.ts";
import { job } from "../support/objects.ts";
import { Machine, words } from "../support/machine.ts";
import type { KubeObject, WatchEvent } from "../../src/kube/types.ts";

const ADDED = (object: KubeObject): WatchEvent => ({ type: "ADDED", object });
const MODIFIED = (object: KubeObject): WatchEvent => ({ type: "MODIFIED", object });
const DELETED = (object: KubeObject): WatchEvent => ({ type: "DELETED", object });
const BOOKMARK = (version: string): WatchEvent => ({ type: "BOOKMARK", object: { metadata: { resourceVersion: version } } });

/** An open stream, and a first list that began after it. */
function following(...objects: KubeObject[]): Machine {
  const machine = new Machine().open();
  machine.at = 1;
  machine.list(objects);
  return machine;
}

/** What the machine finds odd in what comes next. */
function odd(machine: Machine, act: () => unknown): string[] {
  const before = machine.outputs.length;
  act();
  return words(machine.outputs.slice(before)).filter((word) => word.startsWith("odd ")).map((word) => word.slice(4));
}

describe("step(), events that are told again or out of order", () => {
  const a = (version: string) => job("a", "1", version);
  const b = (version: string) => job("b", "2", version);
  const rows: [string, WatchEvent[], string[]][] = [
    ["events in order", [ADDED(a("11")), MODIFIED(a("12")), ADDED(b("13")), BOOKMARK("20"), DELETED(a("21")), DELETED(b("22"))], []],
    ["an event twice", [ADDED(a("11")), ADDED(a("11"))], ["doubled 1"]],
    ["an event twice, another one in between", [ADDED(a("11")), ADDED(b("12")), ADDED(a("11"))], ["doubled 1"]],
    ["an event thrice", [MODIFIED(a("11")), MODIFIED(a("11")), MODIFIED(a("11"))], ["doubled 1", "doubled 1"]],
    ["the end of an object twice", [ADDED(a("11")), DELETED(a("12")), DELETED(a("12"))], ["doubled 1"]],
    ["an end that bears the last version, as of an old server", [ADDED(a("11")), DELETED(a("11"))], []],
    ["a version of the same object that goes back", [ADDED(a("11")), MODIFIED(a("13")), MODIFIED(a("12"))], ["object-back 1"]],
    ["two objects in the wrong order", [ADDED(b("12")), ADDED(a("11"))], ["stream-back 1"]],
    ["an event from before a bookmark", [BOOKMARK("20"), ADDED(a("11"))], ["stream-back 1"]],
    ["a bookmark from before an event", [ADDED(a("11")), BOOKMARK("10")], ["stream-back 1"]],
    ["a bookmark at the last event", [ADDED(a("11")), BOOKMARK("11"), BOOKMARK("11")], []],
    ["one step back, then on from there", [ADDED(a("21")), ADDED(b("12")), MODIFIED(b("13")), MODIFIED(b("22"))], ["stream-back 1", "stream-back 1"]],
    ["an event from before the chain's anchor", [ADDED(a("9"))], ["stream-back 1"]],
    ["versions that are no numbers", [ADDED(a("x")), MODIFIED(a("w")), ADDED(b("v"))], []],
    ["no versions at all", [ADDED(a("")), ADDED(b("")), MODIFIED(a(""))], []],
    ["another object under the name", [ADDED(a("11")), ADDED(job("a", "9", "12"))], []],
  ];
  for (const [what, events, expected] of rows) {
    test(`${what}: ${expected.length === 0 ? "nothing" : expected.join(", ")}`, () => {
      const batch = following();
      assert.deepEqual(odd(batch, () => batch.events(...events)), expected);
      const single = following();
      assert.deepEqual(odd(single, () => events.forEach((event) => single.events(event))), expected);
    });
  }

  test("what a list has shown first is late on the stream, and not doubled", () => {
    const machine = following();
    machine.list([a("11")]);
    assert.deepEqual(odd(machine, () => machine.events(ADDED(a("11")))), []);
    assert.deepEqual(odd(machine, () => machine.events(ADDED(a("11")))), ["doubled 1"]);
  });

  test("a stream that resumes is held to what the one before has told, one that begins anew is not", () => {
    const resumed = following();
    resumed.events(ADDED(a("11")), DELETED(a("12")));
    resumed.send({ kind: "closed", error: undefined });
    resumed.send({ kind: "retry" });
    resumed.send({ kind: "opened" });
    assert.deepEqual(odd(resumed, () => resumed.events(DELETED(a("12")))), ["doubled 1"]);

    const anew = following();
    anew.events(ADDED(a("11")));
    anew.events({ type: "ERROR", object: { kind: "Status", code: 410 } });
    anew.send({ kind: "retry" });
    anew.send({ kind: "version", version: "5" });
    anew.send({ kind: "opened" });
    assert.deepEqual(odd(anew, () => anew.events(ADDED(b("6")))), []);
    assert.deepEqual(odd(anew, () => anew.events(ADDED(b("4")))), ["object-back 1"]);
  });
});

describe("step(), lists that contradict themselves", () => {
  test("a list that is older than one before it is told, each time", () => {
    const machine = following();
    const list = (version: string) => {
      machine.send({ kind: "list-due" });
      machine.send({ kind: "list-began" });
      machine.page([], { version, continue: "t1" });
      machine.page([], { version: "1" });
    };
    assert.deepEqual(odd(machine, () => list("100")), []);
    assert.deepEqual(odd(machine, () => list("99")), ["list-back 1"]);
    assert.deepEqual(odd(machine, () => list("99")), ["list-back 1"]);
    assert.deepEqual(odd(machine, () => list("")), []);
    assert.deepEqual(odd(machine, () => list("100")), []);
  });

  test("so is one that is older than what the stream had told before it began, not what came meanwhile", () => {
    const machine = following();
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.events(BOOKMARK("150"));
    assert.deepEqual(odd(machine, () => machine.page([], { version: "149" })), []);
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    assert.deepEqual(odd(machine, () => machine.page([], { version: "149" })), ["list-back 1"]);
  });

  test("an object on two pages of one list is told, and counts once", () => {
    const machine = following();
    assert.deepEqual(odd(machine, () => machine.list([job("a", "1")], [job("a", "1"), job("b", "2")])), ["list-twice 1"]);
    assert.ok(words(machine.outputs).includes("listed 2: 2 found, 0 changed, 0 gone"));
    assert.deepEqual(odd(machine, () => machine.list([job("a", "1"), job("b", "2")])), []);
  });

  test("an object that one list lacks though those around it show it unchanged is told", () => {
    const machine = following(job("a", "1", "5"), job("b", "2", "6"));
    assert.deepEqual(odd(machine, () => machine.list([job("a", "1", "5")])), []);
    assert.deepEqual(odd(machine, () => machine.list([job("a", "1", "5"), job("b", "2", "6")])), ["list-lacked 1"]);
    assert.deepEqual(odd(machine, () => machine.list([job("a", "1", "5"), job("b", "2", "6")])), []);
  });

  test("not one that has changed meanwhile, as between two pages, nor one that the stream has told of since", () => {
    const machine = following(job("a", "1", "5"), job("b", "2", "6"));
    machine.list([]);
    machine.events(MODIFIED(job("b", "2", "16")));
    assert.deepEqual(odd(machine, () => machine.list([job("a", "1", "15"), job("b", "2", "16")])), []);
  });
});

describe("step(), what the stream has not told", () => {
  const a = (version: string) => job("a", "1", version);
  const other = (version: string) => job("z", "z", version);

  /** A machine whose second list has found `objects`, at 60 s. */
  function found(...objects: KubeObject[]): Machine {
    const machine = following(other("1"));
    machine.at = 60_000;
    machine.list([other("1"), ...objects]);
    return machine;
  }
  /** Another list, with the stream well and telling of others. */
  const listAt = (machine: Machine, at: number, ...objects: KubeObject[]) => {
    machine.at = at;
    machine.events({ type: "UNKNOWN", name: "HEARTBEAT" });
    return odd(machine, () => machine.list([other("1"), ...objects]));
  };

  test("is lost with the first list that ends ten seconds after the one that found it, once", () => {
    const machine = found(a("11"));
    assert.deepEqual(listAt(machine, 60_000 + LAG_MS - 1, a("11")), []);
    assert.deepEqual(listAt(machine, 60_000 + LAG_MS, a("11")), ["lost 1"]);
    assert.deepEqual(listAt(machine, 60_000 + 2 * LAG_MS, a("11")), []);
  });

  test("was late if it is told in time", () => {
    const machine = found(a("11"));
    assert.deepEqual(odd(machine, () => machine.events(ADDED(a("11")))), []);
    assert.deepEqual(listAt(machine, 120_000, a("11")), []);
  });

  test("is still to come while the stream tells of the object's past", () => {
    const machine = found(a("13"));
    assert.deepEqual(odd(machine, () => machine.events(ADDED(a("11")), MODIFIED(a("12")))), []);
    assert.deepEqual(odd(machine, () => machine.events(MODIFIED(a("13")))), []);
    assert.deepEqual(listAt(machine, 120_000, a("13")), []);
  });

  for (const [what, event] of [["a later change", MODIFIED(a("12"))], ["its end", DELETED(a("12"))]] as const) {
    test(`is lost though the stream tells of ${what}`, () => {
      const machine = found(a("11"));
      assert.deepEqual(odd(machine, () => machine.events(event)), []);
      assert.deepEqual(listAt(machine, 60_000 + LAG_MS, ...(event.type === "DELETED" ? [] : [a("12")])), ["lost 1"]);
    });
  }

  test("was never owed by a stream that told of a change first and of the one before it then", () => {
    const machine = following(other("1"));
    machine.at = 60_000;
    machine.events(MODIFIED(a("12")), ADDED(a("11")));
    machine.list([other("1"), a("12")]);
    assert.deepEqual(listAt(machine, 60_000 + LAG_MS, a("12")), []);
  });

  test("was out of order, and not lost, if it is told after a later change", () => {
    const machine = found(a("11"));
    assert.deepEqual(odd(machine, () => machine.events(MODIFIED(a("12")), ADDED(a("11")))), ["object-back 1"]);
    assert.deepEqual(listAt(machine, 60_000 + LAG_MS, a("12")), []);
  });

  test("may be a change, and an end", () => {
    const changed = following(other("1"), a("5"));
    changed.at = 60_000;
    changed.list([other("1"), a("11")]);
    assert.deepEqual(listAt(changed, 120_000, a("11")), ["lost 1"]);

    const ended = following(other("1"), a("5"));
    assert.deepEqual(listAt(ended, 60_000), []);
    assert.deepEqual(listAt(ended, 120_000), [], "two lists without it, and it is believed to be gone");
    assert.deepEqual(listAt(ended, 180_000), ["lost 1"]);

    const late = following(other("1"), a("5"));
    listAt(late, 60_000);
    listAt(late, 120_000);
    assert.deepEqual(odd(late, () => late.events(DELETED(a("12")))), []);
    assert.deepEqual(listAt(late, 180_000), []);
  });

  test("is not owed by a stream that began after the list before", () => {
    const machine = following(other("1"));
    machine.events({ type: "ERROR", object: { kind: "Status", code: 410 } });
    machine.at = 1_000;
    machine.send({ kind: "retry" });
    machine.send({ kind: "version", version: "50" });
    machine.send({ kind: "opened" });
    machine.send({ kind: "list-began" });
    machine.page([other("1"), a("11")]);
    assert.deepEqual(listAt(machine, 60_000, a("11")), []);
    assert.deepEqual(listAt(machine, 120_000, a("11")), []);
  });

  test("is not owed by the first list", () => {
    const machine = following(other("1"), a("5"));
    assert.deepEqual(listAt(machine, 60_000, a("5")), []);
    assert.deepEqual(listAt(machine, 120_000, a("5")), []);
  });

  test("is owed by a stream that resumes, from its opening on", () => {
    const machine = following(other("1"));
    machine.at = 60_000;
    machine.send({ kind: "closed", error: undefined });
    machine.list([other("1"), a("11")]);
    machine.at = 100_000;
    machine.list([other("1"), a("11")]);
    machine.send({ kind: "retry" });
    machine.send({ kind: "opened" });
    machine.send({ kind: "list-began" });
    assert.deepEqual(odd(machine, () => machine.page([other("1"), a("11")])), [], "nobody could tell it while there was no stream");
    assert.deepEqual(listAt(machine, 100_000 + LAG_MS, a("11")), ["lost 1"]);
  });

  test("is forgotten with the stream that was silent: that is another trouble", () => {
    const machine = found(a("11"));
    machine.at = 60_000 + LAG_MS;
    const outputs = machine.send({ kind: "check-stream", bytesAt: 0 });
    assert.deepEqual(words(outputs).slice(0, 1), ["stalled"]);
    machine.send({ kind: "retry" });
    machine.send({ kind: "version", version: "50" });
    machine.send({ kind: "opened" });
    machine.send({ kind: "list-began" });
    machine.page([other("1"), a("11")]);
    assert.deepEqual(listAt(machine, 120_000, a("11")), []);
  });
});

describe("Witness", () => {
  test("keeps the time of the first list that found an object untold", () => {
    const witness = new Witness();
    witness.anchored("1", 0, 0);
    witness.found("1", "11", 1, 1_000);
    witness.found("1", "12", 1, 5_000);
    assert.equal(witness.overdue(0, 1_000 + LAG_MS), 1);
    assert.equal(witness.overdue(0, 5_000 + LAG_MS), 0);
  });
});
