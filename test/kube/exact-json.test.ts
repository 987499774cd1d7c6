import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { parseExact } from "../../src/kube/exact-json.ts";

describe("parseExact()", () => {
  for (const text of [
    '{"a":9223372036854775807,"b":-9223372036854775808,"c":18446744073709551615}',
    '{"a":[9007199254740993,{"b":-9007199254740993}],"c":"9007199254740993"}',
    "9007199254740993",
    '{"version":"1897654321098765433","half":0.5,"small":12,"none":null,"__proto__":{"x":1}}',
    '{"text":"\\u0000 \\" 1234567890123456789"}',
    "[1234567890123456.5]",
  ]) {
    test(`gives back ${text}`, () => assert.equal(JSON.stringify(parseExact(text)), text));
  }

  test("gives numbers for all that a number can hold", () => {
    assert.deepEqual(parseExact('{"a":9007199254740991,"b":-12.5,"c":1e3,"long":9007199254740991}'), { a: 9007199254740991, b: -12.5, c: 1_000, long: 9007199254740991 });
  });

  test("throws what JSON.parse throws", () => {
    for (const text of ["", "{", '{"a":1234567890123456789']) assert.throws(() => parseExact(text), SyntaxError);
  });
});
