// The first look at a server, which reads only: what it is, what it serves, and whose jobs are in the namespace.

import { ApiError, IncompatibleError } from "../base/errors.ts";
import { GROUP } from "../provisioning.ts";
import type { Body } from "./body.ts";
import { Refuted } from "./check.ts";
import type { Flavour } from "./result.ts";
import type { Reply, Wire } from "./wire.ts";

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

/** The name of a job that is not of any run of ours, whose names match; undefined if there is none. @throws ApiError, NetworkError */
export async function foreignJob(wire: Wire, version: string, namespace: string, ours: RegExp): Promise<string | undefined> {
  const path = `/apis/${GROUP}/${version}/namespaces/${namespace}/jobs`;
  for await (const reply of pagesOf(wire, path)) {
    if (reply.status !== 200) throw refusal(reply, path);
    const found = reply.json.items.find((item) => !ours.test(item.metadata.name));
    if (found !== undefined) return found.metadata.name;
  }
  return undefined;
}

/** The pages of a list to its end, as they were answered; the one that is no list is the last. @throws NetworkError */
export async function* pagesOf(wire: Wire, path: string): AsyncGenerator<Reply> {
  for (let token: string | undefined = ""; token !== undefined;) {
    const reply: Reply = await wire.request("GET", `${path}?limit=200${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`);
    yield reply;
    token = reply.status === 200 ? reply.json.metadata.continue || undefined : undefined;
  }
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
