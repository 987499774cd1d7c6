import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { editDistance, nearest } from "../../src/base/suggest.ts";

describe("editDistance()", () => {
  const rows: [string, string, number][] = [
    ["", "", 0], ["abc", "abc", 0], ["", "abc", 3], ["abc", "", 3], ["abc", "abd", 1], ["abc", "ab", 1], ["abc", "acb", 1], ["abc", "xyz", 3],
    ["histroy", "history", 1], ["ca", "abc", 3],
  ];
  for (const [from, to, distance] of rows) test(`"${from}" to "${to}" is ${distance}`, () => assert.equal(editDistance(from, to), distance));
});

describe("nearest()", () => {
  const names = ["token", "token-file", "tls-insecure", "history-expiration", "version"];
  const rows: [string, string | undefined][] = [
    ["tokn", "token"], ["token-fle", "token-file"], ["tlsInsecure", "tls-insecure"], ["HISTORY_EXPIRATION", "history-expiration"],
    ["hist", "history-expiration"], ["history_exp", "history-expiration"], ["v", "version"], ["zzz", undefined], ["", undefined], ["x", undefined],
  ];
  for (const [name, expected] of rows) test(`of "${name}" is ${expected ?? "none"}`, () => assert.equal(nearest(name, names), expected));
});
