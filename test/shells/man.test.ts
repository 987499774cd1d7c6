// The manual pages as mandoc and groff print them: nothing to complain about, and just what the tables say.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { MAN_TOPICS, manPage, pageName, writeManPages } from "../../scripts/release/man.ts";
import { plain } from "../../scripts/release/roff.ts";
import { EXIT_CODES } from "../../src/cli/exit.ts";
import { COMMAND_NAMES, COMMANDS, COMMON_FLAGS, environmentName } from "../../src/cli/flags.ts";

const STAMP = { version: "1.2.3", date: "2026-11-24T09:12:31Z" };

/** Output of a program that has to end well and to have nothing to say. */
function outputOf(command: string, args: string[], env: Record<string, string> = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", env: { PATH: process.env["PATH"], LC_ALL: "C.UTF-8", ...env } });
  assert.deepEqual([error, status, stderr], [undefined, 0, ""]);
  return stdout;
}

/** A page as a reader without a terminal gets it, by heading; lines without the margin of a section. */
function sectionsOf(path: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const line of outputOf("man", ["-l", path], { MANWIDTH: "200", MAN_KEEP_FORMATTING: "" }).split("\n")) {
    if (/^[A-Z][A-Z ]+$/.test(line)) sections.set(line, []);
    else [...sections.values()].at(-1)?.push(line.slice(7));
  }
  return sections;
}

/** First words of the items of a section: what stands in its margin. */
function itemsOf(lines: readonly string[] | undefined, pattern: RegExp): string[] {
  return (lines ?? []).flatMap((line) => pattern.exec(line)?.[1] ?? []).sort();
}

describe("the manual pages", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "man-"));
    writeManPages(folder, STAMP);
  });
  after(() => rmSync(folder, { recursive: true }));

  test("are one for the program and one for each command", () => {
    assert.deepEqual(readdirSync(folder).sort(), ["job-controller.1", ...COMMAND_NAMES.map((name) => `job-controller-${name.replaceAll(" ", "-")}.1`)].sort());
  });

  for (const topic of MAN_TOPICS) {
    const command = COMMANDS[topic ?? "run"];
    const file = () => join(folder, `${pageName(topic)}.1`);

    test(`${pageName(topic)}: mandoc and groff have nothing to say`, () => {
      assert.equal(outputOf("mandoc", ["-Tlint", "-W", "warning", file()]), "");
      outputOf("man", ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", file()]);
    });

    test(`${pageName(topic)}: holds every flag, variable and exit code of the command, and no other`, () => {
      const sections = sectionsOf(file());
      const flags = [...command.flags, ...COMMON_FLAGS].map(({ name }) => `--${name}`);
      assert.deepEqual(itemsOf(sections.get("OPTIONS"), /^(?:-\w, )?(--[\w-]+)(?:[=[ ]|$)/), flags.sort());
      assert.deepEqual(itemsOf(sections.get("ENVIRONMENT"), /^(\w+)$/), command.flags.map(environmentName).sort());
      const codes = EXIT_CODES.filter(({ commands }) => commands.includes(command.name)).map(({ code }) => String(code));
      assert.deepEqual(itemsOf(sections.get("EXIT STATUS"), /^(\d+) /), codes.sort());
    });

    test(`${pageName(topic)}: has its sections in order, examples that can be copied, and names of the other pages`, () => {
      const sections = sectionsOf(file());
      const text = (name: string) => (sections.get(name) ?? []).join(" ").replaceAll(/(?: \\)? +/g, " ");
      const order = ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "ENVIRONMENT", "EXIT STATUS", "FILES", "EXAMPLES", "SEE ALSO"];
      const always = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"];
      assert.deepEqual([...sections.keys()], order.filter((name) => sections.has(name)));
      for (const name of always) assert.ok(sections.has(name), name);
      assert.equal(sections.has("ENVIRONMENT"), command.flags.length > 0);
      for (const { line } of command.examples) assert.ok(text("EXAMPLES").includes(line), line);
      for (const other of MAN_TOPICS) assert.equal(text("SEE ALSO").includes(` ${pageName(other)}(1)`) || text("SEE ALSO").startsWith(`${pageName(other)}(1)`), other !== topic);
      assert.match(text("NAME"), new RegExp(`^${pageName(topic)} - ${command.summary.slice(0, 20)}`));
    });
  }

  test("carry version and day of the commit", () => {
    const last = outputOf("man", ["-l", join(folder, "job-controller.1")]).trimEnd().split("\n").at(-1);
    assert.match(last ?? "", /^job-controller 1\.2\.3 +2026-11-24 +JOB-CONTROLLER\(1\)$/);
  });

  test("are the same again", () => {
    for (const topic of MAN_TOPICS) assert.equal(readFileSync(join(folder, `${pageName(topic)}.1`), "utf8"), manPage(topic, STAMP));
  });
});

describe("plain()", () => {
  test("prints any text as it is, by groff and by mandoc", () => {
    const folder = mkdtempSync(join(tmpdir(), "man-"));
    try {
      const ascii = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join("");
      const texts = [ascii, ".TH at its start", "'sp at its start", "\\fBnot bold\\fR", "é … ≥ 😀", "--flag=it's", "a\\"];
      const path = join(folder, "x.1");
      writeFileSync(path, [".TH X 1 2026-11-24 x x", ".SH NAME", "x \\- y", ".SH TEXT", ...texts.flatMap((text) => [plain(text), ".PP"]).slice(0, -1), ""].join("\n"));
      const lines = (text: string) => text.replaceAll(/.\u0008/g, "").split("\n").map((line) => line.trim());
      for (const printed of [outputOf("man", ["-l", path], { MANWIDTH: "200" }), outputOf("mandoc", ["-Tutf8", "-Owidth=200", path])]) {
        for (const text of texts) assert.ok(lines(printed).includes(text), `${text}\n${printed}`);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
