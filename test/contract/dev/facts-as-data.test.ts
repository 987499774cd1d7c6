// The facts themselves: enough of them, each with a name of its own, a claim that is a sentence, a source and a flip.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AREAS, FACTS } from "../facts.ts";

const COUNTED = FACTS.filter(({ only }) => only === undefined);
const SOURCE = /^(?:k8s: |k8s docs: |grafana: |RFC \d+, section |ours: )\S/;

describe("the facts", () => {
  test("at least 150 hold for both servers", () => {
    assert.ok(COUNTED.length >= 150, String(COUNTED.length));
  });

  test("no two share an id", () => {
    const ids = FACTS.map(({ id }) => id);
    assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
  });

  test("no two share a claim", () => {
    const claims = FACTS.map(({ claim }) => claim);
    assert.deepEqual(claims.filter((claim, index) => claims.indexOf(claim) !== index), []);
  });

  test("ids are a name of an area and a number, in order within their file", () => {
    for (const [area, facts] of Object.entries(AREAS)) {
      const last = new Map<string, number>();
      for (const { id } of facts) {
        const [, name = "", digits = ""] = /^([A-Z]+)-(\d{3})$/.exec(id) ?? [];
        assert.equal(Number(digits), (last.get(name) ?? 0) + 1, `${area}: ${id}`);
        last.set(name, Number(digits));
      }
    }
  });

  test("claims are sentences without a full stop", () => {
    assert.deepEqual(FACTS.filter(({ claim }) => claim.split(" ").length < 4 || /[.!]$/.test(claim)).map(({ id }) => id), []);
  });

  test("sources say where it comes from", () => {
    assert.deepEqual(FACTS.filter(({ source }) => !SOURCE.test(source)).map(({ id, source }) => `${id}: ${source}`), []);
  });

  test("what holds for one server alone says why", () => {
    assert.deepEqual(FACTS.filter(({ only }) => only !== undefined && only.because.split(" ").length < 4).map(({ id }) => id), []);
  });
});
