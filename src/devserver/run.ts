// The `dev` command: starts the server, tells a person how to use it, and runs until the signal.

import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEV_DEFAULTS, type DevEnv, type DevOptions } from "./options.ts";
import { createDevserver, type Devserver } from "./serve.ts";

/** @throws ConfigError if an address is taken or a repository's name is none */
export async function runDevserver(options: DevOptions, { clock, random, write, signal }: DevEnv): Promise<void> {
  const certDir = options.certDir ?? (await mkdtemp(join(tmpdir(), "job-controller-dev-")));
  const devserver = await createDevserver({ ...options, certDir, clock, random, write });
  for (const line of usage(devserver, options)) write(line);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await devserver.close();
}

function usage({ apiUrl, exchangeUrl, files }: Devserver, options: DevOptions): string[] {
  // The well-known token may stand in a command; any other is left to the reader.
  const token = options.token.equals(DEV_DEFAULTS.token) ? options.token.reveal() : '"$TOKEN"';
  const repository = options.repositories[0] ?? "test6";
  const [name, namespace = "default"] = repository.split("/").reverse();
  const api = `${apiUrl}/apis/provisioning.grafana.app/v0alpha1`;
  const controller = [
    `job-controller --token=${token} --token-exchange-url=${exchangeUrl} \\`,
    `  --provisioning-server-url=${apiUrl} --tls-ca-file=${files?.ca}`,
  ];
  const withoutCertificate = options.mtls === "required" ? [] : ["", "Run the controller:", ...controller.map(indent)];
  const withCertificate = [`${controller[1]} \\`, `  --tls-cert-file=${files?.cert} --tls-key-file=${files?.key}`];
  const curlTls = options.mtls === "required" ? `--cacert ${files?.ca} --cert ${files?.cert} --key ${files?.key}` : "--insecure";
  return [
    "Development server: everything is in memory and gone when it stops",
    `  API             ${apiUrl} (client certificate ${options.mtls})`,
    `  token exchange  ${exchangeUrl}`,
    `  certificates    ${files?.ca} ${files?.cert} ${files?.key}`,
    ...options.repositories.map((text) => `  repository      ${text.includes("/") ? text : `default/${text}`} (healthy)`),
    ...(options.simulate ? ["  jobs            are completed by a simulated driver"] : []),
    ...withoutCertificate,
    ...(options.mtls === "off" ? [] : ["", "Run the controller with a client certificate:", ...[controller[0] ?? "", ...withCertificate].map(indent)]),
    "",
    "Create a job and look at the queue:",
    ...[
      `export ACCESS_TOKEN=$(curl -s -X POST ${exchangeUrl} \\`,
      `  -H "Authorization: Bearer ${token.replaceAll('"', "")}" -H "Content-Type: application/json" \\`,
      `  -d '{"namespace":"*","audiences":["provisioning.grafana.app"]}' | jq -r .data.token)`,
      `curl -s ${curlTls} -X POST ${api}/namespaces/${namespace}/repositories/${name}/jobs \\`,
      `  -H "X-Access-Token: Bearer $ACCESS_TOKEN" -H "Content-Type: application/json" \\`,
      `  -d '{"action":"pull","pull":{"incremental":false}}'`,
      `curl -s ${curlTls} ${api}/jobs -H "X-Access-Token: Bearer $ACCESS_TOKEN"`,
    ].map(indent),
    "",
    "Stop with Ctrl-C",
  ];
}

function indent(line: string): string {
  return `  ${line}`;
}
