// install.sh → the copy that a release carries: it installs that release unless told otherwise, from where that is published.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { releasesBase, repository } from "./repository.ts";

const INSTALLER = fileURLToPath(new URL("../../install.sh", import.meta.url));
export const INSTALLER_NAME = "install.sh";

/**
 * While the repository is not named, the base URL is left open, so that the copy asks for it as install.sh does.
 * @throws Error for an address that install.sh would refuse.
 */
export function installer(version: string, address: string = repository()): string {
  const base = releasesBase(address);
  if (!/^[\w:/.~%+-]*$/.test(base)) {
    throw new Error(`Cannot write "${base}" into install.sh: expected letters, digits and :/._~%+- alone`);
  }
  return filled(filled(readFileSync(INSTALLER, "utf8"), "release_version", version), "release_base_url", base);
}

function filled(text: string, name: string, value: string): string {
  const line = `\n${name}=""\n`;
  if (!text.includes(line)) throw new Error(`Cannot fill in install.sh: expected the line ${line.trim()}`);
  return text.replace(line, () => `\n${name}="${value}"\n`);
}
