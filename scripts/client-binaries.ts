// In: the sources of test/clients/go, the commands of this machine. Out: the paths of the clients that are led against servers; what
// has to be built is built once, with Go, into the user's cache.

import { spawnSync } from "node:child_process";
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

/** Before this minor version kubectl checks objects by OpenAPI v2 instead of asking the server to. */
const OLDEST_MINOR = 27;

/** The kubectl of this machine, if it is of a version that can be led through the same script; else why not, as a sentence. */
export function ownKubectl(): { path: string; version: string } | string {
  const path = spawnSync("sh", ["-c", "command -v kubectl"], { encoding: "utf8" }).stdout.trim();
  if (path === "") return "this machine's own kubectl is not tried: there is none in PATH";
  const { stdout } = spawnSync(path, ["version", "--client", "-o", "json"], { encoding: "utf8" });
  const [, version = "unknown", minor] = /"gitVersion": "(v1\.(\d+)[^"]*)"/.exec(stdout) ?? [];
  if (Number(minor) >= OLDEST_MINOR) return { path, version };
  return `this machine's own kubectl is not tried: its version is ${version}, expected v1.${OLDEST_MINOR} or newer`;
}

/** Everything that the suite of other people's clients needs built; says what it will go without. */
export async function clientBinaries(say: (line: string) => void): Promise<void> {
  await serverBinaries(say);
  await kubectlBinary(say);
  await goClientBinary(say);
  const own = ownKubectl();
  if (typeof own === "string") say(own);
}

async function hashOf(directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(directory)).sort()) hash.update(`${name}\0`).update(await readFile(join(directory, name)));
  return hash.digest("hex").slice(0, 16);
}
