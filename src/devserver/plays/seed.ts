// Fills a store with what a server holds that has been at work for a while. The same random numbers give the same objects.

import type { Random } from "../../base/clock.ts";
import { between, chance, oneOf, seeded, wholeBetween } from "../../base/random.ts";
import { LABEL_CLAIM, LABEL_CLAIM_OWNER, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../provisioning.ts";
import { ACCESS_POLICY } from "../access/access.ts";
import { jobName } from "../api/names.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { type Resourced, timestamp } from "../state/object.ts";
import type { Store } from "../state/store.ts";
import type { Span } from "./kinds.ts";
import type { SeedSpec } from "./seed-spec.ts";
import { namespaceNames, repositoryOf, someAction, someOwner, someSuffix, someUid, specOf } from "./specs.ts";
import { type Ending, finalStatus, planWork, statusAt } from "./work.ts";

export interface SeedContext {
  store: Store;
  random: Random;
  behaviour: Pick<Behaviour, "claimOwner" | "leaseExpiryMs" | "newActions" | "summaryKind" | "failedResources" | "newStatusFields">;
  /** The server's wall clock, ms. */
  nowMs: number;
}

/** How many objects were added. */
export interface Seeded {
  repositories: number;
  jobs: number;
  historic: number;
}

interface Place {
  namespace: string;
  repository: string;
}

/** Shares of ended jobs. */
const WARNINGS = 0.06;
const ERRORS = 0.04;
const RESOURCES = [1, 40] as const;
const WORK_MS = [500, 90_000] as const;
const CREATED_BY = { "grafana.app/createdBy": ACCESS_POLICY };

/** Adds all at once, the oldest first. */
export function seed(context: SeedContext, spec: SeedSpec): Seeded {
  let last: Seeded = { repositories: 0, jobs: 0, historic: 0 };
  for (const seeded of seeding(context, spec)) last = seeded;
  return last;
}

/** Adds one object a step, so that the caller can let others have their turn; gives what was added so far. */
export function* seeding(given: SeedContext, spec: SeedSpec): Generator<Seeded> {
  const context = spec.randomSeed === undefined ? given : { ...given, random: seeded(spec.randomSeed) };
  const { store, random, nowMs } = context;
  const made: Seeded = { repositories: 0, jobs: 0, historic: 0 };
  const places = placesOf(spec);
  for (const { namespace, repository } of places) {
    if (store.get("repositories", namespace, repository) !== undefined) continue;
    store.create("repositories", repositoryOf(repository, namespace, nowMs));
    made.repositories++;
    yield made;
  }
  for (const createdMs of spread(random, nowMs, spec.historic, spec.historyAgeMs)) {
    store.create("historicjobs", historicJob(context, drawJob(random, places, context.behaviour), createdMs));
    made.historic++;
    yield made;
  }
  const pulls = { last: 0 };
  for (const createdMs of spread(random, nowMs, spec.jobs, spec.jobAgeMs)) {
    store.create("jobs", queuedJob(context, drawFreeJob(context, places, pulls), createdMs, chance(random, spec.claimed)));
    made.jobs++;
    yield made;
  }
}

/** Repositories by turns over the namespaces. */
function placesOf(spec: SeedSpec): [Place, ...Place[]] {
  const namespaces = namespaceNames(spec.namespaces);
  const place = (index: number): Place => (
    { namespace: namespaces[index % namespaces.length] ?? "default", repository: `dashboards-${index + 1}` }
  );
  return [place(0), ...Array.from({ length: spec.repositories - 1 }, (_, index) => place(index + 1))];
}

/** Instants evenly over the ages, with some noise, the oldest first: versions rise with creation. */
function* spread(random: Random, nowMs: number, count: number, [youngest, oldest]: Span): Generator<number> {
  for (let index = 0; index < count; index++) yield nowMs - oldest + ((oldest - youngest) * (index + random())) / count;
}

interface Draft extends Place {
  name: string;
  action: string;
  spec: Record<string, unknown>;
}

function drawJob(random: Random, places: readonly [Place, ...Place[]], { newActions }: Pick<Behaviour, "newActions">): Draft {
  const { namespace, repository } = oneOf(random, places);
  const action = someAction(random, newActions);
  const spec = specOf(random, action, repository);
  return { namespace, repository, name: jobName(repository, action, spec), action, spec };
}

/** One whose name is free: where the class is taken already, for the next pull request that is not. */
function drawFreeJob({ store, random, behaviour }: SeedContext, places: readonly [Place, ...Place[]], pulls: { last: number }): Draft {
  const draft = drawJob(random, places, behaviour);
  const { namespace, repository } = draft;
  if (store.get("jobs", namespace, draft.name) === undefined) return draft;
  const spec = specOf(random, "pr", repository);
  for (;;) {
    const numbered = { ...spec, pr: { ...(spec["pr"] as object), pr: ++pulls.last } };
    const name = jobName(repository, "pr", numbered);
    if (store.get("jobs", namespace, name) === undefined) return { namespace, repository, name, action: "pr", spec: numbered };
  }
}

function historicJob({ store, random, behaviour }: SeedContext, draft: Draft, createdMs: number): Resourced {
  const { namespace, repository, name: job, action, spec } = draft;
  const draw = random();
  const ending: Ending = draw < ERRORS ? "error" : draw < ERRORS + WARNINGS ? "warning" : "success";
  const work = planWork(random, action, ending, wholeBetween(random, ...RESOURCES));
  const finishedMs = Math.floor(createdMs);
  const startedMs = finishedMs - Math.floor(between(random, ...WORK_MS));
  let name: string;
  do name = `${job}-${someSuffix(random)}`;
  while (store.get("historicjobs", namespace, name) !== undefined);
  return {
    metadata: {
      name,
      namespace,
      uid: someUid(random),
      creationTimestamp: timestamp(createdMs),
      labels: { [LABEL_REPOSITORY]: repository, ...claimed(random, startedMs, behaviour), [LABEL_ORIGINAL_UID]: someUid(random) },
      annotations: CREATED_BY,
    },
    spec,
    status: finalStatus(work, startedMs, finishedMs, updatesWithin(finishedMs - startedMs), behaviour),
  };
}

/** A claimed one is halfway through its work, under a lease that was renewed last or has expired. */
function queuedJob(context: SeedContext, draft: Draft, createdMs: number, isClaimed: boolean): Resourced {
  const { random, behaviour, nowMs } = context;
  const { namespace, repository, name, action, spec } = draft;
  const claimedMs = Math.floor(Math.max(createdMs, nowMs - between(random, 0, 2 * behaviour.leaseExpiryMs)));
  const work = planWork(random, action, "success", wholeBetween(random, ...RESOURCES));
  return {
    metadata: {
      name,
      namespace,
      uid: someUid(random),
      creationTimestamp: timestamp(createdMs),
      labels: { [LABEL_REPOSITORY]: repository, ...(isClaimed ? claimed(random, claimedMs, behaviour) : {}) },
      annotations: CREATED_BY,
    },
    spec,
    status: isClaimed ? statusAt(work, 0.5, claimedMs, 2, behaviour) : {},
  };
}

function claimed(random: Random, atMs: number, { claimOwner }: Pick<Behaviour, "claimOwner">): Record<string, string> {
  return { [LABEL_CLAIM]: String(atMs), ...(claimOwner ? { [LABEL_CLAIM_OWNER]: someOwner(random) } : {}) };
}

/** As a driver writes its progress: at the start, after half a second, every five seconds, at the end. */
function updatesWithin(ms: number): number {
  return 2 + (ms > 500 ? 1 : 0) + Math.floor(ms / 5_000);
}
