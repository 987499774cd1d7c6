// What a server is to the torture, and what is the same for each.

import { API, type HttpServer } from "../contract/server.ts";
import { TOUCH } from "./changes.ts";
import type { Kind } from "./plan.ts";
import type { Recorder } from "./recorder.ts";

export const SERVER_NAMES = ["dev:2025-08", "dev:2026-09", "dev:kubernetes", "real"] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

export interface TortureServer {
  name: ServerName;
  port: number;
  /** How a controller gets in, `port` and settings of the server's kind included. */
  flags(port: number): string[];
  /** Whether compare-and-swap is. */
  atomic: boolean;
  kinds: readonly Kind[];
  record(): Promise<Recorder>;
  /** The new job's uid and name; undefined if there is one of that name, or the server refuses. */
  createJob(repository: string, action: Action): Promise<{ uid: string; name: string } | undefined>;
  /** Writes something to a job that is nobody's business, so that its version moves. */
  touchJob(name: string): Promise<void>;
  /** Takes the claim off a job as it was at `version`, as an owner would that gives it back; whether it came in time. */
  releaseJob(name: string, version: bigint): Promise<boolean>;
  /** Suffers for `ms`; resolves when it has begun. */
  suffer(kind: Kind, ms: number): Promise<void>;
  /** Ends whatever it suffers. */
  calm(): Promise<void>;
  close(): Promise<void>;
}

/** Each with the options that admission asks for. */
export const ACTIONS = { pull: { incremental: false }, push: { branch: "" }, delete: { paths: ["a.json"] } } as const;
export type Action = keyof typeof ACTIONS;

export const NAMESPACE = `${API}/namespaces/default`;
/** For an HttpServer: no line of a watch is too late. */
export const PATIENCE_MS = 2 ** 31 - 1;

let touches = 0;

/** Moves the version of a job by an annotation of ours. */
export async function touch(http: HttpServer, name: string): Promise<void> {
  await patch(http, name, { annotations: { [TOUCH]: String(++touches) } });
}

/** As TortureServer.releaseJob. */
export async function release(http: HttpServer, name: string, version: bigint): Promise<boolean> {
  const labels = { "provisioning.grafana.app/claim": null, "provisioning.grafana.app/claim-owner": null };
  return (await patch(http, name, { labels, resourceVersion: String(version) })) === 200;
}

async function patch(http: HttpServer, name: string, metadata: object): Promise<number> {
  const headers = { "content-type": "application/merge-patch+json" };
  const { status } = await http.request("PATCH", `${NAMESPACE}/jobs/${name}`, JSON.stringify({ metadata }), headers);
  return status;
}
