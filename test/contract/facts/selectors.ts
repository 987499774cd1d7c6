// Label and field selectors: every operator, and what is not understood.

import assert from "node:assert/strict";
import { type Fact, names, ok, refused } from "../fact.ts";
import { type Place, repository } from "../place.ts";
import type { Reply } from "../server.ts";

const LABELS = "k8s docs: concepts/overview/working-with-objects/labels#label-selectors";
const SELECTOR_GO = "k8s: apimachinery/pkg/labels/selector.go";
const FIELDS_GO = "k8s: apimachinery/pkg/fields/selector.go";
const CONVERSION_GO = "k8s: apiextensions-apiserver/pkg/apiserver/conversion/converter.go";

const asked = (at: Place, selector: string): Promise<Reply> => at.get(`jobs?labelSelector=${encodeURIComponent(selector)}`);

/** Jobs a (web, 1), b (db, 20), c (web, x), d (none). */
async function labelled(at: Place): Promise<void> {
  const labels = { a: { tier: "web", n: "1" }, b: { tier: "db", n: "20" }, c: { tier: "web", n: "x" }, d: {} };
  for (const [name, given] of Object.entries(labels)) await at.job(name, { metadata: { labels: given } });
}

/** A fact: each selector gives these names. */
function selects(id: string, claim: string, flip: Fact["flip"], expected: Record<string, string>, source = LABELS): Fact {
  return {
    id,
    claim,
    source,
    flip,
    async run(at) {
      await labelled(at);
      const given = await Promise.all(Object.keys(expected).map(async (selector) => [selector, names(ok(await asked(at, selector)))]));
      assert.deepEqual(Object.fromEntries(given), expected);
    },
  };
}

/** A fact: each selector is refused with 400 and this message. */
function refuses(id: string, claim: string, expected: Record<string, string | RegExp>, source = SELECTOR_GO): Fact {
  return {
    id,
    claim,
    source,
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      for (const [selector, message] of Object.entries(expected)) refused(await asked(at, selector), 400, "BadRequest", message);
    },
  };
}

const fields = async (at: Place, selector: string): Promise<Reply> => at.get(`jobs?fieldSelector=${encodeURIComponent(selector)}`);
const IGNORED = { fault: "ignore:query.labelSelector" };
const NO_FIELDS = { fault: "ignore:query.fieldSelector" };

export const SELECTORS: readonly Fact[] = [
  selects("LABEL-001", "= and == select by value", IGNORED, { "tier=web": "a c", "tier==web": "a c" }),
  selects("LABEL-002", "!= selects other values, and objects without the label", IGNORED, { "tier!=web": "b d" }),
  selects("LABEL-003", "a key alone selects objects that have the label", IGNORED, { tier: "a b c" }),
  selects("LABEL-004", "! before a key selects objects that do not have the label", IGNORED, { "!tier": "d" }),
  selects("LABEL-005", "in selects any of several values", IGNORED, { "tier in (web,db)": "a b c", "tier in (db)": "b" }),
  selects("LABEL-006", "notin selects none of several values, and objects without the label", IGNORED, { "tier notin (web)": "b d", "tier notin (web,db)": "d" }),
  selects("LABEL-007", "< and > compare integers; values that are none never match", IGNORED, { "n>1": "b", "n<2": "a", "n>0": "a b" }, SELECTOR_GO),
  selects("LABEL-008", "requirements that are joined by commas must all hold", IGNORED, { "tier=web,n=1": "a", "tier,!n": "", "tier=web,tier=db": "" }),
  selects("LABEL-009", "blanks around operators, keys and values do not count", IGNORED, { "tier = web": "a c", " tier in ( web , db ) ": "a b c", "n > 1": "b" }, SELECTOR_GO),
  selects("LABEL-010", "an empty value is a value", IGNORED, { "tier=": "", "tier!=": "a b c d" }, SELECTOR_GO),
  selects("LABEL-011", "an empty set of values stands for the empty value", IGNORED, { "tier in ()": "", "tier notin ()": "a b c d" }, SELECTOR_GO),
  selects("LABEL-012", "in and notin are keys, too, where a key is expected", IGNORED, { "in in (in)": "", notin: "" }, SELECTOR_GO),
  {
    id: "LABEL-013",
    claim: "an empty selector selects everything",
    source: LABELS,
    flip: { fault: "request:query.labelSelector=x" },
    async run(at) {
      await labelled(at);
      assert.equal(names(ok(await asked(at, ""))), "a b c d");
    },
  },
  {
    id: "LABEL-014",
    claim: "a label with a prefix is selected by its whole key",
    source: LABELS,
    flip: IGNORED,
    async run(at) {
      await at.job("a", { metadata: { labels: { "provisioning.grafana.app/claim": "1756111201000" } } });
      await at.job("b", { metadata: { labels: { claim: "1" } } });
      const key = "provisioning.grafana.app/claim";
      const given = await Promise.all([key, `!${key}`, `${key}<1756111201001`, `${key}>1756111201001`].map(async (text) => names(ok(await asked(at, text)))));
      assert.deepEqual(given, ["a", "b", "a", ""]);
    },
  },
  refuses("LABEL-015", "a selector that begins with an operator is refused with 400 that says what was expected", {
    "=x": "found '=', expected: !, identifier, or 'end of string'",
    ",tier": "found ',', expected: !, identifier, or 'end of string'",
    "(tier)": "found '(', expected: !, identifier, or 'end of string'",
  }),
  refuses("LABEL-016", "a selector that ends too early is refused with 400", {
    "!": "unable to parse requirement: found '', expected: identifier",
    "tier=web,": "found '', expected: identifier after ','",
    "tier in (web": "unable to parse requirement: found '', expected: ',' or ')'",
  }),
  refuses("LABEL-017", "words where an operator belongs are refused with 400", {
    "a b": "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
    "n gt 1": "unable to parse requirement: found 'gt', expected: in, notin, =, ==, !=, gt, lt",
  }),
  refuses("LABEL-018", "what follows a whole requirement must be a comma", {
    "!tier=web": "found '=', expected: ',' or 'end of string'",
    "tier=web tier=db": "found 'tier', expected: ',' or 'end of string'",
  }),
  refuses("LABEL-019", "< and > with a value that is no integer are refused with 400", {
    "n<x": "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer",
    "n>1.5": "unable to parse requirement: values[0]: Invalid value: \"1.5\": for 'Gt', 'Lt' operators, the value must be an integer",
  }),
  refuses("LABEL-020", "a key that is none is refused with 400 that quotes it", {
    "x/y/z=1": /^unable to parse requirement: <nil>: Invalid value: "x\/y\/z": a valid label key must consist of/,
    "-bad=1": /^unable to parse requirement: <nil>: Invalid value: "-bad": name part must consist of/,
  }),
  refuses("LABEL-021", "a value that no label can have is refused with 400", {
    [`tier=${"x".repeat(64)}`]: /^unable to parse requirement: values\[0\]\[tier\]: Invalid value: "x{64}": must be no more than 63 bytes$/,
    "tier=web;n=1": /^unable to parse requirement: values\[0\]\[tier\]: Invalid value: "web;n": a valid label must be an empty string or consist of/,
    "n>-5": /^unable to parse requirement: values\[0\]\[n\]: Invalid value: "-5"/,
  }),
  {
    id: "FSEL-001",
    claim: "metadata.name selects one object, by = and by ==",
    source: "k8s docs: concepts/overview/working-with-objects/field-selectors",
    flip: NO_FIELDS,
    async run(at) {
      await at.jobs("a", "b");
      assert.equal(names(ok(await fields(at, "metadata.name=a"))), "a");
      assert.equal(names(ok(await fields(at, "metadata.name==b"))), "b");
    },
  },
  {
    id: "FSEL-002",
    claim: "metadata.name!= leaves one object out",
    source: "k8s docs: concepts/overview/working-with-objects/field-selectors",
    flip: NO_FIELDS,
    async run(at) {
      await at.jobs("a", "b", "c");
      assert.equal(names(ok(await fields(at, "metadata.name!=b"))), "a c");
    },
  },
  {
    id: "FSEL-003",
    claim: "metadata.namespace selects by namespace",
    source: "k8s docs: concepts/overview/working-with-objects/field-selectors",
    flip: NO_FIELDS,
    async run(at) {
      await at.job("a");
      const given = [`metadata.namespace=${at.namespace}`, "metadata.namespace=other", "metadata.namespace!=other"];
      assert.deepEqual(await Promise.all(given.map(async (text) => names(ok(await fields(at, text))))), ["a", "", "a"]);
    },
  },
  {
    id: "FSEL-004",
    claim: "fields that are joined by a comma must all hold, and empty ones do not count",
    source: FIELDS_GO,
    flip: NO_FIELDS,
    async run(at) {
      await at.jobs("a", "b");
      const given = ["metadata.name=a,metadata.name=b", "metadata.name=a,", `metadata.name=a,metadata.namespace=${at.namespace}`];
      assert.deepEqual(await Promise.all(given.map(async (text) => names(ok(await fields(at, text))))), ["", "a", "a"]);
    },
  },
  {
    id: "FSEL-005",
    claim: "a field that is not supported is refused with 400 that names it",
    source: CONVERSION_GO,
    flip: NO_FIELDS,
    async run(at) {
      for (const field of ["spec.action", "status.state", "metadata.uid", "name"]) {
        refused(await fields(at, `${field}=x`), 400, "BadRequest", `field label not supported: ${field}`);
      }
    },
  },
  {
    id: "FSEL-006",
    claim: "a field selector without operator, or with an unknown one, is refused with 400 that quotes it",
    source: FIELDS_GO,
    flip: NO_FIELDS,
    async run(at) {
      for (const text of ["metadata.name", "metadata.name>a", "metadata.name in (a)"]) {
        refused(await fields(at, text), 400, "BadRequest", `invalid selector: '${text}'; can't understand '${text}'`);
      }
    },
  },
  {
    id: "FSEL-007",
    claim: "an = that is not escaped in a field's value is refused with 400",
    source: FIELDS_GO,
    flip: NO_FIELDS,
    async run(at) {
      const reply = await fields(at, "metadata.name=a=b");
      refused(reply, 400, "BadRequest", "invalid field selector: unescaped character in value: 61");
    },
  },
  {
    id: "FSEL-008",
    claim: "label and field selectors hold together",
    source: LABELS,
    flip: NO_FIELDS,
    async run(at) {
      await labelled(at);
      const both = (name: string) => at.get(`jobs?labelSelector=tier%3Dweb&fieldSelector=metadata.name%3D${name}`);
      assert.deepEqual([names(ok(await both("a"))), names(ok(await both("b")))], ["a", ""]);
    },
  },
  {
    id: "FSEL-009",
    claim: "repositories are selected by the name of their connection",
    source: "grafana: apps/provisioning/pkg/apis/provisioning/v0alpha1/register.go; as a selectable field of the CRD",
    flip: NO_FIELDS,
    async run(at) {
      const connected = (name: string, connection: string) => repository(name, { spec: { connection: { name: connection } } });
      await at.made("repositories", connected("a", "one"));
      await at.made("repositories", connected("b", "two"));
      assert.equal(names(ok(await at.get("repositories?fieldSelector=spec.connection.name%3Dtwo"))), "b");
    },
  },
];
