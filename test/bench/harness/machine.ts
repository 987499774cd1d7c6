// What a run's figures depend on beside the program: the machine, what else it does, and the versions of all that takes part.

import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { ETCD_VERSION, KUBERNETES_VERSION } from "../../../scripts/apiserver-binaries.ts";
import { BUN } from "../../../scripts/suites.ts";
import { BINARY } from "../../support/controller.ts";
import { clientGoVersion, RIVALS } from "./programs.ts";
import type { Circumstances } from "./results.ts";

export function circumstances(): Circumstances {
  const [cpu] = cpus();
  const output = (command: string, ...args: string[]) => execFileSync(command, args, { encoding: "utf8" }).trim();
  const { version, commit } = JSON.parse(output(BINARY, "version", "-o", "json")) as { version: string; commit: string };
  return {
    "program": `job-controller ${version}, commit ${commit}`,
    "day": new Date().toISOString().slice(0, 10),
    "machine": `${cpus().length} × ${cpu?.model ?? "unknown"}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release().split("-")[0]}`,
    "load before the run": loadavg().map((load) => load.toFixed(2)).join(" "),
    "server": `kube-apiserver ${KUBERNETES_VERSION}, etcd ${ETCD_VERSION}, on the same machine`,
    "rivals": Object.values(RIVALS).map((modfile) => `client-go ${clientGoVersion(modfile)}`).join(", "),
    "compilers": `Bun ${output(BUN, "--version")}, ${output("go", "version").split(" ")[2]}`,
  };
}
