// The annotations that the server writes itself: who created and changed an object, and who asked for a job.
// src: pkg/storage/unified/apistore/prepare.go, pkg/registry/apis/provisioning/jobs.go in grafana/grafana.

import { GROUP } from "../../provisioning.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { ResourceName } from "../resources.ts";
import type { Metadata } from "../state/object.ts";
import { badRequest } from "../wire/status.ts";

type Annotations = Record<string, string>;

const CREATED_BY = "grafana.app/createdBy";
const UPDATED_BY = "grafana.app/updatedBy";
const UPDATED_AT = "grafana.app/updatedTimestamp";
const AUTHOR = `${GROUP}/author`;
const AUTHORS: readonly string[] = [AUTHOR, `${GROUP}/authorEmail`, `${GROUP}/authorId`, `${GROUP}/authorOrigin`];

/** Of an object that `subject` creates. What clients say of a job's author is dropped. */
export function annotationsOfNew(resource: ResourceName, given: Annotations = {}, subject: string, behaviour: Behaviour): Annotations {
  const authored = behaviour.authors && resource === "jobs" ? without(given, AUTHORS) : given;
  return behaviour.bookkeeping ? { ...authored, [CREATED_BY]: subject } : { ...authored };
}

/** Of a job that `subject` asks a repository for. */
export function annotationsOfQueued(subject: string, behaviour: Behaviour): Annotations {
  return { ...annotationsOfNew("jobs", {}, subject, behaviour), ...(behaviour.authors ? { [AUTHOR]: subject } : {}) };
}

export interface Changed {
  resource: ResourceName;
  before: Metadata;
  /** Whether the spec is another. */
  spec: boolean;
  subject: string;
  /** Now, as the wire has it. */
  time: string;
}

/** Of an object that is updated. @throws Refusal 400 for another author */
export function annotationsOfChanged(given: Annotations = {}, changed: Changed, behaviour: Behaviour): Annotations {
  const { resource, before: { annotations: old = {} }, spec, subject, time } = changed;
  if (behaviour.authors && resource === "jobs") {
    const moved = AUTHORS.find((key) => given[key] !== old[key]);
    if (moved !== undefined) throw badRequest(`annotation ${moved} is immutable`);
  }
  if (!behaviour.bookkeeping) return { ...given };
  const creator = old[CREATED_BY];
  return {
    ...given,
    ...(creator !== undefined && { [CREATED_BY]: creator }),
    ...(spec && { [UPDATED_BY]: subject, [UPDATED_AT]: time }),
  };
}

function without(annotations: Annotations, keys: readonly string[]): Annotations {
  return Object.fromEntries(Object.entries(annotations).filter(([key]) => !keys.includes(key)));
}
