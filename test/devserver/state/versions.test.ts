// resourceVersions in each format: their length, their order, and back again.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { firstVersion, formatVersion, isVersion, nextVersion, parseVersion, type VersionFormat } from "../../../src/devserver/state/versions.ts";

const NOW = Date.UTC(2026, 8, 1);
const DIGITS: Record<VersionFormat, number> = { microseconds: 16, snowflake: 19, counter: 4 };

for (const format of Object.keys(DIGITS) as VersionFormat[]) {
  describe(`versions as ${format}`, () => {
    test("rise with every write, also within one instant, and are read back", () => {
      let version = firstVersion(format, NOW);
      let text = formatVersion(format, version);
      assert.equal(text.length, DIGITS[format]);
      for (let write = 0; write < 3_000; write++) {
        version = nextVersion(format, version, NOW);
        const next = formatVersion(format, version);
        assert.ok(BigInt(next) > BigInt(text));
        assert.equal(parseVersion(next), version);
        assert.ok(isVersion(next, version) && !isVersion(text, version));
        text = next;
      }
    });

    test("one far beyond what was given out is larger than all, and text is none", () => {
      const last = firstVersion(format, NOW);
      assert.ok((parseVersion("9".repeat(20)) ?? 0) > last);
      assert.equal(parseVersion("12a"), undefined);
    });
  });
}

describe("versions", () => {
  test("are read and recognized in the format of before when a server changes its own", () => {
    const version = nextVersion("microseconds", 0, NOW + 1);
    const texts = [formatVersion("microseconds", version), formatVersion("snowflake", version)];
    assert.notEqual(texts[0], texts[1]);
    assert.deepEqual(texts.map((text) => [parseVersion(text), isVersion(text, version)]), [[version, true], [version, true]]);
  });

  test("between two snowflakes are read as the one before, but are not it", () => {
    const version = nextVersion("snowflake", 0, NOW);
    const between = String(BigInt(formatVersion("snowflake", version)) + 1n);
    assert.deepEqual([parseVersion(between), isVersion(between, version)], [version, false]);
  });
});
