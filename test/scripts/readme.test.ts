import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillSections, main, sections } from "../../scripts/readme.ts";
import { EXIT_CODES } from "../../src/cli/exit.ts";
import { COMMANDS, COMMAND_NAMES, environmentName } from "../../src/cli/flags.ts";

const EMPTY = [
  "# Title", "", "## Flags", "<!-- BEGIN flags:run -->", "<!-- END flags:run -->", "between",
  "<!-- BEGIN exit-codes -->", "old text", "<!-- END exit-codes -->", "after", "",
].join("\n");

describe("sections()", () => {
  test("has one for every command with flags, the commands and the codes", () => {
    assert.deepEqual([...sections().keys()], ["commands", "flags:run", "flags:history", "flags:verify", "flags:dev", "flags:dev-fault-add", "flags:dev-fault-list",
      "flags:dev-fault-clear", "flags:dev-seed", "flags:ready", "flags:version", "simulate", "faults", "metrics", "exit-codes"]);
  });

  test("has a row for every flag, command and code", () => {
    for (const name of COMMAND_NAMES) {
      for (const flag of COMMANDS[name].flags) {
        const text = sections().get(`flags:${name.replaceAll(" ", "-")}`) ?? "";
        const rows = text.split("\n").filter((line) => ["=", "`", "[="].some((next) => line.includes(`--${flag.name}${next}`)));
        assert.equal(rows.length, 1, flag.name);
        assert.ok(text.includes(`\`${environmentName(flag)}\``));
      }
      assert.ok(sections().get("commands")?.includes(`\`job-controller ${name}\``));
    }
    for (const { code } of EXIT_CODES) assert.ok(sections().get("exit-codes")?.includes(`\n| ${code} | `));
  });

  test("has as many cells in every row as in the head", () => {
    for (const [name, text] of sections()) {
      for (const part of text.split("\n\n").filter((one) => one.startsWith("|"))) {
        const cells = part.split("\n").map((line) => line.split(/(?<!\\)\|/).length);
        assert.equal(new Set(cells).size, 1, name);
      }
    }
  });
});

describe("fillSections()", () => {
  test("replaces what stands between the markers and nothing else", () => {
    const filled = fillSections(EMPTY);
    assert.ok(filled.startsWith("# Title\n\n## Flags\n<!-- BEGIN flags:run -->\n\n**Credentials"));
    assert.ok(filled.includes("<!-- END flags:run -->\nbetween\n<!-- BEGIN exit-codes -->\n\n| Code |"));
    assert.ok(filled.endsWith("\n\n<!-- END exit-codes -->\nafter\n"));
    assert.ok(!filled.includes("old text"));
  });

  test("changes nothing the second time", () => assert.equal(fillSections(fillSections(EMPTY)), fillSections(EMPTY)));

  test("refuses an unknown name and a lonely marker", () => {
    assert.throws(() => fillSections("<!-- BEGIN flags:nope -->\n<!-- END flags:nope -->\n"), /^Error: Cannot fill section "flags:nope": expected one of commands, /);
    assert.throws(() => fillSections("<!-- BEGIN exit-codes -->\ntext\n"), /Cannot fill the section of <!-- BEGIN exit-codes -->: its other marker is missing/);
    assert.throws(() => fillSections("text\n<!-- END exit-codes -->\n"), /Cannot fill the section of <!-- END exit-codes -->/);
  });
});

describe("readme.ts", () => {
  test("--check gives 1 and writes nothing until the file is filled", async () => {
    const directory = await mkdtemp(join(tmpdir(), "readme-"));
    const file = join(directory, "README.md");
    const said: string[] = [];
    const run = (...argv: string[]) => main(argv, (line) => said.push(line));
    try {
      await writeFile(file, EMPTY);
      assert.equal(await run("--check", file), 1);
      assert.equal(await readFile(file, "utf8"), EMPTY);
      assert.equal(await run(file), 0);
      assert.equal(await run("--check", file), 0);
      assert.equal(await run(file), 0);
      await writeFile(file, (await readFile(file, "utf8")).replace("`25s`", "`26s`"));
      assert.equal(await run(file, "--check"), 1);
      const differs = `${file} differs from the program's tables: run scripts/readme.ts`;
      assert.deepEqual(said, [differs, `${file} filled`, differs]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("refuses other arguments", async () => {
    assert.equal(await main(["--chekc"], () => {}), 2);
    assert.equal(await main(["a", "b"], () => {}), 2);
  });
});
