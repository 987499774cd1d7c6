// The table of behaviours as data: readers, eras, settings and the table as text. What each row does on the wire is seen elsewhere.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConfigError } from "../../../src/base/errors.ts";
import { renderFaults } from "../../../src/devserver/behaviour/faults/table.ts";
import { behaviourOf, parseEra, parseSettings, renderEras, ROWS } from "../../../src/devserver/behaviour/eras.ts";
import { ERAS, type Row } from "../../../src/devserver/behaviour/rows.ts";

const rows = Object.values(ROWS as Record<string, Row<unknown>>);

describe("the table of behaviours", () => {
  test("names every row once, in kebab case, with a meaning and a source", () => {
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
    for (const { name, meaning, source } of rows) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.ok(meaning.length > 10 && source !== "", name);
    }
  });

  test("reads back what it writes, for every row and era", () => {
    for (const { name, values, format, parse } of rows) {
      for (const era of ERAS) assert.equal(parse(format(values[era])), values[era], `${name} in ${era}`);
    }
  });

  test("renders a line per row under a heading, columns aligned", () => {
    const [head = "", ...lines] = renderEras();
    assert.equal(lines.length, rows.length);
    const at = head.indexOf("2026-09");
    for (const line of lines) assert.match(line.slice(at - 2, at + 1), /^ {2}\S$/, line);
  });
});

describe("renderEras() and renderFaults()", () => {
  for (const render of [renderEras, renderFaults]) {
    test(`${render.name}() keeps to the width of a terminal, and loses nothing`, () => {
      const words = (lines: string[]) => lines.join(" ").split(/\s+/).filter((word) => word !== "");
      const narrow = render(80);
      for (const line of narrow) assert.ok(line.length <= 80 || !line.trim().includes(" "), line);
      assert.deepEqual(words(narrow), words(render()));
      assert.deepEqual(render(1_000), render());
    });
  }
});

describe("behaviourOf() and parseSettings()", () => {
  test("give an era's column, and single values over it", () => {
    assert.equal(behaviourOf("2025-08").pageSize, 50);
    assert.equal(behaviourOf("kubernetes").versions, "counter");
    assert.deepEqual(parseSettings(["page-size=3", "gaps=event", "page-bytes=64Ki", "clock-skew=-45s", "page-size=4"]), {
      pageSize: 4,
      gaps: "event",
      pageBytes: 65_536,
      clockSkewMs: -45_000,
    });
  });

  for (const [texts, message] of [
    [["page-size"], 'Cannot use setting "page-size": expected <name>=<value>, such as page-size=3; dev --list-eras shows the names'],
    [["pagesize=3"], 'Cannot use setting "pagesize=3": there is no "pagesize"; did you mean "page-size"? dev --list-eras shows the names'],
    [["page-size=many"], 'Cannot set "page-size" to "many": expected a whole number from 0'],
    [["gaps=loud"], 'Cannot set "gaps" to "loud": expected silent, event or status'],
  ] as const) {
    test(`refuse ${texts[0]}`, () => {
      assert.throws(() => parseSettings(texts), (error) => error instanceof ConfigError && error.message === message);
    });
  }

  test("refuse an era that is none", () => {
    assert.throws(() => parseEra("2024"), { message: 'Cannot use era "2024": expected 2025-08, 2026-09 or kubernetes' });
  });
});
