// package.json → where releases are published. The one place that knows how that address is written.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** `https://host/owner/name` without a slash at its end; "" while package.json does not name it. */
export function repository(text: string = readFileSync(join(ROOT, "package.json"), "utf8")): string {
  const { repository: field = "" } = JSON.parse(text) as { repository?: string };
  return field.replace(/\/$/, "");
}

/** Folder that holds the folders of all releases (`v0.1.0`, …); "" while the repository is not named. */
export function releasesBase(address: string = repository()): string {
  return address === "" ? "" : `${address}/releases/download`;
}
