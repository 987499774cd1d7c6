// Binary, libc and public roots → the root directory of an image as a tar, whose bytes depend on these and a date alone. Knows
// nothing of images: `FROM scratch` and `ADD` make one of it.

import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rootCertificates } from "node:tls";
import type { LibcFile } from "./libc.ts";
import { openModes, tarFolder } from "./tool.ts";

/** Where Debian has the public roots, and where most programs look for them. */
const ROOTS = "etc/ssl/certs/ca-certificates.crt";

export interface RootfsParts {
  binary: string;
  libc: readonly LibcFile[];
  /** Modification time of everything inside, RFC 3339. */
  date: string;
}

/** Writes the tar. Its public roots are those of the runtime, which the binary trusts by itself: they are for workers. */
export function writeRootfs({ binary, libc, date }: RootfsParts, tar: string): void {
  const stage = mkdtempSync(join(dirname(tar), ".root-"));
  const place = (path: string, write: (file: string) => void) => {
    const file = join(stage, path);
    mkdirSync(dirname(file), { recursive: true });
    write(file);
  };
  try {
    place("job-controller", (file) => copyFileSync(binary, file));
    for (const { path, source } of libc) place(path, (file) => copyFileSync(source, file));
    place(ROOTS, (file) => writeFileSync(file, `${rootCertificates.map((pem) => pem.trim()).join("\n")}\n`));
    openModes(stage);
    place("tmp", (file) => mkdirSync(file));
    chmodSync(join(stage, "tmp"), 0o1777);
    tarFolder(stage, tar, date);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
