// In: the sources of test/clients/go. Out: the path of the program that they make, built once with Go into the user's cache.

import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheDirectory, kubectlBinary, run, serverBinaries } from "./apiserver-binaries.ts";

const SOURCES = fileURLToPath(new URL("../test/clients/go", import.meta.url));

/** The program of these very sources; progress goes to `say`. @throws Error if Go is missing or refuses them */
export async function goClientBinary(say: (line: string) => void): Promise<string> {
  const directory = join(cacheDirectory(), "clients");
  const target = join(directory, `go-${await hashOf(SOURCES)}`);
  if (await access(target).then(() => true, () => false)) return target;
  say("building the client-go program of test/clients/go once (cold: about a minute)");
  await mkdir(directory, { recursive: true });
  const made = await mkdtemp(join(directory, "build-"));
  try {
    const flags = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
    await run("go", ["build", ...flags, "-o", join(made, "clients"), "."], { cwd: SOURCES });
    await rename(join(made, "clients"), target);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return target;
}

/** Everything that the suite of other people's clients needs built. */
export async function clientBinaries(say: (line: string) => void): Promise<void> {
  await serverBinaries(say);
  await kubectlBinary(say);
  await goClientBinary(say);
}

async function hashOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(directory)).sort()) hash.update(`${name}\0`).update(await readFile(join(directory, name)));
  return hash.digest("hex").slice(0, 16);
}
