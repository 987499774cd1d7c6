// Field selectors: their terms, and the real server's words for what it cannot read.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkFields, parseFieldSelector } from "../../../src/devserver/api/field-selector.ts";

const TERMS: readonly [selector: string, terms: string][] = [
  ["", ""],
  ["metadata.name=j2", "metadata.name is j2"],
  ["metadata.name==j2", "metadata.name is j2"],
  ["metadata.name!=j2", "metadata.name is not j2"],
  ["metadata.name= j2", "metadata.name is  j2"],
  ["metadata.name =j2", "metadata.name  is j2"],
  ["metadata.name=", "metadata.name is "],
  ["metadata.namespace=a,metadata.name=j2", "metadata.name is j2; metadata.namespace is a"],
  [",metadata.name=j2,,", "metadata.name is j2"],
  [String.raw`a=b\,c`, "a is b,c"],
  [String.raw`a=b\=c`, "a is b=c"],
  [String.raw`a=b\\,c=d`, String.raw`a is b\; c is d`],
  ["=", ""],
];

const REFUSED: readonly [selector: string, message: string][] = [
  ["foo", "invalid selector: 'foo'; can't understand 'foo'"],
  ["metadata.name in (j2)", "invalid selector: 'metadata.name in (j2)'; can't understand 'metadata.name in (j2)'"],
  ["a=b,foo", "invalid selector: 'a=b,foo'; can't understand 'foo'"],
  ["a=b=c", "invalid field selector: unescaped character in value: 61"],
  ["a===b", "invalid field selector: unescaped character in value: 61"],
  [String.raw`a=b\c`, String.raw`invalid field selector: invalid escape sequence: \c`],
  ["a=b\\", "invalid field selector: invalid escape sequence: \\"],
];

describe("parseFieldSelector()", () => {
  for (const [selector, wanted] of TERMS) {
    test(`${JSON.stringify(selector)} means ${wanted || "everything"}`, () => {
      const terms = parseFieldSelector(selector).map(({ field, equal, value }) => `${field} is${equal ? "" : " not"} ${value}`);
      assert.equal(terms.join("; "), wanted);
    });
  }

  for (const [selector, message] of REFUSED) {
    test(`refuses ${JSON.stringify(selector)}`, () => {
      assert.throws(() => parseFieldSelector(selector), { code: 400, message });
    });
  }
});

describe("checkFields()", () => {
  test("names the first field that objects cannot be selected by", () => {
    const terms = parseFieldSelector("metadata.name=x,spec.action=pull");
    assert.throws(() => checkFields(terms, ["metadata.name"]), { code: 400, message: "field label not supported: spec.action" });
    checkFields(terms, ["metadata.name", "spec.action"]);
  });
});
