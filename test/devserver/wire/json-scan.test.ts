import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { duplicateFields } from "../../../src/devserver/wire/json-scan.ts";

describe("duplicateFields()", () => {
  for (
    const [text, paths] of [
      ['{"a":1,"b":{"a":1}}', []],
      ['{"a":1,"a":2,"a":3}', ["a"]],
      ['{"a":{"b":1,"b":2},"c":[{"d":1},{"d":1,"d":2}]}', ["a.b", "c[1].d"]],
      ['[{"a":1,"a":2}]', ["[0].a"]],
      [String.raw`{"a":1,"\u0061":2}`, ["a"]],
      [String.raw`{"a":"\"a\":1,","b":"}"}`, []],
      ['{"__proto__":1,"__proto__":2}', ["__proto__"]],
    ] as const
  ) {
    test(`finds ${paths.join(" and ") || "none"} in ${text}`, () => assert.deepEqual(duplicateFields(text), paths));
  }

  for (
    const [text, message] of [
      ["", "unexpected end of JSON input"],
      ['{"a":', "unexpected end of JSON input"],
      ['{"a', "unexpected end of JSON input"],
      ["hello", "invalid character 'h' looking for beginning of value"],
      ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
      ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
      ['{"a" 1}', "invalid character '1' after object key"],
      ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
      ["[1 2]", "invalid character '2' after array element"],
      ["{} x", "invalid character 'x' after top-level value"],
      ["trux", "invalid character 'x' in literal true (expecting 'e')"],
      ["-x", "invalid character 'x' in numeric literal"],
      ['"a\nb"', String.raw`invalid character '\n' in string literal`],
      [String.raw`"\q"`, "invalid character 'q' in string escape code"],
      [String.raw`"\u00g0"`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
      ["'", String.raw`invalid character '\'' looking for beginning of value`],
      ["1e400", "json: cannot unmarshal number 1e400 into Go value of type float64"],
    ] as const
  ) {
    test(`refuses ${JSON.stringify(text)} in Go's words`, () => assert.throws(() => duplicateFields(text), { name: "SyntaxError", message }));
  }

  const nested = (levels: number) => `${'{"a":['.repeat(levels / 2)}1${"]}".repeat(levels / 2)}`;

  test("takes a thousand levels", () => assert.deepEqual(duplicateFields(nested(1_000)), []));

  for (const levels of [10_002, 1_000_000]) {
    test(`refuses ${levels} levels in Go's words`, () => {
      assert.throws(() => duplicateFields(nested(levels)), { name: "SyntaxError", message: /^invalid character '[[{]' exceeded max depth$/ });
    });
  }
});
