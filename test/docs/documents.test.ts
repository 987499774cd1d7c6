// Every command in the documents works as printed, and what they show is what the programs say.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "../../scripts/build.ts";
import { controllerCalls, documentBlocks, DOCUMENTS, missingLine } from "../../scripts/doc-blocks.ts";
import { messageOf } from "../../src/base/errors.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import { runBlock } from "./run-block.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const binary = build().path;
const blocks = documentBlocks(ROOT);
const present = DOCUMENTS.filter((name) => existsSync(join(ROOT, name)));

describe("the documents", () => {
  for (const name of DOCUMENTS) {
    test(`${name} is there`, { skip: !present.includes(name) && "not written yet" }, () => assert.ok(present.includes(name)));
  }

  for (const block of blocks.run) {
    test(`${block.place} runs`, { timeout: 150_000 }, async () => {
      const { code, output } = await runBlock(block, binary);
      assert.equal(code, block.exitCode, `${block.place} ended with ${code}:\n${output}`);
      const missing = block.expected === undefined ? undefined : missingLine(block.expected, output);
      assert.equal(missing, undefined, `${block.place} shows a line that did not come: ${missing}\nThe whole output:\n${output}`);
    });
  }

  test("show command lines that the program accepts, run or not", () => {
    const refused = [...blocks.run.filter(({ exitCode }) => exitCode === 0), ...blocks.noRun].flatMap(({ place, script }) =>
      controllerCalls(script).flatMap((argv) => {
        const env = script.includes("--print-env") ? PRINTED_ENV : {};
        return refusal(argv, env).map((why) => `${place}: job-controller ${argv.join(" ")}: ${why}`);
      }),
    );
    assert.deepEqual(refused, []);
  });

  test("README.md holds the program's own tables", { skip: !present.includes("README.md") && "not written yet" }, () => {
    const bun = join(ROOT, "node_modules/bun/bin/bun.exe");
    const { status, stdout, stderr } = spawnSync(bun, ["scripts/readme.ts", "--check"], { cwd: ROOT, encoding: "utf8" });
    assert.equal(status, 0, `${stdout}${stderr}`);
  });

  test("link to files that are there", () => {
    const broken = present.flatMap((name) => brokenLinks(name, readFileSync(join(ROOT, name), "utf8")));
    assert.deepEqual(broken, []);
  });
});

/** What `eval "$(job-controller dev --print-env …)"` gives to the commands after it. */
const PRINTED_ENV = {
  JOB_CONTROLLER_PROVISIONING_SERVER_URL: "https://localhost",
  JOB_CONTROLLER_TOKEN_EXCHANGE_URL: "https://localhost",
  JOB_CONTROLLER_TOKEN_FILE: "token",
};

/** Why the program refuses its arguments; a shell variable whose name ends in URL counts as one, any other as some text. */
function refusal(argv: string[], env: Record<string, string> = {}): string[] {
  try {
    parseConfig(
      argv.map((word) =>
        word.replace(/\$\{?(\w+)\}?/g, (_all, name: string) => (name.endsWith("URL") ? "https://localhost" : "x")),
      ),
      env,
    );
    return [];
  } catch (error) {
    return [messageOf(error)];
  }
}

describe("refusal()", () => {
  test("finds what the program would not take", () => {
    assert.deepEqual(refusal(["version"]), []);
    assert.deepEqual(refusal(["--bearer-token-file=$FILE", "--provisioning-server-url=${SERVER_URL}"]), []);
    assert.match(refusal(["--histroy-expiration=30s"]).join(), /--history-expiration/);
  });
});

/** Links to files of the project, and to headings of the same document, that lead nowhere. */
function brokenLinks(name: string, text: string): string[] {
  const prose = text.replace(/^( *)```[^]*?^\1```/gm, "").replace(/`[^`\n]*`/g, "");
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .filter((target) =>
      target.startsWith("#")
        ? !headings.includes(target.slice(1))
        : !existsSync(join(ROOT, dirname(name), target.split("#")[0] ?? "")),
    )
    .map((target) => `${name}: ${target}`);
}

describe("brokenLinks()", () => {
  test("finds files and headings that are not there", () => {
    const text =
      "# A b: c\n[x](#a-b-c) [y](#nowhere) [z](package.json) [w](no/such.ts) [v](https://example.com)\n```sh\n[u](no)\n```\n`[t](no)`";
    assert.deepEqual(brokenLinks("README.md", text), ["README.md: #nowhere", "README.md: no/such.ts"]);
  });
});
