// kubectl of the real server's release, and whichever this machine has, each led through kubectl.sh.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { KUBERNETES_VERSION, kubectlBinary } from "../../scripts/apiserver-binaries.ts";
import type { Client } from "./client.ts";
import { normalise } from "./normalise.ts";
import { runSteps, stepsOf } from "./transcript.ts";

const STEPS = stepsOf(readFileSync(new URL("./kubectl.sh", import.meta.url), "utf8"));

export async function kubectls(say: (line: string) => void): Promise<Client[]> {
  const own = ownKubectl();
  return [
    kubectl(`kubectl ${KUBERNETES_VERSION}`, await kubectlBinary(say)),
    own === undefined
      ? { ...kubectl("this machine's kubectl", ""), missing: "there is no kubectl in PATH" }
      : kubectl(`this machine's kubectl ${own.version}`, own.path),
  ];
}

function kubectl(name: string, path: string): Client {
  return {
    name,
    titles: STEPS.map(({ title }) => title),
    run: (server, { namespace, second, directory }) =>
      runSteps(STEPS, {
        HOME: directory,
        WORK: directory,
        // Hundreds of short runs: collecting garbage would be a third of them.
        GOGC: "off",
        KUBECTL: path,
        KUBECONFIG: server.kubeconfig,
        LIMITED: server.limitedKubeconfig,
        UNKNOWN: server.unknownKubeconfig,
        NAMESPACE: namespace,
        SECOND: second,
      }, normalise),
  };
}

function ownKubectl(): { path: string; version: string } | undefined {
  const path = spawnSync("sh", ["-c", "command -v kubectl"], { encoding: "utf8" }).stdout.trim();
  if (path === "") return undefined;
  const { stdout } = spawnSync(path, ["version", "--client", "-o", "json"], { encoding: "utf8" });
  return { path, version: /"gitVersion": "([^"]*)"/.exec(stdout)?.[1] ?? "of an unknown version" };
}
