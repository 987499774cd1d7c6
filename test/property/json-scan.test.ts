import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { duplicateFields } from "../../src/devserver/wire/json-scan.ts";

/** Texts that are JSON but for a few characters. */
const nearlyJson = fc.tuple(fc.json(), fc.nat(), fc.constantFrom("", "{", "}", "[", "]", ",", ":", '"', "\\", "u", "0", "-", ".", "e", "\n", " ", "t", "x"), fc.nat(2))
  .map(([text, at, inserted, removed]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + inserted + text.slice(place + removed);
  });

describe("duplicateFields()", () => {
  test("finds none in what JSON.stringify writes", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.deepEqual(duplicateFields(JSON.stringify(value)), [])), { numRuns: 2_000 });
  });

  test("refuses what JSON.parse refuses and numbers that are too large, nothing else", () => {
    const judge = (read: () => unknown) => {
      try {
        read();
        return true;
      } catch {
        return false;
      }
    };
    const finite = (_: string, value: unknown) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("too large");
      return value;
    };
    let good = 0;
    const property = fc.property(nearlyJson, (text) => {
      const accepted = judge(() => JSON.parse(text, finite));
      if (accepted) good++;
      assert.equal(judge(() => duplicateFields(text)), accepted, text);
    });
    fc.assert(property, { numRuns: 5_000 });
    assert.ok(good > 500 && good < 4_500, `${good} of 5,000 were JSON`);
  });
});
