// The ready file: what a program that started the server needs to know of it, as JSON. It appears, whole, when the
// server serves, and is gone when it has ended.

import { request } from "node:http";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import type { Clock } from "../../base/clock.ts";
import { ConfigError, messageOf } from "../../base/errors.ts";
import type { StateFiles } from "./files.ts";

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

/** @throws ConfigError if it cannot be written */
export async function writeReadyFile(path: string, ready: Ready): Promise<() => Promise<void>> {
  const draft = `${path}.${ready.pid}`;
  try {
    await writeFile(draft, `${JSON.stringify(ready, null, 2)}\n`);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw new ConfigError(`Cannot write --ready-file "${path}": ${messageOf(error)}`, { cause: error });
  }
  return () => rm(path, { force: true });
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
    if (text !== undefined) {
      const ready = parseReady(path, text);
      if (await answers(ready.exchangeUrl)) return ready;
    }
    if (clock.monotonic() >= givesUpAt) {
      const why = text === undefined ? "there is no such file" : "the server that wrote it does not answer";
      throw new ConfigError(`Cannot use --ready-file "${path}": ${why}; start a server with job-controller dev --ready-file=${path}`);
    }
    await clock.sleep(POLL_MS, signal);
  }
}

function parseReady(path: string, text: string): Ready {
  try {
    const ready = JSON.parse(text) as Partial<Ready>;
    if (typeof ready.apiUrl === "string" && typeof ready.exchangeUrl === "string" && typeof ready.files === "object") return ready as Ready;
  } catch {
    // Said below.
  }
  throw new ConfigError(`Cannot use --ready-file "${path}": expected the JSON that job-controller dev writes`);
}

/** Whether something speaks HTTP there; what it says does not matter. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(url, { method: "GET", agent: false, timeout: 2_000 }, (response) => {
      response.resume();
      resolve(true);
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => resolve(false));
    asking.end();
  });
}

/** Lines for `eval` in a POSIX shell, so that job-controller, kubectl and curl find the server without flags. */
export function environmentLines({ apiUrl, exchangeUrl, files, ...ready }: Ready): string[] {
  const variables: Record<string, string | undefined> = {
    JOB_CONTROLLER_PROVISIONING_SERVER_URL: apiUrl,
    JOB_CONTROLLER_TOKEN_EXCHANGE_URL: exchangeUrl,
    JOB_CONTROLLER_TOKEN_FILE: files.token,
    JOB_CONTROLLER_TLS_CA_FILE: files.ca,
    JOB_CONTROLLER_TLS_CERT_FILE: files.cert,
    JOB_CONTROLLER_TLS_KEY_FILE: files.key,
    JOB_CONTROLLER_ADMIN_ADDRESS: ready.adminUrl === undefined ? undefined : new URL(ready.adminUrl).host,
    KUBECONFIG: files.kubeconfig,
  };
  return Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}=${shellWord(value)}`]));
}

/** The text as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
