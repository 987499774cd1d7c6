import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { grouped, indented } from "../../src/cli/completion/grouped.ts";
import { completionPlaces, steps } from "../../src/cli/completion/model.ts";
import type { CompletedFlag, Place } from "../../src/cli/completion/model.ts";
import { completionScript } from "../../src/cli/completion/script.ts";
import { COMMAND_NAMES, COMMANDS, GROUP_NAMES, SHELLS } from "../../src/cli/flags.ts";
import { vocabulary } from "../../src/vocabulary.ts";

const PLACES = completionPlaces(vocabulary());

function placeOf(path: string): Place {
  const place = PLACES.find((one) => one.path === path);
  assert.ok(place, path);
  return place;
}

function flagOf(path: string, name: string): CompletedFlag {
  const flag = placeOf(path).flags.find((one) => one.name === name);
  assert.ok(flag, name);
  return flag;
}

describe("completionPlaces()", () => {
  test("has each place once: the program, groups, commands, topics of several words", () => {
    const paths = PLACES.map(({ path }) => path);
    assert.deepEqual(paths.toSorted(), ["", ...GROUP_NAMES, ...COMMAND_NAMES, "help dev", "help dev fault"].toSorted());
  });

  test("leads to every place by steps of one word", () => {
    const reached = new Set([""]);
    for (const step of steps(PLACES).toSorted((a, b) => a.trim().split(" ").length - b.trim().split(" ").length)) {
      const space = step.lastIndexOf(" ");
      assert.ok(reached.has(step.slice(0, space)), step);
      reached.add(step.trimStart());
    }
    assert.equal(reached.size, PLACES.length);
  });

  test("says in one clause what a flag and a command do", () => {
    assert.equal(flagOf("", "tls-ca-file").about, "CA certificates that the server is verified against, in place of the public ones");
    assert.equal(flagOf("ready", "timeout").about, "How long to wait for the answer");
    assert.deepEqual(placeOf("dev").next.map(({ text, about }) => `${text}: ${about}`), [
      "fault: Break and mend a running development server", `seed: ${COMMANDS["dev seed"].summary}`,
    ]);
  });

  const values: [string, string, Partial<CompletedFlag["values"]>][] = [
    ["run", "log-format", { words: ["json", "pretty"], files: "none" }],
    ["run", "dry-run", { words: ["true", "false"] }],
    ["run", "drivers", { words: [], files: "none" }],
    ["run", "kubeconfig", { words: [], files: "file" }],
    ["dev", "state-dir", { words: [], files: "folder" }],
    ["verify", "report", { words: ["json=", "junit=", "tap=", "github"], open: true, files: "behind" }],
    ["dev", "era", { words: ["2025-08", "2026-09", "kubernetes"] }],
  ];
  for (const [path, name, expected] of values) {
    test(`knows what ${path} --${name} takes`, () => {
      const found = flagOf(path, name).values;
      assert.deepEqual({ ...found, ...expected }, found);
    });
  }
});

describe("vocabulary()", () => {
  test("is about flags and arguments that there are, and that name no options themselves", () => {
    for (const [key, { words }] of Object.entries(vocabulary())) {
      const [, command = "", name] = /^(.+?)(?: --(.+))?$/.exec(key) ?? [];
      const known = COMMAND_NAMES.find((one) => one === command);
      assert.ok(known, key);
      if (name === undefined) assert.ok(COMMANDS[known].argument !== undefined && COMMANDS[known].argumentOptions === undefined, key);
      else assert.ok(COMMANDS[known].flags.some((flag) => flag.name === name && flag.options === undefined), key);
      assert.deepEqual(words, [...new Set(words)], key);
      assert.ok(words.length > 1, key);
    }
  });
});

describe("completionScript()", () => {
  for (const shell of SHELLS) {
    test(`is text of lines for ${shell}, the same each time`, () => {
      const script = completionScript(shell, vocabulary());
      assert.match(script, /^#.*\n[^]*[^\n]\n$/);
      assert.doesNotMatch(script, /[ \t]$/m);
      assert.equal(completionScript(shell, vocabulary()), script);
    });
  }
});

describe("grouped()", () => {
  test("says equal bodies once, with their labels in order", () => {
    const rows: [string, string][] = [["a", "1"], ["b", "2"], ["c", "1"]];
    assert.deepEqual(grouped(rows, ([label]) => label, ([, body]) => body), [{ labels: ["a", "c"], body: "1" }, { labels: ["b"], body: "2" }]);
  });
});

describe("indented()", () => {
  test("moves all lines that are not empty", () => assert.equal(indented("a\n\nb", 2), "  a\n\n  b"));
});
