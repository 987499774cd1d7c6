// Label selectors: what is selected, and the real server's words for what it cannot read.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Labels, parseLabelSelector } from "../../../src/devserver/api/label-selector.ts";

const OBJECTS: Readonly<Record<string, Labels>> = {
  two: { n: "2", repo: "demo" },
  three: { n: "3", repo: "demo" },
  word: { n: "3b", repo: "demo" },
  none: {},
};

const SELECTED: readonly [selector: string, names: string][] = [
  ["", "two three word none"],
  ["n", "two three word"],
  [" n", "two three word"],
  ["!n", "none"],
  ["! n", "none"],
  ["n=2", "two"],
  ["n==2", "two"],
  ["n = 2", "two"],
  ["n\t=\t2", "two"],
  ["n!=2", "three word none"],
  ["n=", ""],
  ["n!=", "two three word none"],
  ["n in (2,3)", "two three"],
  ["n in(2,3)", "two three"],
  ["n in ( 2 , 3 )", "two three"],
  ["n in ()", ""],
  ["n in (2,)", "two"],
  ["n in (,2)", "two"],
  ["n in (2,,3)", "two three"],
  ["n notin (2,3)", "word none"],
  ["n notin (2),repo", "three word"],
  ["n<3", "two"],
  ["n < 3", "two"],
  ["n>2", "three"],
  ["n>02", "three"],
  ["n > 1,n < 3", "two"],
  ["n>9223372036854775807", ""],
  ["in", ""],
  ["n=notin", ""],
  ["repo,n in (1,2),!x", "two"],
  ["toString", ""],
  ["!toString", "two three word none"],
];

const NAME = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  + " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  + " (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const LONG = "a".repeat(64);

const REFUSED: readonly [selector: string, message: string][] = [
  ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ["n IN (2)", "unable to parse requirement: found 'IN', expected: in, notin, =, ==, !=, gt, lt"],
  ["n (2)", "unable to parse requirement: found '(', expected: in, notin, =, ==, !=, gt, lt"],
  ["n in 2", "unable to parse requirement: found '2' expected: '('"],
  ["n notin", "unable to parse requirement: found '' expected: '('"],
  ["n in (2", "unable to parse requirement: found '', expected: ',' or ')'"],
  ["n in (a b)", "unable to parse requirement: found 'b', expected: ',' or ')'"],
  ["n in (", "unable to parse requirement: found '', expected: ',', ')' or identifier"],
  ["n in (2,=)", "unable to parse requirement: found '=', expected: ',', or identifier"],
  ["n>=3", "unable to parse requirement: found '=', expected: identifier"],
  ["n===2", "unable to parse requirement: found '=', expected: identifier"],
  ["!!n", "unable to parse requirement: found '!', expected: identifier"],
  ["!", "unable to parse requirement: found '', expected: identifier"],
  ["n=2=3", "found '=', expected: ',' or 'end of string'"],
  ["!n=2", "found '=', expected: ',' or 'end of string'"],
  ["n=2 repo=demo", "found 'repo', expected: ',' or 'end of string'"],
  ["n=2,", "found '', expected: identifier after ','"],
  ["n=2,,repo", "found ',', expected: identifier after ','"],
  [",n=2", "found ',', expected: !, identifier, or 'end of string'"],
  ["()", "found '(', expected: !, identifier, or 'end of string'"],
  ["n<abc", `unable to parse requirement: values[0]: Invalid value: "abc": for 'Gt', 'Lt' operators, the value must be an integer`],
  ["n<9223372036854775808", `unable to parse requirement: values[0]: Invalid value: "9223372036854775808": for 'Gt', 'Lt' operators, the value must be an integer`],
  ["n<-1", `unable to parse requirement: values[0][n]: Invalid value: "-1": ${VALUE}`],
  ["n>-x", `unable to parse requirement: [values[0]: Invalid value: "-x": for 'Gt', 'Lt' operators, the value must be an integer, values[0][n]: Invalid value: "-x": ${VALUE}]`],
  ["n in (b,-a)", `unable to parse requirement: values[0][n]: Invalid value: "-a": ${VALUE}`],
  [`n=${LONG}`, `unable to parse requirement: values[0][n]: Invalid value: "${LONG}": must be no more than 63 bytes`],
  ["-n=a", `unable to parse requirement: <nil>: Invalid value: "-n": name part ${NAME}`],
  [LONG, `unable to parse requirement: <nil>: Invalid value: "${LONG}": name part must be no more than 63 bytes`],
  ["/b=a", `unable to parse requirement: <nil>: Invalid value: "/b": prefix part must be non-empty`],
  ["a/=a", `unable to parse requirement: <nil>: Invalid value: "a/": name part must be non-empty; name part ${NAME}`],
  ["a/b/c=a", `unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key ${NAME} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`],
];

describe("parseLabelSelector()", () => {
  for (const [selector, names] of SELECTED) {
    test(`${JSON.stringify(selector)} selects ${names || "nothing"}`, () => {
      const tests = parseLabelSelector(selector);
      const selected = Object.entries(OBJECTS).filter(([, labels]) => tests.every((one) => one(labels)));
      assert.equal(selected.map(([name]) => name).join(" "), names);
    });
  }

  for (const [selector, message] of REFUSED) {
    test(`refuses ${JSON.stringify(selector)}`, () => {
      assert.throws(() => parseLabelSelector(selector), { code: 400, message });
    });
  }

  test("an upper-case prefix is no DNS subdomain", () => {
    assert.throws(() => parseLabelSelector("A.b/c=a"), /"A\.b\/c": prefix part a lowercase RFC 1123 subdomain must consist of/);
  });
});
