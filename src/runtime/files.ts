// Files by path to text.

import { readFile } from "node:fs/promises";

/** The file's text as UTF-8; rejects with the system's error (`code` ENOENT, EACCES, ...). */
export function readText(path: string): Promise<string> {
  return readFile(path, "utf8");
}
