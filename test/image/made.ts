// The release whose image these tests look at, and what README.md says of containers.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeRelease } from "../../scripts/release/make.ts";
import { HOST } from "../../scripts/roots/machines.ts";
import { ROOT } from "../../scripts/suites.ts";

export const release = await makeRelease();
export const { version } = release.stamp;

/** Path of a file of the release. */
export function released(name: string): string {
  return join(release.folder, name);
}

/** Fenced blocks of a language in README.md's section, for this version and this processor. */
export function readmeBlocks(language: "sh" | "dockerfile"): string[] {
  const [, section = ""] = /^## Containers\n([^]*?)^## /m.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\\b.*\\n([^]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) =>
    text.replaceAll(/\d+\.\d+\.\d+/g, version).replaceAll("linux_amd64", `linux_${HOST}`),
  );
}
