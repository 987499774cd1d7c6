import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commandWords } from "../../src/work/command-words.ts";

describe("commandWords()", () => {
  for (const [text, words] of [
    ["", []],
    ["  ", []],
    ["./sync.sh", ["./sync.sh"]],
    [" ./sync.sh  --fast\tx ", ["./sync.sh", "--fast", "x"]],
    [`sh -c 'echo "$HOME" | cat'`, ["sh", "-c", `echo "$HOME" | cat`]],
    [`a "b c" d`, ["a", "b c", "d"]],
    [`a "say \\"hi\\" \\\\ \\n"`, ["a", `say "hi" \\ \\n`]],
    [`a\\ b c\\'d`, ["a b", "c'd"]],
    [`--name='a b'"c d"e`, ["--name=a bc de"]],
    [`'' ""`, ["", ""]],
    ["a * $HOME `id` ~ # ; | > &", ["a", "*", "$HOME", "`id`", "~", "#", ";", "|", ">", "&"]],
    [`'a\nb'`, ["a\nb"]],
    ["'open", undefined],
    [`"open \\"`, undefined],
    ["end \\", undefined],
  ] as const) {
    test(`reads ${JSON.stringify(text)}`, () => assert.deepEqual(commandWords(text), words));
  }
});
