// Objects as checks send them: those that a server gave, with one part changed. Pure.

import { LABEL_CLAIM, LABEL_CLAIM_OWNER } from "../provisioning.ts";
import type { Body } from "./body.ts";

export function withMetadata(object: Body, metadata: Record<string, unknown>): Body {
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

/** With these labels beside those that it has; undefined takes one away. */
export function withLabels(object: Body, labels: Record<string, string | undefined>): Body {
  return withMetadata(object, { labels: { ...object.metadata.labels, ...labels } });
}

export function withStatus(object: Body, status: Record<string, unknown>): Body {
  return { ...object, status: { ...object.status, ...status } };
}

/** A pull job with its option turned: a change of the spec that every server knows. */
export function otherwise(object: Body): Body {
  const { incremental } = object.spec["pull"] as { incremental?: boolean };
  return { ...object, spec: { ...object.spec, pull: { incremental: incremental !== true } } };
}

/** Claimed by this worker at this time, ms since the epoch. */
export function claimedBy(job: Body, owner: string, atMs: number): Body {
  return withLabels(job, { [LABEL_CLAIM]: String(Math.round(atMs)), [LABEL_CLAIM_OWNER]: owner });
}

/** Given back to whoever takes it. */
export function givenBack(job: Body): Body {
  return withStatus(withLabels(job, { [LABEL_CLAIM]: undefined, [LABEL_CLAIM_OWNER]: undefined }), { state: "pending" });
}

/** Whose claim it bears; "" of nobody's. */
export function ownerOf({ metadata }: Body): string {
  return metadata.labels?.[LABEL_CLAIM_OWNER] ?? "";
}
