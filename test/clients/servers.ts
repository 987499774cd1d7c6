// The two servers that clients are tried on, and what a client needs to reach each: files and environment. In: nothing.
// Out: a real API server and a dev server of the era `kubernetes`, both on loopback.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/base/secret.ts";
import { SERVICE_ACCOUNT } from "../../src/devserver/access/access.ts";
import type { StateFiles } from "../../src/devserver/command/files.ts";
import { API, startApiserver } from "../../scripts/apiserver.ts";
import { eventually } from "../support/apiserver.ts";
import { startDevserver } from "../support/devserver.ts";

export interface ClientServer {
  name: "real" | "dev";
  url: string;
  caFile: string;
  /** May do everything with the three kinds. */
  kubeconfig: string;
  /** May list and watch jobs, list and delete historicjobs. */
  limitedKubeconfig: string;
  /** Has a credential that the server does not know. */
  unknownKubeconfig: string;
  /** May do everything, and holds a token instead of a certificate. */
  bearerKubeconfig: string;
  /** Lines of a configuration for curl that may do everything. */
  curlrc: string;
}

export interface Servers extends AsyncDisposable {
  real: ClientServer;
  dev: ClientServer;
  /** For what clients write; gone at the end. */
  directory: string;
}

/** Namespaces that are there on both servers, named as Grafana names them: two for each client. */
export const NAMESPACES = [
  ["default", "stacks-1"],
  ["org-2", "stacks-2"],
  ["org-3", "stacks-3"],
  ["org-4", "stacks-4"],
  ["org-5", "stacks-5"],
  ["org-6", "stacks-6"],
] as const;

const BEARER = "a-token-of-these-tests";
const LIMITED = ["jobs:list", "jobs:watch", "historicjobs:list", "historicjobs:delete"];

export async function startServers(): Promise<Servers> {
  const directory = await mkdtemp(join(tmpdir(), "job-controller-clients-"));
  const started: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of started.toReversed()) await end();
  };
  try {
    const real = await startReal(directory, started);
    const dev = await startDev(directory, started);
    return { real, dev, directory, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startReal(directory: string, started: (() => Promise<void>)[]): Promise<ClientServer> {
  const tokens = join(directory, "tokens.csv");
  await writeFile(tokens, `${BEARER},admin,admin,system:masters\n`);
  const api = await startApiserver({ args: [`--token-auth-file=${tokens}`, "--anonymous-auth=false"] });
  started.push(() => api.stop());
  for (const name of NAMESPACES.flat()) await api.request("POST", "/api/v1/namespaces", { metadata: { name } });
  // Fields are described a moment after the kinds are served, and what asks too early gets another answer.
  await eventually("the real server describes the kinds", async () => {
    const { body } = await api.request("GET", `/openapi/v3${API}`);
    return JSON.stringify(body).includes("HistoricJob") && JSON.stringify(body).includes("Repository");
  });
  const user = ({ certFile, keyFile }: { certFile: string; keyFile: string }) =>
    `{ client-certificate: ${certFile}, client-key: ${keyFile} }`;
  const { certFile, keyFile } = api.admin;
  const curlrc = `cert = "${certFile}"\nkey = "${keyFile}"`;
  return describe({ name: "real", directory, url: api.url, caFile: api.caFile, users: [user(api.admin), user(api.controller)], curlrc });
}

async function startDev(directory: string, started: (() => Promise<void>)[]): Promise<ClientServer> {
  const stateDir = join(directory, "state");
  const dev = await startDevserver({ era: "kubernetes", bearerToken: new Secret(BEARER), repositories: [], stateDir });
  started.push(() => dev.close());
  const files = dev.files as StateFiles;
  const permissions = LIMITED.map((right) => `provisioning.grafana.app/${right}`);
  const limited = await dev.mintToken({ ...SERVICE_ACCOUNT, subject: "job-controller", permissions }, 3_600_000);
  const curlrc = `header = "@${files.header}"`;
  const users = ["{}", `{ token: ${limited} }`] as const;
  const server = await describe({ name: "dev", directory, url: dev.apiUrl, caFile: files.ca, users, curlrc });
  return { ...server, kubeconfig: files.kubeconfig };
}

interface Facts {
  name: ClientServer["name"];
  directory: string;
  url: string;
  caFile: string;
  /** As YAML: one who may do everything, one who may do little. */
  users: readonly [string, string];
  curlrc: string;
}

/** Writes what clients read. */
async function describe({ name, directory, url, caFile, users, curlrc }: Facts): Promise<ClientServer> {
  const folder = join(directory, name);
  await mkdir(folder);
  const write = async (file: string, text: string) => {
    const path = join(folder, file);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  const kubeconfig = (file: string, user: string) =>
    write(file, `apiVersion: v1
kind: Config
current-context: it
contexts: [{ name: it, context: { cluster: it, user: it } }]
clusters: [{ name: it, cluster: { server: "${url}", certificate-authority: ${caFile} } }]
users: [{ name: it, user: ${user} }]
`);
  return {
    name,
    url,
    caFile,
    kubeconfig: await kubeconfig("kubeconfig", users[0]),
    limitedKubeconfig: await kubeconfig("limited", users[1]),
    bearerKubeconfig: await kubeconfig("bearer", `{ token: ${BEARER} }`),
    unknownKubeconfig: await kubeconfig("unknown", "{ token: a-token-that-nobody-gave }"),
    curlrc: await write("curlrc", `cacert = "${caFile}"\n${curlrc}\nsilent\nshow-error\nmax-time = 20\n`),
  };
}
