// The first look at a server, which reads only: what it is, what it serves, and whose jobs are in the namespace.

import { ApiError, IncompatibleError } from "../base/errors.ts";
import { GROUP } from "../provisioning.ts";
import { Refuted } from "./check.ts";
import type { Flavour } from "./result.ts";
import type { Body, Reply, Wire } from "./wire.ts";

export interface Survey {
  flavour: Flavour;
  /** As the server gives it; "" if it does not. */
  serverVersion: string;
  /** The first of the wanted ones that is served with jobs. */
  apiVersion: string;
  /** Whether historicjobs are served; where history is in Loki they are not. */
  history: boolean;
}

/** @throws ApiError where an answer is neither yes nor no, IncompatibleError where no version of the API has jobs, NetworkError */
export async function survey(wire: Wire, versions: readonly string[]): Promise<Survey> {
  const about = await wire.request("GET", "/version");
  for (const version of versions) {
    const path = `/apis/${GROUP}/${version}`;
    const reply = await wire.request("GET", path);
    if (![200, 404].includes(reply.status)) throw refusal(reply, path);
    const served = reply.status === 200 ? resourcesOf(reply) : [];
    if (!served.includes("jobs")) continue;
    const flavour = served.includes("repositories/jobs") ? "grafana" : "kubernetes";
    return { flavour, serverVersion: versionOf(about), apiVersion: version, history: served.includes("historicjobs") };
  }
  throw new IncompatibleError(`Cannot verify the server: expected jobs in ${versions.map((one) => `${GROUP}/${one}`).join(" or ")}, got none`);
}

/** The name of a job that is not of any run of ours; undefined if there is none. @throws ApiError, NetworkError */
export async function foreignJob(wire: Wire, version: string, namespace: string, prefix: string): Promise<string | undefined> {
  let token = "";
  do {
    const path = `/apis/${GROUP}/${version}/namespaces/${namespace}/jobs`;
    const reply = await wire.request("GET", `${path}?limit=200${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`);
    if (reply.status !== 200) throw refusal(reply, path);
    const { items, metadata } = reply.json;
    const found = items.find((item) => !item.metadata.name.startsWith(prefix));
    if (found !== undefined) return found.metadata.name;
    token = metadata.continue ?? "";
  } while (token !== "");
  return undefined;
}

function resourcesOf(reply: Reply): string[] {
  const { resources = [] } = lenient(reply) as { resources?: { name: string }[] };
  return resources.map(({ name }) => name);
}

function versionOf(reply: Reply): string {
  const { gitVersion } = lenient(reply) as { gitVersion?: unknown };
  return typeof gitVersion === "string" ? gitVersion : "";
}

/** What is no JSON says nothing. */
function lenient(reply: Reply): Partial<Body> {
  try {
    return reply.json;
  } catch (error) {
    if (error instanceof Refuted) return {};
    throw error;
  }
}

function refusal(reply: Reply, path: string): ApiError {
  const { message, reason = "" } = lenient(reply);
  return new ApiError(`Cannot verify the server: GET ${path} was answered with ${reply.status}${message === undefined ? "" : `: ${message}`}`, { status: reply.status, reason });
}
