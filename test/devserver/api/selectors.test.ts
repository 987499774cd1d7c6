import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseSelection } from "../../../src/devserver/api/selectors.ts";
import { Refusal } from "../../../src/devserver/wire/status.ts";
import { Store } from "../../../src/devserver/state/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const CLAIM = "provisioning.grafana.app/claim";
const OBJECTS: Record<string, Record<string, string> | undefined> = {
  old: { [CLAIM]: "100", repo: "demo" },
  fresh: { [CLAIM]: "1756111050000", repo: "test" },
  odd: { [CLAIM]: "soon" },
  free: undefined,
};

function selectedBy(query: Record<string, string>): string[] {
  const store = new Store(new ManualClock());
  for (const [name, labels] of Object.entries(OBJECTS)) store.create("jobs", { metadata: { name, namespace: "a", labels } });
  return [...store.entries("jobs")].filter(parseSelection(new URLSearchParams(query)).selects ?? (() => true)).map(({ name }) => name);
}

describe("parseSelection()", () => {
  for (
    const [labelSelector, names] of Object.entries({
      "": ["free", "fresh", "odd", "old"],
      [CLAIM]: ["fresh", "odd", "old"],
      [`!${CLAIM}`]: ["free"],
      "repo=demo": ["old"],
      "repo==demo": ["old"],
      "repo!=demo": ["free", "fresh", "odd"],
      "repo in (demo, test)": ["fresh", "old"],
      "repo notin (demo,test)": ["free", "odd"],
      [`${CLAIM}<1756111050000`]: ["old"],
      [`${CLAIM}>100`]: ["fresh"],
      [`${CLAIM},repo in (demo,other),repo!=test`]: ["old"],
      "repo=": [],
    })
  ) {
    test(`labels "${labelSelector}" select ${names.length === 0 ? "nothing" : names.join(", ")}`, () => {
      assert.deepEqual(selectedBy({ labelSelector }), names);
    });
  }

  test("fields select by name and namespace", () => {
    assert.deepEqual(selectedBy({ fieldSelector: "metadata.name=old" }), ["old"]);
    assert.deepEqual(selectedBy({ fieldSelector: "metadata.namespace==a,metadata.name!=old" }), ["free", "fresh", "odd"]);
  });

  test("repositories are selected by their connection too", () => {
    const store = new Store(new ManualClock());
    store.create("repositories", { metadata: { name: "x", namespace: "a" }, spec: { connection: { name: "hub" } } });
    store.create("repositories", { metadata: { name: "y", namespace: "a" }, spec: {} });
    const { selects } = parseSelection(new URLSearchParams({ fieldSelector: "spec.connection.name=hub" }));
    assert.deepEqual([...store.entries("repositories")].filter((entry) => selects?.(entry)).map(({ name }) => name), ["x"]);
  });

  for (
    const query of [
      { labelSelector: "a b" },
      { labelSelector: "a=b=c" },
      { labelSelector: "a<many" },
      { labelSelector: "a in demo" },
      { fieldSelector: "metadata.name" },
    ]
  ) {
    test(`refuses ${JSON.stringify(query)} with 400`, () => {
      assert.throws(
        () => selectedBy(query as unknown as Record<string, string>),
        (error) => error instanceof Refusal && error.code === 400,
      );
    });
  }
});
