import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import { parseFault, pieces } from "../../../src/devserver/behaviour/faults/parse.ts";
import { FAULTS, renderFaults } from "../../../src/devserver/behaviour/faults/table.ts";

const parse = (text: string) => parseFault(FAULTS, text);

describe("parseFault()", () => {
  const args: [text: string, args: object][] = [
    ["cut", { how: "fin", lines: undefined, bytes: undefined, delay: 0, half: false, headers: true }],
    ["cut:rst", { how: "rst", lines: undefined, bytes: undefined, delay: 0, half: false, headers: true }],
    ["cut:how=rst,lines=3,delay=2s", { how: "rst", lines: 3, bytes: undefined, delay: 2_000, half: false, headers: true }],
    ["cut,bytes=10,half=on", { how: "fin", lines: undefined, bytes: 10, delay: 0, half: true, headers: true }],
    ["stall:lines=1", { lines: 1, bytes: undefined }],
    ["slow:64", { rate: 64 }],
    ["status:429,retry-after=Tue\\, 24 Nov 2026", { code: 429, "retry-after": "Tue, 24 Nov 2026", body: "status" }],
    ['status:429,retry-after="a, b"', { code: 429, "retry-after": "a, b", body: "status" }],
    ["huge-line:2Mi", { size: 2_097_152, type: undefined }],
    ['garbage-line:"<a b=\\"c\\">, d"', { text: '<a b="c">, d', type: undefined }],
    ["ignore:query.limit", { what: { kind: "query", name: "limit" } }],
    ["ignore:header.X-Access-Token", { what: { kind: "header", name: "x-access-token" } }],
    ["ignore:body.preconditions.uid", { what: { kind: "body", path: ["preconditions", "uid"] } }],
    ["request:query.limit=1", { what: { part: { kind: "query", name: "limit" }, value: "1" } }],
    ["answer:code=404,code=500", { what: { path: ["code"], value: 404 }, code: 500, kind: undefined }],
    ['answer:details={"a":[1,2]}', { what: { path: ["details"], value: { a: [1, 2] } }, code: undefined, kind: undefined }],
    ["answer:items.*.metadata.uid=", { what: { path: ["items", "*", "metadata", "uid"], value: undefined }, code: undefined, kind: undefined }],
    ['line:object.metadata.annotations["k8s.io/x"]=text', {
      what: { path: ["object", "metadata", "annotations", "k8s.io/x"], value: "text" }, type: undefined, skip: undefined,
    }],
    ["answer-header:Retry-After=5", { what: { name: "retry-after", value: "5" }, code: undefined }],
    ["answer-text:a=b->c", { what: { from: "a=b", to: "c" }, code: undefined }],
    ["status-as:409->200", { what: { from: 409, to: 200 } }],
    ["set:page-size=3", { what: "page-size=3" }],
  ];
  for (const [text, expected] of args) test(`reads ${text}`, () => assert.deepEqual(parse(text).args, expected));

  test("reads when and where a fault strikes", () => {
    const all = parse("lose:share=2.5%,count=3,after=4,for=30s,server=exchange,method=PUT,verb=watch,resource=jobs,path=/a.c/");
    assert.deepEqual(all.when, {
      share: 0.025, count: 3, after: { opportunities: 4 }, for: 30_000, server: "exchange", method: "PUT", verb: "watch", resource: "jobs", path: /a.c/,
    });
    assert.deepEqual(parse("lose,after=5s,path=limit=2?").when.after, { ms: 5_000 });
    assert.equal(parse("lose,path=a.c").when.path?.test("abc"), false);
    assert.equal(parse("lose").when.server, "api");
    assert.equal(parse("exchange-down").when.server, "exchange");
  });

  const refusals: [text: string, why: string][] = [
    ["", 'there is no ""; dev --list-faults shows them'],
    ["ct:rst", 'there is no "ct"; did you mean "cut"? dev --list-faults shows them'],
    ["cut:rts", 'expected how to be fin, rst, end or mid-line, not "rts"'],
    ["cut:lins=3", 'cut has no argument "lins"; did you mean "lines"? dev --list-faults shows them'],
    ["cut:rst,3", 'expected <argument>=<value> in place of "3"; dev --list-faults shows them'],
    ["cut:rst,", 'expected <argument>=<value> in place of ""; dev --list-faults shows them'],
    ["cut:rst,lines=x", 'expected lines to be a whole number from 0, not "x"'],
    ["cut:lines=1,lines=2", "it says lines twice"],
    ["lose:3", 'expected <argument>=<value> in place of "3", as lose has no main argument; dev --list-faults shows them'],
    ["lose:share=200%", 'expected share to be a percentage from 0% to 100%, or off, not "200%"'],
    ["lose:after=x", 'expected after to be a number of opportunities such as 3, or a time such as 5s, not "x"'],
    ["lose:count=0", 'expected count to be a whole number from 1, not "0"'],
    ["lose:verb=wath", 'expected verb to be get, list, watch, create, update, patch, delete, deletecollection or other, not "wath"'],
    ["lose:path=/(/", 'expected path to be text, or a regular expression between slashes, not "/(/"'],
    ["status:999", 'expected code to be an HTTP status from 200 to 599, not "999"'],
    ["ignore", "expected ignore:query.<name>, header.<name> or body.<dotted.path>; dev --list-faults shows them"],
    ["ignore:limit", 'expected what to be query.<name>, header.<name> or body.<dotted.path>, not "limit"'],
    ["answer:", "expected answer:<dotted.path>=<JSON or text>, or <dotted.path>= to remove it; dev --list-faults shows them"],
    ["status-as:404", 'expected what to be <from>-><to>, each an HTTP status from 200 to 599, not "404"'],
    ["clock-jump:1h,share=10%", "it strikes the server as a whole and chooses no calls by share"],
    ["exchange-down:refused,count=3", "it strikes the server as a whole and chooses no calls by count"],
    ["clock-jump:1h,after=3", "expected a time for after, such as 5s"],
    ["toString", 'there is no "toString"; dev --list-faults shows them'],
    ["cut:toString=1", 'cut has no argument "toString"; dev --list-faults shows them'],
  ];
  for (const [text, why] of refusals) {
    test(`refuses ${text === "" ? "nothing" : text}`, () => {
      assert.throws(() => parse(text), (error) => error instanceof ConfigError && error.message === `Cannot use fault "${text}": ${why}`);
    });
  }
});

describe("pieces()", () => {
  for (const [text, expected] of [
    ["", []],
    ["a", ["a"]],
    ["a,b=c", ["a", "b=c"]],
    ['a="x,y",b', ['a="x,y"', "b"]],
    ["a={\"b\":[1,2]},c", ["a={\"b\":[1,2]}", "c"]],
    ["a=/x(1,2)/,c", ["a=/x(1,2)/", "c"]],
    ["a\\,b,c", ["a,b", "c"]],
    ['a="\\",",b', ['a="\\","', "b"]],
  ] as const) {
    test(`divides ${JSON.stringify(text)}`, () => assert.deepEqual(pieces(text), expected));
  }
});

describe("FAULTS", () => {
  test("have names that differ, a sentence of what they model, and where that was seen", () => {
    assert.equal(new Set(FAULTS.map(({ name }) => name)).size, FAULTS.length);
    for (const { name, models, seen, main, args } of FAULTS) {
      assert.match(name, /^[a-z]+(?:-[a-z]+)*$/);
      assert.match(models, /^[A-Z].{20,}[^.]$/, name);
      assert.ok(seen.length > 8, name);
      assert.ok(main === undefined || Object.hasOwn(args, main), name);
      for (const [argument, { kind, default: byDefault, meaning }] of Object.entries(args)) {
        assert.match(meaning, /^[A-Z]/, `${name} ${argument}`);
        // A default can be given as text, too.
        if (byDefault !== undefined) assert.deepEqual(kind.parse(kind.format(byDefault)), byDefault, `${name} ${argument}`);
      }
    }
  });

  test("are shown as a table, with what all of them understand", () => {
    const lines = renderFaults();
    assert.match(lines[0] ?? "", /^NAME +ARGUMENTS +MODELS +SEEN$/);
    for (const { name } of FAULTS) assert.ok(lines.some((line) => line.startsWith(`${name} `)), name);
    assert.match(lines.find((line) => line.startsWith("cut ")) ?? "", /^cut +\[:<fin\|rst\|end\|mid-line>\] \[lines=<number>\]/);
    assert.match(lines.find((line) => line.startsWith("ignore ")) ?? "", /^ignore +:<query\.name\|header\.name\|body\.path> /);
    assert.ok(lines.includes(lines.find((line) => line.startsWith("share=<percentage>")) ?? ""));
  });
});
