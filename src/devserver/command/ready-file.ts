// The ready file: what a program that started the server needs to know of it, as JSON. It appears, whole, when the
// server serves, and is gone when it has ended.

import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../base/clock.ts";
import { ConfigError, messageOf } from "../../base/errors.ts";
import { isLoopback } from "../../base/http.ts";
import { answers } from "./answers.ts";
import { removeIfHolding, type StateFiles } from "./files.ts";

export interface Ready {
  pid: number;
  era: string;
  apiUrl: string;
  exchangeUrl: string;
  /** Absent with the admin address off. */
  adminUrl?: string;
  /** Of the dice of faults. */
  faultSeed: number;
  files: StateFiles;
}

/**
 * Writes it whole, or not at all. What is given removes it again, unless another server has written it since.
 * @throws ConfigError if it cannot be written, holds something else, or is that of another server that runs
 */
export async function writeReadyFile(path: string, ready: Ready): Promise<() => void> {
  await refuseForeign(path, ready.exchangeUrl);
  const draft = `${path}.${ready.pid}`;
  const text = `${JSON.stringify(ready, null, 2)}\n`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new ConfigError(`Cannot write --ready-file "${path}": ${messageOf(error)}`, { cause: error });
  }
  return () => removeIfHolding(path, text);
}

async function refuseForeign(path: string, exchangeUrl: string): Promise<void> {
  const refuse = (why: string) => new ConfigError(`Cannot write --ready-file "${path}": ${why}`);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isFile()) throw refuse("expected a file, or nothing there yet");
  const text = readFileSync(path, "utf8");
  if (isBlank(text)) return;
  const other = readyOf(text);
  if (other === undefined) throw refuse("it holds something else; name another file");
  if (other.exchangeUrl === exchangeUrl || !(await answers(other.exchangeUrl))) return;
  throw refuse(`process ${other.pid} has written it and still serves; stop that or name another file`);
}

const POLL_MS = 50;

/**
 * Waits until the file is there and the server that it names answers: a file can outlive a server that was killed.
 * @throws ConfigError for a file that is no ready file; after `timeoutMs` without a server
 */
export async function awaitReadyFile(path: string, timeoutMs: number, clock: Clock, signal: AbortSignal): Promise<Ready> {
  const givesUpAt = clock.monotonic() + timeoutMs;
  for (;;) {
    const text = await readFile(path, "utf8").catch(() => undefined);
    const written = text !== undefined && !isBlank(text);
    if (written) {
      const ready = readyOf(text);
      if (ready === undefined) throw new ConfigError(`Cannot use --ready-file "${path}": expected the JSON that job-controller dev writes`);
      if (await answers(ready.exchangeUrl)) return ready;
    }
    if (clock.monotonic() >= givesUpAt) {
      const why = written ? "the server that wrote it does not answer" : text === undefined ? "there is no such file" : "nothing has been written to it";
      throw new ConfigError(`Cannot use --ready-file "${path}": ${why}; start a server with job-controller dev --ready-file=${path}`);
    }
    await clock.sleep(POLL_MS, signal);
  }
}

/** A file that mktemp made is as good as none. */
function isBlank(text: string): boolean {
  return text.trim() === "";
}

function readyOf(text: string): Ready | undefined {
  try {
    const ready = JSON.parse(text) as Partial<Ready>;
    if (typeof ready.apiUrl === "string" && typeof ready.exchangeUrl === "string" && typeof ready.files === "object") return ready as Ready;
  } catch {
    // It is none.
  }
  return undefined;
}

/** Lines for `eval` in a POSIX shell, so that job-controller, kubectl and curl find the server without flags. */
export function environmentLines({ apiUrl, exchangeUrl, files, ...ready }: Ready): string[] {
  const variables: Record<string, string | undefined> = {
    JOB_CONTROLLER_PROVISIONING_SERVER_URL: apiUrl,
    JOB_CONTROLLER_TOKEN_EXCHANGE_URL: exchangeUrl,
    JOB_CONTROLLER_ALLOW_PLAINTEXT_TOKEN: crossesNetwork(exchangeUrl) ? "true" : undefined,
    JOB_CONTROLLER_TOKEN_FILE: files.token,
    JOB_CONTROLLER_TLS_CA_FILE: files.ca,
    JOB_CONTROLLER_TLS_CERT_FILE: files.cert,
    JOB_CONTROLLER_TLS_KEY_FILE: files.key,
    JOB_CONTROLLER_ADMIN_ADDRESS: ready.adminUrl === undefined ? undefined : new URL(ready.adminUrl).host,
    KUBECONFIG: files.kubeconfig,
  };
  // What another server's lines have set must not stay.
  return Object.entries(variables).map(([name, value]) => (value === undefined ? `unset ${name}` : `export ${name}=${shellWord(value)}`));
}

/** Whether the controller sends its token there only when it is told to: plain http to another host than this one. */
export function crossesNetwork(exchangeUrl: string): boolean {
  return !isLoopback(new URL(exchangeUrl));
}

/** The text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
