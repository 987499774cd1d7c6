// kubectl of the real server's release, and whichever this machine has, each led through kubectl.sh.

import { KUBERNETES_VERSION, kubectlBinary } from "../../scripts/apiserver-binaries.ts";
import { ownKubectl } from "../../scripts/client-binaries.ts";
import { type Client, shellClient } from "./client.ts";

export async function kubectls(say: (line: string) => void): Promise<Client[]> {
  const own = ownKubectl();
  if (typeof own === "string") say(own);
  return [
    kubectl(`kubectl ${KUBERNETES_VERSION}`, await kubectlBinary(say)),
    ...(typeof own === "string" ? [] : [kubectl(`this machine's kubectl ${own.version}`, own.path)]),
  ];
}

function kubectl(name: string, path: string): Client {
  return shellClient(name, "./kubectl.sh", ({ kubeconfig, limitedKubeconfig, unknownKubeconfig }) => ({
    // Hundreds of short runs: collecting garbage would be a third of them.
    GOGC: "off",
    KUBECTL: path,
    KUBECONFIG: kubeconfig,
    LIMITED: limitedKubeconfig,
    UNKNOWN: unknownKubeconfig,
  }));
}
