// The commands `dev fault add`, `list` and `clear`: one request to the admin address of a running server, lines for people out.

import { ConfigError, ProtocolError } from "../../base/errors.ts";
import type { Fetch } from "../../base/http.ts";
import type { Listed } from "../behaviour/faults/faults.ts";
import { aligned } from "../behaviour/rows.ts";

export interface FaultOrder {
  command: "dev fault add" | "dev fault list" | "dev fault clear";
  /** `http://host:port` of the running server. */
  adminUrl: string;
  /** The fault to add, the id to clear; undefined = all. */
  argument: string | undefined;
}

/** @throws ConfigError with the server's words when it refuses; what the fetch throws when there is none */
export async function orderFault({ command, adminUrl, argument = "" }: FaultOrder, fetch: Fetch, signal: AbortSignal): Promise<string[]> {
  const url = `${adminUrl}/faults`;
  if (command === "dev fault add") {
    const { id, fault } = await order<Listed>(fetch, signal, "POST", url, { fault: argument });
    return [`fault ${id} added: ${fault}`];
  }
  if (command === "dev fault clear") {
    const which = argument === "" ? url : `${url}/${encodeURIComponent(argument)}`;
    const { cleared } = await order<{ cleared: number }>(fetch, signal, "DELETE", which);
    return [cleared === 1 ? "1 fault cleared" : `${cleared} faults cleared`];
  }
  const { seed, faults } = await order<{ seed: number; faults: Listed[] }>(fetch, signal, "GET", url);
  if (faults.length === 0) return ["no faults"];
  return [...aligned([["ID", "HITS", "FAULT"], ...faults.map(({ id, hits, fault }) => [id, String(hits), fault])]), `seed ${seed}`];
}

const WHOSE = "is that the --admin-address of job-controller dev?";

/** Asks the admin address; its JSON on success. */
export async function order<Value>(fetch: Fetch, signal: AbortSignal, method: string, url: string, body?: unknown): Promise<Value> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(url, { method, signal, redirect: "manual", ...sent });
  const text = await response.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProtocolError(`Cannot read the answer of ${url}: expected JSON; ${WHOSE}`);
  }
  if (response.ok) return value as Value;
  const { error, ...more } = (value ?? {}) as { error?: unknown };
  // Other servers have an error, too, and more to say.
  if (typeof error === "string" && Object.keys(more).length === 0) throw new ConfigError(error);
  throw new ConfigError(`Cannot use ${url}: it answered ${response.status}; ${WHOSE}`);
}
