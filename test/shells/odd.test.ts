// Values and descriptions of any characters come through each script whole, and nothing in them is run.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { COMPLETION_FILES } from "../../scripts/release/completions.ts";
import { bashScript } from "../../src/cli/completion/bash.ts";
import { fishScript } from "../../src/cli/completion/fish.ts";
import type { CompletedFlag, Place } from "../../src/cli/completion/model.ts";
import { zshScript } from "../../src/cli/completion/zsh.ts";
import { Terminal } from "../support/terminal.ts";
import { EACH } from "./shells.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Each begins with a letter of its own. */
const ODD = [
  "a b", "b'c", 'c"d', "d$HOME", "e`touch ran`", "f$(touch ran)", "g(touch ran)", "h;touch ran", "i|j", "j&k", "k<l>m", "l\\m", "m*", "n?",
  "o[p]", "p{q,r}", "q~", "r#s", "s!t", "t:u", "u=v", "v%w", "w^x", "xé…", "y,z",
];
const ABOUT = `It's "odd": [all] \\of {this} $(touch ran) \`touch ran\` <x> | & ; * ? ~ # % ^ … (no)`;

const flag: CompletedFlag = {
  name: "odd", short: "o", about: ABOUT, isSwitch: false, repeats: false, label: "a:b|c'd[e]", values: { words: ODD, open: false, files: "none" },
};
const PLACES: Place[] = [
  { path: "", next: [{ text: "sub", about: ABOUT }, { text: "other", about: "" }], open: false, flags: [flag] },
  { path: "sub", next: ODD.map((text) => ({ text, about: "" })), open: false, flags: [flag] },
  { path: "other", next: ODD.map((text) => ({ text, about: ABOUT })), open: false, flags: [{ ...flag, repeats: true, short: undefined }] },
];

for (const { shell, kind } of EACH) {
  describe(`odd values in ${shell}`, () => {
    let folder = "";
    let terminal: Terminal;
    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "shell-"));
      writeFileSync(join(folder, COMPLETION_FILES[shell]), SCRIPTS[shell](PLACES));
      terminal = await Terminal.start(kind, folder);
    });
    after(async () => {
      await terminal.end();
      rmSync(folder, { recursive: true });
    });

    for (const value of ODD) {
      test(`are what the program gets: ${value}`, async () => {
        const start = value.slice(0, 1);
        assert.equal(await terminal.printedAfter(`job-controller --odd=${start}\t\r`), `--odd=${value}`);
        assert.equal(await terminal.printedAfter(`job-controller other --odd ${start}\t\r`), `other|--odd|${value}`);
        assert.equal(await terminal.printedAfter(`job-controller sub ${start}\t\r`), `sub|${value}`);
        assert.equal(await terminal.printedAfter(`job-controller other ${start}\t\r`), `other|${value}`);
      });
    }

    test("leave commands and flags beside them alone, and run nothing", async () => {
      assert.equal(await terminal.lineAfter("job-controller su\t"), "job-controller sub ");
      assert.match(await terminal.lineAfter("job-controller sub --od\t"), /^job-controller sub --odd[= ]$/);
      assert.ok(!readdirSync(folder).includes("ran"));
    });
  });
}
