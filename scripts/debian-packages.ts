// An architecture and names of Debian packages → their files in a folder. apt works with lists and archives of its own, which
// are deleted afterwards: nothing is installed, the machine keeps its state, and no rights are needed.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** As Debian calls them. */
export type Architecture = "amd64" | "arm64";

/** Unpacks packages, not what they depend on. @throws Error with apt's words if the machine's sources do not have them */
export function unpackDebian(arch: Architecture, packages: readonly string[], folder: string): void {
  const own = mkdtempSync(join(tmpdir(), "job-controller-apt-"));
  try {
    const places = { lists: join(own, "lists"), cache: join(own, "cache"), archives: join(own, "archives") };
    const empty = [join(places.lists, "partial"), join(places.cache, "archives/partial"), places.archives];
    for (const place of empty) mkdirSync(place, { recursive: true });
    const settings = {
      "APT::Architecture": arch,
      "APT::Architectures": arch,
      "APT::Sandbox::User": "root",
      "Acquire::Languages": "none",
      "Dir::State::lists": places.lists,
      "Dir::State::status": "/dev/null",
      "Dir::Cache": places.cache,
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
    run("apt-get", ["-qq", ...options, "update"]);
    run("apt-get", ["-qq", ...options, "download", ...packages], places.archives);
    mkdirSync(folder, { recursive: true });
    for (const archive of readdirSync(places.archives)) run("dpkg-deb", ["-x", join(places.archives, archive), folder]);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

function run(command: string, args: string[], cwd?: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return;
  const said = `${stdout ?? ""}${stderr ?? ""}${error?.message ?? ""}`.trim();
  const told = args.filter((part) => !/^-|::/.test(part));
  throw new Error(`Cannot take Debian packages: "${[command, ...told].join(" ")}" failed:\n${said}`);
}
