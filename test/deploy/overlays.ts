// Kustomizations upon deploy/kustomize: overlays of our own, and copies that differ in one text. In: an empty folder. Out: the folder
// that kubectl is given.

import assert from "node:assert/strict";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export const KUSTOMIZE = fileURLToPath(new URL("../../deploy/kustomize", import.meta.url));

/** Literals of the ConfigMap, by name. */
export type Literals = Record<string, string>;

/** Upon a part of deploy/kustomize, with components of it. */
export async function overlay(folder: string, resource: string, literals: Literals, components: readonly string[] = []): Promise<string> {
  const lines = Object.entries(literals).map(([name, value]) => `${name}=${value}`);
  await writeFile(join(folder, "kustomization.yaml"), JSON.stringify({
    resources: [relative(folder, join(KUSTOMIZE, resource))],
    components: components.map((name) => relative(folder, join(KUSTOMIZE, name))),
    configMapGenerator: [{ name: "job-controller", behavior: "merge", literals: lines }],
  }));
  return folder;
}

/** The base of a copy in which one file differs. */
export async function changedBase(folder: string, file: string, text: string, other: string): Promise<string> {
  await cp(KUSTOMIZE, folder, { recursive: true });
  const before = await readFile(join(folder, file), "utf8");
  assert.ok(before.includes(text), `${file} has no ${text}`);
  await writeFile(join(folder, file), before.replace(text, other));
  return join(folder, "base");
}
