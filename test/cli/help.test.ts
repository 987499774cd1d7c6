import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { parseConfig } from "../../src/cli/commands.ts";
import { EXIT_CODES } from "../../src/cli/exit.ts";
import { COMMANDS, COMMAND_NAMES, environmentName } from "../../src/cli/flags.ts";
import { helpPage, viewOf, wantsColor } from "../../src/cli/help.ts";

const TOPICS = [undefined, ...COMMAND_NAMES];
const VIEW = { width: 80, color: false };

describe("helpPage()", () => {
  for (const topic of TOPICS) {
    const command = COMMANDS[topic ?? "run"];
    const page = helpPage(topic, VIEW);

    test(`${topic ?? "program"}: names every flag, its variable and its default`, () => {
      for (const flag of command.flags) {
        assert.match(page, new RegExp(`^  (?:-\\w, )?--${flag.name}(?:[ [].*)? ${environmentName(flag)}$`, "m"));
        if (flag.default !== undefined && flag.default !== "false") {
          assert.ok(page.replaceAll(/\s+/g, " ").includes(`(default ${flag.default})`), flag.name);
        }
      }
    });

    test(`${topic ?? "program"}: names every exit code that the command ends with`, () => {
      const shown = [...(page.split("Exit codes:\n")[1] ?? "").matchAll(/^  (\d+) /gm)].map(([, code]) => Number(code));
      assert.deepEqual(shown, EXIT_CODES.filter(({ commands }) => commands.includes(command.name)).map(({ code }) => code));
      assert.ok(shown.length >= 3);
    });

    test(`${topic ?? "program"}: starts with examples, keeps to 80 columns, ends with one newline, has no ANSI`, () => {
      const [, second] = page.split("\n\n");
      assert.match(second ?? "", /^Examples:/);
      for (const line of page.split("\n")) assert.ok(line.length <= 80 && line === line.trimEnd(), line);
      assert.match(page, /[^\n]\n$/);
      assert.ok(!page.includes("\u001b"));
    });

    test(`${topic ?? "program"}: shows examples that the parser accepts`, () => {
      for (const { line } of command.examples) {
        const [program, ...argv] = line.split(" ");
        assert.equal(program, "job-controller");
        assert.equal(parseConfig(argv, {}).command, command.name);
        assert.ok(page.replaceAll(/ \\\n +/g, " ").includes(line), line);
      }
    });

    for (const width of [40, 60, 120]) {
      test(`${topic ?? "program"}: breaks text at ${width} columns`, () => {
        for (const line of helpPage(topic, { width, color: false }).split("\n")) {
          // A single word that is longer than the page has no place to be broken at.
          assert.ok(line.length <= width || !line.replace(/ \\$/, "").trim().slice(2).includes(" ") || /^ +(?:-\w, )?--\S+ \S+$/.test(line), line);
        }
      });
    }
  }

  test("lists the commands on the program's page, and those below a command on its own", () => {
    assert.match(helpPage(undefined, VIEW), /^Commands:\n  run .*(?:\n.*)*\n  help /m);
    assert.doesNotMatch(helpPage("run", VIEW), /^Commands:/m);
    assert.match(helpPage("dev", VIEW), /^Commands:\n  dev fault add .*(?:\n.*)*\n  dev seed .*\n\nAddresses:/m);
  });

  test("has bold headings where colour is wanted", () => {
    const page = helpPage("ready", { width: 80, color: true });
    assert.ok(page.includes("\u001b[1mExamples:\u001b[0m\n"));
    assert.equal(page.replaceAll(/\u001b\[\d+m/g, ""), helpPage("ready", VIEW));
  });
});

describe("viewOf()", () => {
  const widths: [string | undefined, number][] = [
    [undefined, 80], ["", 80], ["100", 100], ["0", 80], ["20", 40], ["500", 120], ["wide", 80], ["-1", 80],
  ];
  for (const [COLUMNS, width] of widths) {
    test(`COLUMNS=${COLUMNS ?? ""} gives ${width}`, () => assert.equal(viewOf({ COLUMNS }, false).width, width));
  }
});

describe("wantsColor()", () => {
  const rows: [Record<string, string>, boolean, boolean][] = [
    [{}, true, true], [{}, false, false], [{ NO_COLOR: "1" }, true, false], [{ NO_COLOR: "" }, true, true], [{ TERM: "dumb" }, true, false],
    [{ CLICOLOR: "0" }, true, false], [{ FORCE_COLOR: "1" }, false, true], [{ FORCE_COLOR: "0" }, false, false],
    [{ CLICOLOR_FORCE: "1", CLICOLOR: "0" }, false, true], [{ NO_COLOR: "1", FORCE_COLOR: "1" }, true, false],
  ];
  for (const [env, terminal, expected] of rows) {
    test(`${JSON.stringify(env)} ${terminal ? "on a terminal" : "in a pipe"}: ${expected}`, () => assert.equal(wantsColor(env, terminal), expected));
  }
});
