import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError, UsageError } from "../../src/base/errors.ts";
import { assertRunnable, KNOWN_ACTIONS, parseWorkers, specFor, unknownActions } from "../../src/work/worker-spec.ts";

const SYNC = { kind: "exec", command: ["./sync.sh", "--to", "a b"] };

describe("parseWorkers()", () => {
  test("gives every action of a text the same worker", () => {
    const table = parseWorkers(["pull, push=exec:./sync.sh --to 'a b'", "*=builtin:test"]);
    assert.deepEqual([...table], [["pull", SYNC], ["push", SYNC], ["*", { kind: "builtin", name: "test" }]]);
  });

  test("keeps what stands behind the first = and colon as it is", () => {
    assert.deepEqual(parseWorkers(["pull=exec:env A=b:c x"]).get("pull"), { kind: "exec", command: ["env", "A=b:c", "x"] });
  });

  for (const [texts, rule] of [
    [["pull"], /"pull": expected ACTION\[,ACTION…\]=exec:COMMAND or =builtin:test/],
    [["=exec:a"], /expected ACTION/],
    [["pull=exec:"], /expected a command after exec:/],
    [["pull=exec:''"], /expected a command after exec:/],
    [["pull=exec:a 'b"], /expected every quote closed/],
    [["pull=exec:a\0b"], /expected a command without NUL/],
    [["pull=shell:a"], /expected exec:COMMAND or builtin:test/],
    [["pull=builtin:sync"], /expected one of builtin:test/],
    [["pull,,push=exec:a"], /expected names of actions, or \*, before the =; "" is none/],
    [["pu-ll=exec:a"], /"pu-ll" is none/],
    [["pull=exec:a", "push,pull=exec:b"], /"push,pull=exec:b": expected one worker for each action; "pull" has one already/],
  ] as const) {
    test(`refuses ${JSON.stringify(texts)}`, () => {
      assert.throws(() => parseWorkers(texts), (error) => error instanceof UsageError && rule.test(error.message));
    });
  }
});

describe("specFor()", () => {
  const table = parseWorkers(["*=exec:./all.sh", "pull=exec:./pull.sh"]);

  test("prefers the action's own worker to that of all", () => {
    assert.deepEqual(specFor(table, "pull"), { kind: "exec", command: ["./pull.sh"] });
    assert.deepEqual(specFor(table, "push"), { kind: "exec", command: ["./all.sh"] });
  });

  test("has none for an action that nobody named", () => assert.equal(specFor(parseWorkers(["pull=exec:a"]), "push"), undefined));
});

describe("assertRunnable()", () => {
  test("asks of every command whether it can be run, of builtins nothing", () => {
    const asked: string[] = [];
    assertRunnable(parseWorkers(["pull=exec:./a.sh x", "push=builtin:test"]), (file) => asked.push(file) > 0);
    assert.deepEqual(asked, ["./a.sh"]);
  });

  test("names the first that cannot", () => {
    assert.throws(
      () => assertRunnable(parseWorkers(["pull=exec:./a.sh"]), () => false),
      (error) => error instanceof ConfigError && /worker "\.\/a\.sh" that --worker names for "pull"/.test(error.message),
    );
  });
});

describe("unknownActions()", () => {
  test("finds none among those that Grafana has, and *", () => {
    assert.deepEqual(unknownActions(parseWorkers([`${KNOWN_ACTIONS.join(",")},*=builtin:test`])), []);
    assert.ok(KNOWN_ACTIONS.includes("pull") && !KNOWN_ACTIONS.includes("other"));
  });

  test("finds misspelt ones, with what may be meant, and new ones", () => {
    const table = parseWorkers(["pul,Push,fixfoldermetadata,reticulate,other=builtin:test"]);
    assert.deepEqual(unknownActions(table), [
      { action: "pul", meant: "pull" },
      { action: "Push", meant: "push" },
      { action: "fixfoldermetadata", meant: "fixFolderMetadata" },
      { action: "reticulate", meant: undefined },
      { action: "other", meant: undefined },
    ]);
  });
});
