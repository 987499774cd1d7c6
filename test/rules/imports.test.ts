// The sources keep to the table of rooms, and the rule that says so finds breaches.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  cycles,
  FILES_PER_PACKAGE,
  importErrors,
  importsOf,
  packageName,
  PACKAGES,
  renderImportTable,
  roomOf,
  ROOMS,
  TABLE_BEGIN,
  TABLE_END,
} from "./imports.ts";
import { none, projectFiles, ROOT, type SourceFile } from "./source.ts";

const sources = projectFiles("src").filter(({ path }) => path.endsWith(".ts"));
const file = (path: string, text: string): SourceFile => ({ path, text });
const errors = (path: string, text: string) => importErrors([file(path, text)]);

describe("src", () => {
  test("keeps to the import table", () => none(importErrors(sources)));

  test("has a file in every room", () => {
    for (const room of ROOMS)
      assert.ok(
        sources.some(({ path }) => roomOf(path) === room),
        `${room.room} is empty`,
      );
  });

  test("holds nothing but TypeScript", () => {
    none(
      projectFiles("src")
        .filter(({ path }) => !path.endsWith(".ts"))
        .map(({ path }) => path),
    );
  });

  test("has no import cycles", () => none(cycles(sources)));

  test("imports each package in few files", () => {
    for (const name of Object.keys(PACKAGES)) {
      const users = sources
        .filter((source) => importsOf(source).some(({ specifier }) => packageName(specifier) === name))
        .map(({ path }) => path);
      assert.ok(
        users.length >= 1 && users.length <= FILES_PER_PACKAGE,
        `${name} is imported by ${users.join(", ") || "nothing"}`,
      );
    }
  });
});

describe("ARCHITECTURE.md", () => {
  const path = join(ROOT, "ARCHITECTURE.md");

  test("shows the import table that is enforced", { skip: !existsSync(path) && "there is no ARCHITECTURE.md yet" }, () => {
    const text = readFileSync(path, "utf8");
    const begin = text.indexOf(TABLE_BEGIN);
    assert.ok(begin !== -1 && text.includes(TABLE_END), `no ${TABLE_BEGIN} … ${TABLE_END}`);
    assert.equal(text.slice(begin + TABLE_BEGIN.length, text.indexOf(TABLE_END)).trim(), renderImportTable().trim());
  });
});

describe("importsOf()", () => {
  test("tells values, types and dynamic imports apart", () => {
    const text = [
      'import { a } from "./a.ts";',
      'import type { B } from "./b.ts";',
      'import { type C } from "./c.ts";',
      'import {\n  d,\n  e,\n} from "./d.ts";',
      'import "./e.ts";',
      'export { f } from "./f.ts";',
      'export type { G } from "./g.ts";',
      'const h = await import("./h.ts");',
      'type I = typeof import("./i.ts");',
      'import * as j from "node:fs";',
    ].join("\n");
    assert.deepEqual(
      importsOf(file("src/base/x.ts", text))
        .map(({ specifier, as }) => `${as} ${specifier}`)
        .sort(),
      [
        "dynamic ./h.ts",
        "type ./b.ts",
        "type ./g.ts",
        "value ./a.ts",
        "value ./c.ts",
        "value ./d.ts",
        "value ./e.ts",
        "value ./f.ts",
        "value node:fs",
      ],
    );
  });

  test("ignores what stands in comments and strings", () => {
    const text =
      '// import { a } from "./a.ts";\n/* import "./b.ts" */\nconst s = `import "./c.ts"`;\nconst t = \'import "./d.ts"\';\nexport const u = "text";\n';
    assert.deepEqual(importsOf(file("src/base/x.ts", text)), []);
  });
});

describe("importErrors()", () => {
  for (const [what, path, text] of [
    ["a room that is not in the row", "src/base/x.ts", 'import { a } from "../kube/api.ts";'],
    ["jobs from history", "src/history/x.ts", 'import { a } from "../jobs/ledger.ts";'],
    ["the runtime from a room", "src/auth/x.ts", 'import type { Host } from "../runtime/runtime.ts";'],
    ["client code from the dev server", "src/devserver/x.ts", 'import { a } from "../kube/api.ts";'],
    ["a value where only types are allowed", "src/devserver/x.ts", 'import { a } from "../kube/types.ts";'],
    ["another file where only types.ts is allowed", "src/provisioning.ts", 'import type { A } from "./kube/api.ts";'],
    ["a dynamic import of another room", "src/cli/x.ts", 'await import("../auth/kubeconfig.ts");'],
    ["main from a room", "src/jobs/x.ts", 'import { a } from "../main.ts";'],
    ["a file without .ts", "src/jobs/x.ts", 'import { a } from "./ledger";'],
    ["scripts from src", "src/main.ts", 'import { a } from "../scripts/build.ts";'],
    ["a file in no room", "src/utils/x.ts", ""],
    ["a file beside the rooms", "src/helpers.ts", ""],
    ["Node.js in a pure room", "src/kube/x.ts", 'import { a } from "node:fs";'],
    ["I/O in auth", "src/auth/x.ts", 'import { a } from "node:fs/promises";'],
    ["process in the dev server", "src/devserver/x.ts", 'import process from "node:process";'],
    ["a package that is not in the table", "src/kube/x.ts", 'import { a } from "left-pad";'],
    ["a package in another file", "src/kube/watch.ts", 'import { ofetch } from "ofetch";'],
    ["client-node as a value", "src/auth/kubeconfig.ts", 'import { KubeConfig } from "@kubernetes/client-node";'],
    ["client-node loaded elsewhere", "src/kube/api.ts", 'await import("@kubernetes/client-node");'],
  ] as const) {
    test(`refuses ${what}`, () => assert.equal(errors(path, text).length, 1, `${path}: ${text}`));
  }

  for (const [what, path, text] of [
    ["its own room", "src/kube/x.ts", 'import { a } from "./api.ts";'],
    ["a room of its row", "src/jobs/x.ts", 'import { a } from "../kube/api.ts";\nimport { b } from "../provisioning.ts";'],
    ["types where types are allowed", "src/devserver/x.ts", 'import type { A } from "../kube/types.ts";'],
    [
      "everything in main",
      "src/main.ts",
      'import { a } from "./runtime/detect.ts";\nawait import("./devserver/run.ts");\nimport process from "node:process";',
    ],
    ["a package where it belongs", "src/base/log.ts", 'import { createConsola } from "consola/core";'],
    [
      "client-node when it is asked for",
      "src/auth/kubeconfig.ts",
      'const { KubeConfig } = await import("@kubernetes/client-node");',
    ],
  ] as const) {
    test(`allows ${what}`, () => assert.deepEqual(errors(path, text), []));
  }

  test("says where", () =>
    assert.match(
      errors("src/base/x.ts", '\n\nimport { a } from "../kube/api.ts";')[0] ?? "",
      /^src\/base\/x\.ts:3: base may not import/,
    ));
});

describe("cycles()", () => {
  test("finds a cycle of values, and none of types", () => {
    const a = file("src/base/a.ts", 'import { b } from "./b.ts";');
    assert.deepEqual(cycles([a, file("src/base/b.ts", 'import { a } from "./a.ts";')]), [
      "src/base/a.ts -> src/base/b.ts -> src/base/a.ts",
    ]);
    assert.deepEqual(cycles([a, file("src/base/b.ts", 'import type { a } from "./a.ts";')]), []);
  });
});

describe("renderImportTable()", () => {
  test("has a row for every room", () => assert.equal(renderImportTable().trim().split("\n").length, ROOMS.length + 2));
});
