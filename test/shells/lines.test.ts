// What the Tab key makes of command lines, in each shell at a terminal.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { COMPLETION_FILES, writeCompletions } from "../../scripts/release/completions.ts";
import type { Shell } from "../../src/cli/completion/script.ts";
import { Terminal } from "../support/terminal.ts";
import { EACH, KINDS } from "./shells.ts";

/** What is typed behind the program's name, and what stands there after Tab; where a shell has ways of its own, that. */
type Line = [fact: string, typed: string, completed: string, own?: Partial<Record<Shell, string>>];

const LINES: Line[] = [
  ["a command", "hist", "history "],
  ["a command below another", "dev s", "dev seed "],
  ["a word that only leads to commands", "dev f", "dev fault "],
  ["a command of three words", "dev fault li", "dev fault list "],
  ["no command behind a flag", "--dry-run hist", "--dry-run hist"],
  ["a flag of run without its command", "--log-f", "--log-format=", { fish: "--log-format " }],
  ["a flag of a command", "verify --prof", "verify --profile=", { fish: "verify --profile " }],
  ["a flag behind others", "history --limit=5 --dry-run --outc", "history --limit=5 --dry-run --outcome=", { fish: "history --limit=5 --dry-run --outcome " }],
  ["a flag with one dash, which zsh makes two", "-log-f", "-log-format=", { zsh: "--log-format=", fish: "-log-format " }],
  ["no flag of another command", "ready --prof", "ready --prof"],
  ["a switch that is turned off", "--no-dr", "--no-dry-run "],
  ["a value behind =", "--log-format=p", "--log-format=pretty "],
  ["a value behind a space", "run --log-format p", "run --log-format pretty "],
  ["a value of a flag with one dash", "-log-format=p", "-log-format=pretty ", { zsh: "--log-format=pretty " }],
  ["a value of a flag with one dash, behind a space", "-log-format p", "-log-format pretty "],
  ["the value of a letter", "history -o w", "history -o wide "],
  ["the same letter with the values of another command", "version -o j", "version -o json "],
  ["a profile", "verify --profile=sm", "verify --profile=smoke "],
  ["true and false behind = alone", "--dry-run=f", "--dry-run=false "],
  ["neither behind a space", "--dry-run fal", "--dry-run fal"],
  ["a shell", "completion z", "completion zsh "],
  ["a topic", "help veri", "help verify "],
  ["a topic of several words", "help dev fault cl", "help dev fault clear "],
  ["a check", "verify --focus=CLOCK-00", "verify --focus=CLOCK-00"],
  ["an era", "dev --era=kub", "dev --era=kubernetes "],
  ["a behaviour, whose value follows", "dev --set slow-reader-g", "dev --set slow-reader-grace="],
  ["a part of the simulation, whose value follows", "dev --simulate=dri", "dev --simulate=drivers:"],
  ["a fault, which more may follow", "dev --fault=certif", "dev --fault=certificate-rotated", { fish: "dev --fault=certificate-rotated " }],
  ["a fault as an argument", "dev fault add proxy", "dev fault add proxy-html", { fish: "dev fault add proxy-html " }],
  ["a file behind =", "--tls-ca-file=ser", "--tls-ca-file=server.pem "],
  ["a file behind a space", "--tls-ca-file ser", "--tls-ca-file server.pem "],
  ["a file with a space in its name", "--kubeconfig=my", "--kubeconfig=my\\ config.yaml "],
  ["a folder, and no file beside it", "dev --state-dir=st", "dev --state-dir=state-of-dev/"],
  ["the format of a report, whose file follows", "verify --report=ju", "verify --report=junit="],
  ["the file of a report", "verify --report=junit=ser", "verify --report=junit=server.pem "],
  ["the file of a report behind a space", "verify --report junit=ser", "verify --report junit=server.pem "],
  ["no file where none is meant", "--drivers=ser", "--drivers=ser"],
  ["no file as an argument", "version ser", "version ser"],
];

for (const { shell, kind } of EACH) {
  describe(`Tab in ${shell}`, () => {
    let folder = "";
    let terminal: Terminal;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "shell-"));
      for (const name of ["server.pem", "my config.yaml", "state.json"]) writeFileSync(join(folder, name), "");
      mkdirSync(join(folder, "state-of-dev"));
      writeCompletions(folder);
      terminal = await Terminal.start(kind, folder);
    });
    after(async () => {
      await terminal.end();
      rmSync(folder, { recursive: true });
    });

    for (const [fact, typed, completed, own] of LINES) {
      test(`completes ${fact}`, async () => {
        assert.equal(await terminal.lineAfter(`job-controller ${typed}\t`), `job-controller ${own?.[shell] ?? completed}`);
      });
    }

    test("completes the last command of a pipe, up to the cursor", async () => {
      assert.equal(await terminal.lineAfter("true | job-controller vers\t"), "true | job-controller version ");
      // Ctrl-B moves to the left. zsh adds a space all the same.
      const line = await terminal.lineAfter(`job-controller hist --limit=5${"\u0002".repeat(10)}\t`);
      assert.equal(line.replaceAll(/ +/g, " "), "job-controller history --limit=5");
    });
  });
}

describe("the script of zsh", () => {
  test("completes where it was sourced, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "shell-"));
    writeCompletions(folder);
    const setUp = ["autoload -Uz compinit; compinit -u -d $PWD/dump", `source ./${COMPLETION_FILES.zsh}`, ...KINDS.zsh.setUp.slice(1)];
    const terminal = await Terminal.start({ ...KINDS.zsh, setUp }, folder);
    try {
      assert.equal(await terminal.lineAfter("job-controller dev fault a\t"), "job-controller dev fault add ");
    } finally {
      await terminal.end();
      rmSync(folder, { recursive: true });
    }
  });
});
