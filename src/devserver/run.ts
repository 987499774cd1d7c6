// The `dev` command: starts the server, tells a person how to use it, and runs until the signal.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError, messageOf } from "../base/errors.ts";
import { ALL_NAMESPACES, API_VERSIONS, AUDIENCE } from "../provisioning.ts";
import { DEV_DEFAULTS, type DevEnv, type DevOptions } from "./options.ts";
import { groupVersion } from "./api/resources.ts";
import { createDevserver, type Devserver } from "./serve.ts";

/** @throws ConfigError if an address is taken, a repository's name is none, or the certificates cannot be written */
export async function runDevserver(options: DevOptions, { clock, random, write, signal }: DevEnv): Promise<void> {
  const made = options.certDir === undefined ? await temporary() : undefined;
  try {
    const devserver = await createDevserver({ ...options, certDir: options.certDir ?? made, clock, random, write });
    for (const line of instructions(devserver, options)) write(line);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await devserver.close();
  } finally {
    // Only what was made here: a directory that was named keeps its files.
    if (made !== undefined) await rm(made, { recursive: true, force: true });
  }
}

async function temporary(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "job-controller-dev-"));
  } catch (error) {
    throw new ConfigError(`Cannot make a directory for certificates in "${tmpdir()}": ${messageOf(error)}; name one with --cert-dir`, { cause: error });
  }
}

function instructions({ apiUrl, exchangeUrl, files }: Devserver, options: DevOptions): string[] {
  const [ca, cert, key] = [files?.ca, files?.cert, files?.key].map((path) => shellWord(path ?? ""));
  const required = options.mtls === "required";
  // The well-known token may stand in a command; any other is left to the reader's shell.
  const token = options.token.equals(DEV_DEFAULTS.token) ? options.token.reveal() : "$TOKEN";
  const controller = [
    `job-controller --token="${token}" --token-exchange-url=${exchangeUrl} \\`,
    `  --provisioning-server-url=${apiUrl} --tls-ca-file=${ca}`,
  ];
  const clientPair = `  --tls-cert-file=${cert} --tls-key-file=${key}`;
  const exchange = JSON.stringify({ namespace: ALL_NAMESPACES, audiences: [AUDIENCE] });
  const api = `${apiUrl}/apis/${groupVersion(API_VERSIONS[0])}`;
  const curl = `curl -s --cacert ${ca}${
    required ? ` --cert ${cert} --key ${key}` : ""
  } -H "X-Access-Token: Bearer $ACCESS_TOKEN"`;
  const [name, namespace = "default"] = (options.repositories[0] ?? "").split("/").reverse();
  const enqueue = [
    `${curl} -X POST \\`,
    `  ${api}/namespaces/${namespace}/repositories/${name}/jobs \\`,
    `  -H "Content-Type: application/json" -d '{"action":"pull","pull":{"incremental":false}}'`,
  ];
  return [
    "Development server: everything is in memory and gone when it stops",
    "",
    `  API             ${apiUrl} (client certificate ${options.mtls})`,
    `  token exchange  ${exchangeUrl}`,
    `  CA              ${files?.ca}`,
    `  client          ${files?.cert}`,
    `                  ${files?.key}`,
    ...options.repositories.map((text) => `  repository      ${text.includes("/") ? text : `default/${text}`} (healthy)`),
    ...(options.simulate ? ["  jobs            completed by a simulated driver"] : []),
    ...(required ? [] : section("Run the controller", controller)),
    ...(options.mtls === "off"
      ? []
      : section("Run the controller with a client certificate", [...controller.map(joined), clientPair])),
    ...section("Get a token", [
      `export ACCESS_TOKEN=$(curl -s -X POST ${exchangeUrl} \\`,
      `  -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" \\`,
      `  -d '${exchange}' | jq -r .data.token)`,
    ]),
    ...(options.repositories.length === 0 ? [] : section("Create a job", enqueue)),
    ...section("See the queue and the history", [`${curl} ${api}/jobs`, `${curl} ${api}/historicjobs`]),
    "",
    "Stop with Ctrl-C",
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return ["", `${title}:`, ...lines.map((line) => `  ${line}`)];
}

/** A line of a command that goes on. */
function joined(line: string): string {
  return line.endsWith("\\") ? line : `${line} \\`;
}

/** The text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
