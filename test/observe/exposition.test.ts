import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { CONTENT_TYPE, exposition } from "../../src/observe/exposition.ts";
import { parseExposition } from "../support/exposition.ts";

describe("exposition()", () => {
  test("has HELP, TYPE and samples of each family, and a newline at the end", () => {
    const text = exposition([
      { name: "a_total", type: "counter", help: "As", samples: [{ labels: {}, value: 3 }] },
      { name: "b", type: "gauge", help: "B", samples: [{ labels: { x: "1", y: "2" }, value: -0.5 }, { labels: { x: "2", y: "2" }, value: 1e21 }] },
    ]);
    assert.equal(text, '# HELP a_total As\n# TYPE a_total counter\na_total 3\n# HELP b B\n# TYPE b gauge\nb{x="1",y="2"} -0.5\nb{x="2",y="2"} 1e+21\n');
  });

  test("leaves out a family without samples", () => {
    assert.equal(exposition([{ name: "a", type: "gauge", help: "A", samples: [] }]), "");
  });

  test("escapes what would end a line or a label", () => {
    const word = 'back\\slash "quoted"\nnext';
    const text = exposition([{ name: "a", type: "gauge", help: "back\\slash\nnext", samples: [{ labels: { word }, value: 1 }] }]);
    assert.ok(text.startsWith("# HELP a back\\\\slash\\nnext\n"));
    assert.equal(parseExposition(text).get("a")?.samples[0]?.labels.word, word);
  });

  for (const [value, written] of [[Number.POSITIVE_INFINITY, "+Inf"], [Number.NEGATIVE_INFINITY, "-Inf"], [Number.NaN, "NaN"]] as const) {
    test(`writes ${value} as ${written}`, () => {
      assert.ok(exposition([{ name: "a", type: "gauge", help: "A", samples: [{ labels: {}, value }] }]).endsWith(`\na ${written}\n`));
    });
  }

  test("names the format and its version", () => assert.equal(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"));
});

describe("parseExposition()", () => {
  const head = "# HELP a_total A\n# TYPE a_total counter\n";
  const histogram = "# HELP h H\n# TYPE h histogram\n";
  for (const [what, text] of [
    ["a page without a last newline", `${head}a_total 1`],
    ["a sample without HELP and TYPE", "a_total 1\n"],
    ["HELP twice", `${head}a_total 1\n${head}a_total 1\n`],
    ["TYPE before HELP", "# TYPE a_total counter\n# HELP a_total A\na_total 1\n"],
    ["a type that there is not", "# HELP a A\n# TYPE a number\na 1\n"],
    ["a counter without _total", "# HELP a A\n# TYPE a counter\na 1\n"],
    ["a sample of another family", `${head}b_total 1\n`],
    ["a family without samples", head],
    ["a series twice", `${head}a_total{x="1"} 1\na_total{x="1"} 2\n`],
    ["labels that differ", `${head}a_total{x="1"} 1\na_total{y="1"} 2\n`],
    ["a label twice", `${head}a_total{x="1",x="2"} 1\n`],
    ["a quote within a label", `${head}a_total{x="a"b"} 1\n`],
    ["an unknown escape", `${head}a_total{x="\\t"} 1\n`],
    ["no value", `${head}a_total \n`],
    ["a value that is no number", `${head}a_total one\n`],
    ["a counter below zero", `${head}a_total -1\n`],
    ["an empty line", `${head}\na_total 1\n`],
    ["buckets that shrink", `${histogram}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n`],
    ["buckets without an end", `${histogram}h_bucket{le="1"} 1\nh_sum 1\nh_count 1\n`],
    ["a count that is not that of the buckets", `${histogram}h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n`],
    ["a histogram without sum", `${histogram}h_bucket{le="+Inf"} 1\nh_count 1\n`],
  ] as const) {
    test(`refuses ${what}`, () => assert.throws(() => parseExposition(text)));
  }
});
