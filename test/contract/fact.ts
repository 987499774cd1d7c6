// What a fact is: data that names a behaviour of the API, where it comes from, how the dev server can be made to break it,
// and what is tried. Facts know nothing of each other; each has a namespace of its own.

import assert from "node:assert/strict";
import type { Body, Details } from "../../src/verify/body.ts";
import type { Reply } from "./server.ts";
import type { Place } from "./place.ts";

/** Makes the dev server behave otherwise: a row of its table of behaviours (`--set`), or a fault (`--fault`). */
export type Flip = { set: string } | { fault: string };

export interface Fact {
  /** Area and number, such as `PATCH-004`. */
  id: string;
  /** One sentence, in the present. */
  claim: string;
  /** File of kubernetes/kubernetes (`k8s:`, below staging/src/k8s.io), its documentation, an RFC, or grafana/grafana. */
  source: string;
  /** The fact must fail with it. */
  flip: Flip;
  /** Holds for one of the servers alone; such a fact does not count. */
  only?: { server: "dev" | "real"; because: string };
  /**
   * The ground that it needs: `aged` = it makes everything before now too old, so it runs alone; `built-in` = it is about
   * kinds that are built in, as Grafana's are: the real server is asked with ConfigMaps, the dev server runs with
   * kinds=built-in. Default: custom resources, as the kinds are on the real server.
   */
  on?: Exclude<GroundKind, "plain">;
  run(at: Place): Promise<void>;
}

/** Which server a fact is tried on. */
export type GroundKind = "plain" | "aged" | "built-in";

export const flipText = (flip: Flip): string => ("set" in flip ? `set ${flip.set}` : `fault ${flip.fault}`);

/** The reply is a Status that says so; `message` is a part of the text or a pattern. */
export function refused(reply: Reply, code: number, reason: string, message?: string | RegExp, details?: Details): void {
  assert.equal(reply.status, code, reply.text.slice(0, 300));
  assert.match(reply.headers["content-type"] ?? "", /^application\/json/);
  const { kind, status, reason: given, code: stated } = reply.json;
  assert.deepEqual({ kind, status, reason: given ?? "", code: stated }, { kind: "Status", status: "Failure", reason, code });
  if (message instanceof RegExp) assert.match(reply.json.message ?? "", message);
  else if (message !== undefined) assert.equal(reply.json.message ?? "", message);
  if (details !== undefined) assert.deepEqual(reply.json.details, details);
}

/** 422 with these causes, in order: `reason field`. The real server repeats causes of updates: once each is enough. */
export function invalid(reply: Reply, causes: readonly string[], details: Details = {}): void {
  refused(reply, 422, "Invalid");
  const { causes: given = [], ...rest } = reply.json.details ?? {};
  const distinct = [...new Map(given.map((cause) => [JSON.stringify(cause), `${cause.reason} ${cause.field}`])).values()];
  assert.deepEqual(distinct, causes);
  for (const [key, value] of Object.entries(details)) assert.deepEqual((rest as Record<string, unknown>)[key], value, `details.${key}`);
}

/** The reply has this status; its body is returned. */
export function ok(reply: Reply, code = 200): Body {
  assert.equal(reply.status, code, reply.text.slice(0, 300));
  return reply.json;
}

export const names = ({ items }: Body): string => items.map(({ metadata }) => metadata.name).join(" ");
