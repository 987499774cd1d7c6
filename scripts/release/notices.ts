// Folders under node_modules → THIRD_PARTY_NOTICES: the licence and notice files of each package whose code is in the
// binary, as its authors wrote them, and what Bun brings.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RULE = "=".repeat(80);

/** Text of the notices, sorted by name and version. `folders` as `build()` returns them. */
export function thirdPartyNotices(folders: readonly string[], root = ROOT): string {
  const sections = folders.map((folder) => packageNotice(root, folder)).sort((a, b) => (a < b ? -1 : 1));
  const bun = readFileSync(join(ROOT, "scripts/release/bun-notice.txt"), "utf8");
  return `${[
    "job-controller holds the software that is named below, under the terms that stand with it.\n",
    ...sections,
    bun,
  ].join(`\n${RULE}\n`)}`;
}

function packageNotice(root: string, folder: string): string {
  const { name, version, license = "" } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as {
    name: string;
    version: string;
    license?: string;
  };
  const files = readdirSync(join(root, folder))
    .filter((file) => /^[^.]*(?:licen[sc]e|copying|notice)[^.]*(?:\.(?:md|txt))?$/i.test(file))
    .sort();
  if (files.length === 0 && license === "") {
    throw new Error(`Cannot write the notice of "${name}": expected a licence in its folder or in its package.json`);
  }
  const texts = files.map((file) => readFileSync(join(root, folder, file), "utf8").replace(/\r\n?/g, "\n").trim());
  const terms = texts.length === 0 ? ["The package holds no licence text."] : texts;
  return [`${name} ${version}\nLicence: ${license || "see below"}`, ...terms].join("\n\n").concat("\n");
}
