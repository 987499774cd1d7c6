// What a person who started the server reads: what runs where, the files, and commands to paste.

import { API_VERSIONS } from "../../provisioning.ts";
import type { DevOptions } from "../options.ts";
import { groupVersion } from "../resources.ts";
import type { StateFiles } from "./files.ts";
import { crossesNetwork, type Ready, shellWord } from "./ready-file.ts";

export const LAST_LINE = "Stop with Ctrl-C";

export function instructions(ready: Ready, options: DevOptions, program: string): string[] {
  const { apiUrl, exchangeUrl, adminUrl, files } = ready;
  return [
    `Provisioning API as of ${ready.era}, in memory: everything is gone when it stops`,
    `  API       ${apiUrl} (client certificate ${options.mtls})`,
    `  exchange  ${exchangeUrl}`,
    ...(adminUrl === undefined ? [] : [`  admin     ${adminUrl}`]),
    `  files     ${files.directory}: ${fileNames(files).join(" ")}`,
    ...(options.repositories.length === 0 ? [] : [`  healthy   ${options.repositories.map(qualified).join(" ")}`]),
    ...(options.faults.length === 0 ? [] : [`  faults    ${options.faults.join(" ")} (seed ${ready.faultSeed})`]),
    "Run a controller, create a job, look at it:",
    ...commands(ready, options, program).map((line) => `  ${line}`),
    LAST_LINE,
  ];
}

/** The controller with every file, a request that creates a job (or reads them), and kubectl; each one line. */
export function commands({ apiUrl, exchangeUrl, files }: Ready, { mtls, repositories }: DevOptions, program: string): string[] {
  const word = Object.fromEntries(Object.entries(files).map(([name, path]) => [name, shellWord(path)])) as unknown as StateFiles;
  const pair = mtls === "off" ? ["", ""] : [` --tls-cert-file=${word.cert} --tls-key-file=${word.key}`, ` --cert ${word.cert} --key ${word.key}`];
  const plain = crossesNetwork(exchangeUrl) ? " --allow-plaintext-token" : "";
  const api = `${apiUrl}/apis/${groupVersion(API_VERSIONS[0])}`;
  const [namespace, repository] = qualified(repositories[0] ?? "").split("/");
  const request = repositories.length === 0
    ? `${api}/jobs`
    : `-H Content-Type:application/json -d '{"action":"pull","pull":{}}' ${api}/namespaces/${namespace}/repositories/${repository}/jobs`;
  return [
    `${shellWord(program)} --token-file=${word.token} --token-exchange-url=${exchangeUrl}${plain} --provisioning-server-url=${apiUrl} --tls-ca-file=${word.ca}${pair[0]}`,
    `curl -s --cacert ${word.ca}${pair[1]} -H @${word.header} ${request}`,
    `kubectl --kubeconfig=${word.kubeconfig} get jobs.provisioning.grafana.app -A`,
  ];
}

function fileNames({ directory, ...paths }: StateFiles): string[] {
  return Object.values(paths).map((path: string) => path.slice(directory.length + 1));
}

function qualified(repository: string): string {
  return repository.includes("/") ? repository : `default/${repository}`;
}
