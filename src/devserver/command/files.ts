// What a client needs of a running server, as files in one directory: certificates, tokens and a kubeconfig. Written at
// one go once it serves, removed when it ends; what is not a dev server's is left alone.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { ConfigError, messageOf } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { SERVICE_ACCOUNT } from "../access/access.ts";
import { renderKubeconfig } from "../access/kubeconfig.ts";
import type { Devserver } from "../serve.ts";
import { answers } from "./answers.ts";

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

interface WrittenFiles {
  files: StateFiles;
  /** Writes them again, for another CA. @throws ConfigError */
  renew: (ca: string) => void;
  /** Removes what is still as it was written, and the directories that were made; may be called again. */
  remove: () => void;
}

/** Life of the token in the files, ms: longer than any server that keeps its keys in memory. */
const TOKEN_LIFE_MS = 10 * 365 * 86_400_000;
/** Says that the files beside it are a dev server's, and of which: its exchange's URL. */
const MARK = ".job-controller-dev";

/**
 * Writes them all; secrets are readable by their owner alone.
 * @param directory made if need be; undefined = a new one among the temporary files
 * @throws ConfigError if it cannot be written, another server uses it, or files of that name are no dev server's
 */
export async function writeStateFiles(
  { apiUrl, exchangeUrl, certificates, mintToken }: Pick<Devserver, "apiUrl" | "exchangeUrl" | "certificates" | "mintToken">,
  token: Secret,
  directory: string | undefined,
): Promise<WrittenFiles> {
  const accessToken = await mintToken({}, TOKEN_LIFE_MS);
  const bearerToken = await mintToken(SERVICE_ACCOUNT, TOKEN_LIFE_MS);
  if (directory !== undefined) await refuseForeign(resolve(directory), exchangeUrl);

  // From here on nothing waits: a signal meets all of the files or none.
  const folder = resolve(directory ?? temporary());
  let made = directory === undefined ? folder : undefined;
  const files = filesIn(folder);
  const written = new Map<string, string>();
  const { client } = certificates;
  const write = (ca: string) => {
    const kubeconfig = renderKubeconfig({ apiUrl, ca, clientCert: client.cert, clientKey: client.key, token: bearerToken });
    const contents: [path: string, text: string, mode: number][] = [
      [join(folder, MARK), `${exchangeUrl}\n`, 0o644],
      [files.ca, ca, 0o644],
      [files.cert, client.cert, 0o644],
      [files.key, client.key, 0o600],
      [files.token, `${token.reveal()}\n`, 0o600],
      [files.header, `X-Access-Token: Bearer ${accessToken}\n`, 0o600],
      [files.kubeconfig, kubeconfig, 0o600],
    ];
    for (const [path, text, mode] of contents) {
      written.set(path, text);
      writeFileSync(path, text, { mode });
      chmodSync(path, mode);
    }
  };
  const remove = () => {
    for (const [path, text] of written) removeIfHolding(path, text);
    written.clear();
    if (made !== undefined) removeEmpty(folder, made);
  };
  try {
    made ??= mkdirSync(folder, { recursive: true });
    write(certificates.ca);
  } catch (error) {
    remove();
    throw unwritable(folder, messageOf(error), error);
  }
  const renew = (ca: string) => {
    try {
      write(ca);
    } catch (error) {
      throw unwritable(folder, messageOf(error), error);
    }
  };
  return { files, renew, remove };
}

function unwritable(folder: string, why: string, cause?: unknown): ConfigError {
  return new ConfigError(`Cannot write to --state-dir "${folder}": ${why}`, { cause });
}

/** Removes the file unless somebody else has written it since. */
export function removeIfHolding(path: string, text: string): void {
  try {
    if (readFileSync(path, "utf8") === text) rmSync(path, { force: true });
  } catch {
    // It is gone already.
  }
}

function filesIn(directory: string): StateFiles {
  const path = (name: string) => join(directory, name);
  return {
    directory,
    ca: path("ca.pem"),
    cert: path("client.pem"),
    key: path("client-key.pem"),
    token: path("token"),
    header: path("auth-header"),
    kubeconfig: path("kubeconfig"),
  };
}

async function refuseForeign(folder: string, exchangeUrl: string): Promise<void> {
  const mark = join(folder, MARK);
  if (existsSync(mark)) {
    const owner = readFileSync(mark, "utf8").trim();
    if (owner !== exchangeUrl && await answers(owner)) throw unwritable(folder, `the server of ${owner} uses it; stop that or name another directory`);
    return;
  }
  const { directory, ...paths } = filesIn(folder);
  const foreign = Object.values(paths).find((path: string) => existsSync(path));
  if (foreign === undefined) return;
  throw unwritable(folder, `"${foreign.slice(directory.length + 1)}" is there and no dev server's; name a directory of its own`);
}

/** From `folder` up to `top`; a directory with other things in it stays. */
function removeEmpty(folder: string, top: string): void {
  try {
    for (let directory = folder; directory.length >= top.length; directory = dirname(directory)) rmdirSync(directory);
  } catch {
    // It is not empty.
  }
}

function temporary(): string {
  try {
    return mkdtempSync(join(tmpdir(), "job-controller-dev-"));
  } catch (error) {
    const message = `Cannot make a directory for certificates in "${tmpdir()}": ${messageOf(error)}; name one with --state-dir`;
    throw new ConfigError(message, { cause: error });
  }
}
