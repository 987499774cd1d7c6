// The one release that the tests of this folder look at; the suite makes it before they begin.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeRelease } from "../../scripts/release/make.ts";
import { ROOT } from "../../scripts/suites.ts";

export const release = await makeRelease();

interface Manifest {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

export const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

interface Lock {
  packages: Record<string, { version: string; integrity: string; dev?: boolean }>;
}

export const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lock;
