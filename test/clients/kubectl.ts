// kubectl of the real server's release, and whichever this machine has, each led through kubectl.sh.

import { readFileSync } from "node:fs";
import { KUBERNETES_VERSION, kubectlBinary } from "../../scripts/apiserver-binaries.ts";
import { ownKubectl } from "../../scripts/client-binaries.ts";
import type { Client } from "./client.ts";
import { normalise } from "./normalise.ts";
import { runSteps, stepsOf } from "./transcript.ts";

const STEPS = stepsOf(readFileSync(new URL("./kubectl.sh", import.meta.url), "utf8"));

export async function kubectls(say: (line: string) => void): Promise<Client[]> {
  const own = ownKubectl();
  if (typeof own === "string") say(own);
  return [
    kubectl(`kubectl ${KUBERNETES_VERSION}`, await kubectlBinary(say)),
    ...(typeof own === "string" ? [] : [kubectl(`this machine's kubectl ${own.version}`, own.path)]),
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
