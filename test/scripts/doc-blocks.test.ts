// scripts/doc-blocks.ts: what is a block, how it is run, what counts as equal output.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { controllerCalls, missingLine, parseDocument, shapeOf } from "../../scripts/doc-blocks.ts";

const parse = (...lines: string[]) => parseDocument("README.md", lines.join("\n"));

describe("parseDocument()", () => {
  test("takes sh and console blocks, and no others", () => {
    const { run } = parse("text", "```sh", "echo 1", "```", "```json", "{}", "```", "```", "plain", "```");
    assert.deepEqual(
      run.map(({ place, script }) => [place, script]),
      [["README.md:2", "echo 1"]],
    );
  });

  test("takes a block inside a list without its indent", () => {
    assert.equal(parse("1. step", "   ```sh", "   a \\", "     b", "   ```").run[0]?.script, "a \\\n  b");
  });

  test("only counts what is marked no-run", () => {
    const blocks = parse("```sh no-run", "npm test", "```", "```console no-run", "1 passed", "```");
    assert.deepEqual(blocks, { run: [], noRun: [{ place: "README.md:1", script: "npm test" }] });
  });

  test("reads the comment before the fence", () => {
    const [block] = parse(
      '<!-- run: with dev --simulate; with run --token=x; until "jobs controller started"; in project -->',
      "```sh",
      "x",
      "```",
    ).run;
    assert.deepEqual(block?.beside, ["dev --simulate", "run --token=x"]);
    assert.equal(block?.until, "jobs controller started");
    assert.equal(block?.inProject, true);
    assert.equal(parse("<!-- run: exits 2 -->", "```sh", "x", "```").run[0]?.exitCode, 2);
  });

  test("puts the previous script before one that continues", () => {
    assert.equal(
      parse("```sh", "A=1", "```", "<!-- run: continues -->", "```sh", "echo $A", "```").run[1]?.script,
      "A=1\necho $A",
    );
  });

  test("gives a console block to the sh block before it", () => {
    assert.equal(parse("```sh", "echo 1", "```", "prints", "```console", "1", "```").run[0]?.expected, "1");
  });

  test("runs the commands of a console block that has them", () => {
    const [block] = parse("```console", "$ echo 1", "1", "$ echo 2", "2", "```").run;
    assert.equal(block?.script, "echo 1\necho 2");
    assert.equal(block?.expected, "1\n2");
  });

  test("refuses what it cannot read", () => {
    assert.throws(() => parse("```sh", "echo"), /README\.md:1: this fence is not closed/);
    assert.throws(() => parse("```sh norun", "```"), /found "norun"/);
    assert.throws(() => parse("<!-- run: wiht dev -->", "```sh", "```"), /cannot read "wiht dev"/);
    assert.throws(() => parse("<!-- run: continues -->", "```sh", "```"), /cannot read "continues"/);
    assert.throws(() => parse("```console", "1", "```"), /no sh block before/);
    assert.throws(() => parse("```sh no-run", "x", "```", "```console", "1", "```"), /mark it "console no-run"/);
  });
});

describe("controllerCalls()", () => {
  test("reads calls over several lines, quoted and with variables", () => {
    const script = [
      "./bin/other --x",
      "# job-controller --comment",
      "A=1 dist/job-controller --token-file=/run/t \\",
      "  --namespace 'a b' --token=\"$TOKEN\" --url=https://x/y # why",
    ].join("\n");
    assert.deepEqual(controllerCalls(script), [
      ["--token-file=/run/t", "--namespace", "a b", "--token=$TOKEN", "--url=https://x/y"],
    ]);
  });

  test("reads calls in pipes and lists", () => {
    assert.deepEqual(
      controllerCalls("cd x && job-controller dev & ./job-controller --a | grep -m1 job; exec job-controller ready"),
      [["dev"], ["--a"], ["ready"]],
    );
    assert.deepEqual(controllerCalls("job-controller version >out 2>&1"), [["version"]]);
    assert.deepEqual(controllerCalls("echo job-controller; cat job-controller.log; tar -x job-controller"), []);
  });
});

describe("shapeOf()", () => {
  for (const [one, other] of [
    ['{"time":"2025-08-21T14:27:03.789337+02:00","level":"INFO"}', '{"time":"2026-11-24T06:40:00.1Z","level":"INFO"}'],
    ["uid=0d6c7e0c-6f0a-4f8e-9f2a-1b2c3d4e5f60", "uid=ffffffff-0000-4000-8000-000000000000"],
    ["created test6-x7k2p in 1.25 s", "created test6-bbbbb in 3 s"],
    ["commit 9a7c72d0c1f5a9a7c72d0c1f5a9a7c72d0c1f5aa", "commit 1111111111111111111111111111111111111111-dirty"],
    ["\x1b[36mINFO\x1b[0m ready", "INFO ready  "],
  ] as const) {
    test(`is equal for ${JSON.stringify(one)} of another run`, () => assert.equal(shapeOf(one), shapeOf(other)));
  }

  test("keeps words, keys and their order", () => {
    assert.notEqual(shapeOf('{"level":"INFO","msg":"a"}'), shapeOf('{"msg":"a","level":"INFO"}'));
    assert.notEqual(shapeOf("job create notification received"), shapeOf("job created"));
  });
});

describe("missingLine()", () => {
  test("wants every line, in order, and no more", () => {
    assert.equal(missingLine("a 1\nb", "a 2\n\nb\n"), undefined);
    assert.equal(missingLine("a\nb", "b\na"), "a");
    assert.match(missingLine("a", "a\nb") ?? "", /goes on with: b/);
    assert.equal(missingLine("a\nb", "a"), "b");
  });

  test("lets three dots stand for any lines", () => {
    assert.equal(missingLine("a\n...\nd", "a\nb\nc\nd"), undefined);
    assert.equal(missingLine("a\n...", "a\nb"), undefined);
    assert.equal(missingLine("...\nx", "a\nb"), "x");
  });
});
