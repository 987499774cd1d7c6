// A kubeconfig file in; server, trust and credential of one context out. Looks nowhere but in the file that was named:
// no $KUBECONFIG, no home directory, which may not exist. Loads client-node only when called, as it costs 20 MB.

import { Buffer } from "node:buffer";
import { dirname, isAbsolute, join } from "node:path";
import type { Cluster, KubeConfig, User } from "@kubernetes/client-node";
import { ConfigError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { headerSecret } from "./credential.ts";
import { readFailure } from "./secret-file.ts";

/** PEM text that stands in the kubeconfig itself, or the path of a file, which may rotate. */
export type PemSource = { text: string } | { file: string };

/** What one context says about reaching its server. */
export interface KubeconfigAccess {
  context: string;
  /** Base URL, http or https, without a slash at its end. */
  server: string;
  /** Skip verification; never together with `ca`. */
  insecure: boolean;
  serverName?: string;
  ca?: PemSource;
  /** Always together with `key`. */
  cert?: PemSource;
  key?: PemSource;
  /** Goes into `Authorization`; a file is to be read again as it ages. */
  bearer?: { secret: Secret } | { file: string };
  /** Namespace of the context: a default for kubectl, a fact here. */
  namespace?: string;
}

export interface KubeconfigOptions {
  path: string;
  /** In place of the file's `current-context`. */
  context?: string;
  readText: (path: string) => Promise<string>;
}

/** Fields of a user that KubeConfig drops or misreads. */
interface RawUser {
  tokenFile?: unknown;
  as?: unknown;
  "as-uid"?: unknown;
  "as-groups"?: unknown;
  "as-user-extra"?: unknown;
}

/** @throws ConfigError that names the file, the context, and the next step; no text of the file but names and paths */
export async function loadKubeconfig(options: KubeconfigOptions): Promise<KubeconfigAccess> {
  const where = `--kubeconfig ${JSON.stringify(options.path)}`;
  const { config, rawUsers } = await parse(options, where);
  const name = options.context ?? config.getCurrentContext();
  const contexts = config.getContexts();
  if (contexts.length === 0) throw new ConfigError(`Cannot use ${where}: it has no context that names a cluster; add one`);
  const known = knownNames(contexts.map((context) => context.name));
  if (!name) throw new ConfigError(`Cannot use ${where}: it has no current-context; give --context, one of ${known}`);
  const context = config.getContextObject(name);
  if (!context)
    throw new ConfigError(`Cannot use ${where}: it has no complete context "${name}"; give --context, one of ${known}`);

  const refuse = (what: string) => new ConfigError(`Cannot use context "${name}" of ${where}: ${what}`);
  const cluster = config.getCluster(context.cluster);
  if (!cluster)
    throw refuse(
      `the file has no cluster "${context.cluster}" with a server; correct the context, or choose another of ${known}`,
    );
  const user = context.user === undefined ? undefined : config.getUser(context.user);
  if (user === null) throw refuse(`the file has no user "${context.user}"; correct the context, or choose another of ${known}`);

  const folder = dirname(options.path);
  return {
    context: name,
    ...clusterFacts(cluster, folder, refuse),
    ...(user && userFacts(user, rawUsers.get(user.name) ?? {}, folder, refuse, where)),
    ...(context.namespace && { namespace: context.namespace }),
  };
}

type Refuse = (what: string) => ConfigError;

async function parse(options: KubeconfigOptions, where: string): Promise<{ config: KubeConfig; rawUsers: Map<string, RawUser> }> {
  let text: string;
  try {
    text = await options.readText(options.path);
  } catch (error) {
    throw new ConfigError(`Cannot read ${where}: ${readFailure(error)}`, { cause: error });
  }
  const { KubeConfig, loadYaml } = await import("@kubernetes/client-node");
  let document: unknown;
  try {
    document = loadYaml<unknown>(text);
  } catch (error) {
    // The parser's own message shows the lines around the fault, tokens included.
    const line = (error as { mark?: { line?: unknown } }).mark?.line;
    throw new ConfigError(`Cannot read ${where}: expected YAML${typeof line === "number" ? `, line ${line + 1} is not` : ""}`);
  }
  if (typeof document !== "object" || document === null || !("clusters" in document || "contexts" in document)) {
    throw new ConfigError(`Cannot use ${where}: expected a kubeconfig with clusters, users and contexts`);
  }
  const rawUsers = takeRawUsers((document as { users?: unknown }).users);
  const config = new KubeConfig();
  // Entries that are incomplete matter only to a context that names them. JSON is YAML.
  config.loadFromString(JSON.stringify(document), { onInvalidEntry: "filter" });
  return { config, rawUsers };
}

/** Removes `token-file` on the way: KubeConfig would read that path at once, relative to the working directory. */
function takeRawUsers(users: unknown): Map<string, RawUser> {
  const raw = new Map<string, RawUser>();
  for (const entry of Array.isArray(users) ? (users as ({ name?: string; user?: Record<string, unknown> } | null)[]) : []) {
    if (!entry?.name || !entry.user) continue;
    const { "token-file": dashed, ...user } = entry.user;
    raw.set(entry.name, { ...user, tokenFile: user.tokenFile ?? dashed });
    entry.user = user;
  }
  return raw;
}

function clusterFacts(
  cluster: Cluster,
  folder: string,
  refuse: Refuse,
): Pick<KubeconfigAccess, "server" | "insecure" | "serverName" | "ca"> {
  const url = URL.canParse(cluster.server) ? new URL(cluster.server) : undefined;
  if (
    url === undefined ||
    (url.protocol !== "https:" && url.protocol !== "http:") ||
    url.username !== "" ||
    url.password !== ""
  ) {
    throw refuse(`server of cluster "${cluster.name}" is not usable: expected an http or https URL without user and password`);
  }
  if (cluster.proxyUrl)
    throw refuse(`proxy-url of cluster "${cluster.name}" is not supported; set HTTPS_PROXY instead and remove it`);
  const ca = pemOf(cluster.caData, cluster.caFile, folder);
  if (ca !== undefined && cluster.skipTLSVerify) {
    throw refuse(`cluster "${cluster.name}" has both a certificate-authority and insecure-skip-tls-verify; remove one of them`);
  }
  return {
    server: cluster.server.replace(/\/+$/, ""),
    insecure: cluster.skipTLSVerify === true,
    ...(cluster.tlsServerName && { serverName: cluster.tlsServerName }),
    ...(ca && { ca }),
  };
}

function userFacts(
  user: User,
  raw: RawUser,
  folder: string,
  refuse: Refuse,
  where: string,
): Pick<KubeconfigAccess, "cert" | "key" | "bearer"> {
  const advice = "put a token into a file and give --bearer-token-file with --provisioning-server-url";
  if (user.exec) throw refuse(`user "${user.name}" gets its credential from an exec plugin, which is not run; ${advice}`);
  if (user.authProvider)
    throw refuse(`user "${user.name}" gets its credential from an auth-provider, which is not supported; ${advice}`);
  if (user.username || user.password)
    throw refuse(`user "${user.name}" has a user name and password, which is not supported; ${advice}`);
  if (raw.as || raw["as-uid"] || raw["as-groups"] || raw["as-user-extra"]) {
    throw refuse(`user "${user.name}" acts as another user, which is not supported; remove its "as" fields`);
  }
  const cert = pemOf(user.certData, user.certFile, folder);
  const key = pemOf(user.keyData, user.keyFile, folder);
  if ((cert === undefined) !== (key === undefined)) {
    throw refuse(
      `user "${user.name}" has a client ${cert ? "certificate without its key" : "key without its certificate"}; add the other one`,
    );
  }
  return { ...(cert && key && { cert, key }), ...bearerFacts(user, raw, folder, refuse, where) };
}

/** As kubectl does: where there is both, the file is what counts. */
function bearerFacts(user: User, raw: RawUser, folder: string, refuse: Refuse, where: string): Pick<KubeconfigAccess, "bearer"> {
  if (typeof raw.tokenFile === "string" && raw.tokenFile !== "") return { bearer: { file: absolute(raw.tokenFile, folder) } };
  const token: unknown = user.token;
  if (token === undefined || token === null || token === "") return {};
  if (typeof token !== "string") throw refuse(`token of user "${user.name}" is not text; put it in quotes`);
  return { bearer: { secret: headerSecret(token, `the token of user "${user.name}" in ${where}`) } };
}

/** Data in the file itself wins over a path, as in kubectl. */
function pemOf(data: unknown, file: unknown, folder: string): PemSource | undefined {
  if (typeof data === "string" && data !== "") return { text: Buffer.from(data, "base64").toString("utf8") };
  return typeof file === "string" && file !== "" ? { file: absolute(file, folder) } : undefined;
}

/** Paths in a kubeconfig start at the folder of the file. */
function absolute(file: string, folder: string): string {
  return isAbsolute(file) ? file : join(folder, file);
}

function knownNames(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => JSON.stringify(name));
  return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
