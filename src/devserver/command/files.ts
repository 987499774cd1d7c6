// What a client needs of a running server, as files in one directory: certificates, tokens and a kubeconfig. Written
// once it serves, removed when it ends.

import { chmod, mkdir, mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError, messageOf } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { SERVICE_ACCOUNT } from "../access/access.ts";
import { renderKubeconfig } from "../access/kubeconfig.ts";
import type { Devserver } from "../serve.ts";

/** Absolute paths. */
export interface StateFiles {
  directory: string;
  ca: string;
  cert: string;
  key: string;
  /** Holds the credential that the exchange accepts. */
  token: string;
  /** Holds a header line with an access token, as `curl -H @file` reads it. */
  header: string;
  kubeconfig: string;
}

/** Life of the token in the files, ms: longer than any server that keeps its keys in memory. */
const TOKEN_LIFE_MS = 10 * 365 * 86_400_000;

/**
 * Writes them all; secrets are readable by their owner alone.
 * @param directory made if need be; undefined = a new one among the temporary files
 * @throws ConfigError if it cannot be written
 */
export async function writeStateFiles(
  { apiUrl, certificates, mintToken }: Pick<Devserver, "apiUrl" | "certificates" | "mintToken">,
  token: Secret,
  directory: string | undefined,
): Promise<{ files: StateFiles; remove: () => Promise<void> }> {
  const made = directory === undefined ? await temporary() : undefined;
  const folder = resolve(made ?? directory ?? "");
  const paths = (name: string) => join(folder, name);
  const files: StateFiles = {
    directory: folder,
    ca: paths("ca.pem"),
    cert: paths("client.pem"),
    key: paths("client-key.pem"),
    token: paths("token"),
    header: paths("auth-header"),
    kubeconfig: paths("kubeconfig"),
  };
  const { ca, client } = certificates;
  const accessToken = await mintToken({}, TOKEN_LIFE_MS);
  const bearerToken = await mintToken(SERVICE_ACCOUNT, TOKEN_LIFE_MS);
  const contents: [path: string, text: string, mode: number][] = [
    [files.ca, ca, 0o644],
    [files.cert, client.cert, 0o644],
    [files.key, client.key, 0o600],
    [files.token, `${token.reveal()}\n`, 0o600],
    [files.header, `X-Access-Token: Bearer ${accessToken}\n`, 0o600],
    [files.kubeconfig, renderKubeconfig({ apiUrl, ca, clientCert: client.cert, clientKey: client.key, token: bearerToken }), 0o600],
  ];
  try {
    const created = await mkdir(folder, { recursive: true });
    for (const [path, text, mode] of contents) {
      await writeFile(path, text, { mode });
      await chmod(path, mode);
    }
    const remove = async () => {
      await Promise.all(contents.map(([path]) => rm(path, { force: true })));
      // A directory with other things in it stays.
      if ((made ?? created) !== undefined) await rmdir(folder).catch(() => {});
    };
    return { files, remove };
  } catch (error) {
    throw new ConfigError(`Cannot write to --state-dir "${folder}": ${messageOf(error)}`, { cause: error });
  }
}

async function temporary(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), "job-controller-dev-"));
  } catch (error) {
    const message = `Cannot make a directory for certificates in "${tmpdir()}": ${messageOf(error)}; name one with --state-dir`;
    throw new ConfigError(message, { cause: error });
  }
}
