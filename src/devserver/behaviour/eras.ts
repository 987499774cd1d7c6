// The table of behaviours in which servers differ, a row each with its value in every era and its source. What the rest
// of the server does by era, it reads from a Behaviour made here; nothing else knows an era's name.

import { ConfigError } from "../../base/errors.ts";
import { always, choice, COUNT, didYouMean, DURATION, type Era, ERAS, fitted, row, type Row, SIZE, SWITCH } from "./rows.ts";

/** Pull requests are those of grafana/grafana; `6.2` and the like are sections of Kubernetes' API concepts where `k8s` says so. */
export const ROWS = {
  // Lists
  pageSize: row("page-size", COUNT, [50, 500, 0], "Items of a page when the request has no limit; 0 = all of them", "#110356"),
  pageBytes: row("page-bytes", SIZE, [0, 2 * 1_048_576, 0], "A page ends once its items reach this size; 0 = never", "#125342"),
  selectors: row("selectors", choice("after-cut", "before-cut"), ["after-cut", "after-cut", "before-cut"],
    "Whether selectors are applied to a page that is cut already, so that it may be empty and still have a successor", "pkg/storage/unified/apistore/store.go"),
  connectionSelector: row("connection-selector", SWITCH, [false, true, true], "Whether repositories can be selected by the field spec.connection.name",
    "pkg/registry/apis/provisioning/register.go"),
  pages: row("pages", choice("latest", "snapshot"), ["latest", "latest", "snapshot"],
    "Whether later pages show every object as of the first page, or leave out what was written since", "#129460; k8s: retrieving large results sets in chunks"),
  exactMatch: row("exact-match", choice("filter", "snapshot"), ["filter", "filter", "snapshot"],
    "What resourceVersionMatch=Exact gives: objects of just that version, or the collection as of it", "pkg/storage/unified/resource/server.go; k8s: semantics for get and list"),
  versionTooLarge: row("version-too-large", choice("504", "400"), ["504", "400", "504"],
    "The answer to a resourceVersion that the server has not reached", "#126004"),
  malformedVersion: row("malformed-version", choice("400", "500"), ["400", "400", "500"],
    "The answer to a watch, or a read of one object, whose resourceVersion is no number; that to a list is 400", "pkg/storage/unified/apistore/store.go; k8s: etcd3 store"),
  listFromZero: row("list-from-zero", choice("page", "whole"), ["page", "page", "whole"],
    "Whether a list from resourceVersion 0 minds its limit", "pkg/storage/unified/resource/server.go; k8s: semantics for get and list"),
  remainingItems: row("remaining-items", SWITCH, [false, false, true], "Whether pages of lists without selectors tell remainingItemCount",
    "pkg/storage/unified/resource/server.go; k8s: retrieving large results sets in chunks"),
  emptyHistory: row("empty-history", choice("absent", "present"), ["absent", "absent", "present"],
    "Whether an empty HistoricJobList has items", "apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go"),

  // Watches
  ringEvents: row("ring-events", COUNT, [100, 500, 20_000], "Events that are kept for watches that resume, all resources together", "pkg/storage/unified/resource/broadcaster.go"),
  gaps: row("gaps", choice("silent", "event", "status"), ["silent", "silent", "event"],
    "What a watch gets that resumes before the kept events: the rest without a word, an ERROR event with code 410, or status 410", "#130440, #132101, #132951"),
  watchFromZero: row("watch-from-zero", choice("now", "state"), ["now", "now", "state"],
    "What a watch without resourceVersion, or from 0, begins with: nothing, or an ADDED for each object", "pkg/storage/unified/apistore/store.go; k8s: semantics for watch"),
  watchAhead: row("watch-ahead", choice("refused", "waits"), ["refused", "refused", "waits"],
    "What a watch gets that resumes at a version not yet reached: the answer of version-too-large, or what comes after that version", "#126004; k8s: watch cache"),
  watchList: row("watch-list", choice("served", "refused"), ["served", "served", "served"],
    "What sendInitialEvents gives: the objects and a bookmark, or 422", "pkg/storage/unified/apistore/store.go"),
  bookmarks: row("bookmarks", choice("initial", "periodic", "before-end"), ["initial", "periodic", "before-end"],
    "Whether bookmarks come only after initial events, from time to time, or also 2 s before the end of a watch", "#122886; k8s: watch cache"),
  bookmarkIntervalMs: row("bookmark-interval", DURATION, [10_000, 10_000, 60_000], "Pause between bookmarks; one is sent only if the version moved", "#122886; k8s: watch bookmarks"),
  slowReaderEvents: always("slow-reader-events", COUNT, 100, "Undelivered events that make the reader of a watch slow", "pkg/storage/unified/resource/broadcaster.go"),
  slowReaderMs: always("slow-reader-grace", DURATION, 1_000, "How long a reader may be slow before its watch is ended", "ours"),

  // Writes
  versions: row("versions", choice("microseconds", "snowflake", "counter"), ["microseconds", "snowflake", "counter"],
    "What resourceVersions look like: 16 digits, 19 digits, or few", "#126004, #126012"),
  putWithoutVersion: row("put-without-version", choice("overwrites", "refused"), ["overwrites", "overwrites", "refused"],
    "What a PUT without resourceVersion does to an object that is there", "pkg/storage/unified/apistore/store.go; k8s: resource versions"),
  putMissing: row("put-missing", choice("creates", "404"), ["creates", "creates", "404"],
    "What a PUT without resourceVersion does where there is no object", "pkg/storage/unified/apistore/store.go"),
  putDeleted: row("put-deleted", choice("500", "409", "404"), ["500", "409", "404"], "The answer to a PUT with resourceVersion to an object that is gone", "#129212"),
  compareAndSwap: row("compare-and-swap", choice("racy", "atomic"), ["racy", "atomic", "atomic"],
    "Whether two PUTs of the same resourceVersion can both succeed", "#111866"),
  sameObject: row("same-object", choice("written", "ignored"), ["written", "written", "ignored"],
    "Whether a write that changes nothing makes a new version", "pkg/storage/unified/apistore/store.go; k8s: etcd3 store"),
  names: row("names", choice("any-case", "lower-case"), ["any-case", "any-case", "lower-case"],
    "Whether names may have capitals, as those of jobs like demo-fixFolderMetadata do", "apps/provisioning/pkg/jobs/mutator.go; k8s: object names and IDs"),
  generateName: row("generate-name", choice("emptied", "kept"), ["emptied", "emptied", "kept"],
    "Whether an object still shows the generateName that its name was made of", "pkg/storage/unified/apistore/prepare.go"),
  generation: row("generation", choice("spec", "content"), ["spec", "spec", "content"],
    "What counts up metadata.generation: changes of the spec, or of anything but metadata", "pkg/storage/unified/apistore/prepare.go; k8s: custom resources"),
  unknownFields: always("unknown-fields", choice("dropped", "kept"), "dropped",
    "What becomes of fields that the schema of a kind does not have; kept stands for a newer server", "k8s: field validation"),
  propagation: row("propagation", choice("ignored", "finalizers"), ["ignored", "ignored", "finalizers"],
    "What a DELETE with propagationPolicy Foreground or Orphan does: no more than others, or a finalizer for a collector of garbage, which is not here",
    "k8s: garbage collection"),
  bookkeeping: row("bookkeeping", SWITCH, [true, true, false], "Whether the server writes grafana.app/createdBy, updatedBy and updatedTimestamp", "pkg/storage/unified/apistore/prepare.go"),
  authors: row("authors", SWITCH, [false, true, false], "Whether author annotations are the server's: dropped at creation, then immutable", "pkg/registry/apis/provisioning/jobs.go"),
  newActions: row("new-actions", SWITCH, [false, true, true], "Whether fixFolderMetadata, releaseResources, deleteResources and test are actions", "#128573"),
  admission: always("admission", SWITCH, true, "Whether specs are checked", "apps/provisioning/pkg/jobs/validator.go"),
  guardedReads: row("guarded-reads", SWITCH, [true, false, false], "Whether the jobs of an unhealthy repository cannot even be read", "pkg/registry/apis/provisioning/jobs.go"),
  queueLimit: always("queue-limit", COUNT, 0, "Jobs that may wait in a namespace before 429; 0 = any number", "#129085"),

  // Jobs
  beta: row("v1beta1", SWITCH, [false, true, false], "Whether v1beta1 is served beside v0alpha1", "apps/provisioning/pkg/apis/provisioning/v1beta1"),
  history: always("history", choice("objects", "loki"), "objects", "Where finished jobs are kept; with loki there are no historicjobs", "#109249"),
  expiredJobs: row("expired-jobs", choice("vanish", "history"), ["vanish", "history", "history"],
    "What becomes of a job whose lease has expired, when the simulation reaps", "#113764"),
  leaseExpiryMs: row("lease-expiry", DURATION, [30_000, 60_000, 60_000], "Age of a claim after which the simulation reaps its job", "#127786"),
  leaseRenewalMs: row("lease-renewal", DURATION, [30_000, 20_000, 20_000], "Pause between the renewals of the simulation's drivers", "#127786"),
  claimOwner: row("claim-owner", SWITCH, [false, true, true], "Whether the simulation's drivers sign their claims with claim-owner", "#127783"),
  abandonedSync: row("abandoned-sync", choice("stuck", "requeued"), ["stuck", "requeued", "requeued"],
    "Whether the simulation pulls a repository again whose pull job is gone without an end", "#113826"),
  summaryKind: row("summary-kind", choice("resource", "kind"), ["resource", "kind", "kind"], "The key that names the kind in a job's summary", "apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go"),
  failedResources: row("failed-resources", choice("warning", "error"), ["warning", "error", "error"],
    "What a simulated job ends in of which some resources failed", "pkg/registry/apis/provisioning/jobs/progress.go"),
  newStatusFields: row("new-status-fields", SWITCH, [false, true, true],
    "Whether a simulated job's status has warnings and progressUpdates, and its summary totalChanges", "apps/provisioning/pkg/apis/provisioning/v0alpha1/jobs.go"),

  kinds: row("kinds", choice("built-in", "custom"), ["built-in", "built-in", "custom"],
    "Whether the kinds are built into the server or custom resources, which word tables and refusals of paths, methods and bodies differently", "k8s: custom resources"),

  // The host
  clockSkewMs: always("clock-skew", DURATION, 0, "How far the server's clock is ahead of this machine's", "ours"),
  sendDate: always("send-date", SWITCH, true, "Whether responses carry Date", "ours"),
} as const;

type Rows = typeof ROWS;
export type BehaviourKey = keyof Rows;

/** A value for each row. */
export type Behaviour = { -readonly [Key in BehaviourKey]: Rows[Key] extends Row<infer Value> ? Value : never };

export const DEFAULT_ERA: Era = "2026-09";

/** The behaviour of an era. */
export function behaviourOf(era: Era): Behaviour {
  return Object.fromEntries(Object.entries(ROWS).map(([key, { values }]) => [key, values[era]])) as unknown as Behaviour;
}

/** Reads an era's name. @throws ConfigError */
export function parseEra(text: string): Era {
  const era = ERAS.find((known) => known === text);
  if (era === undefined) throw new ConfigError(`Cannot use era "${text}": expected ${ERAS.slice(0, -1).join(", ")} or ${ERAS.at(-1)}`);
  return era;
}

/** Reads settings such as `page-size=3`; a later one wins. @throws ConfigError */
export function parseSettings(texts: readonly string[]): Partial<Behaviour> {
  return Object.fromEntries(texts.map(parseSetting)) as Partial<Behaviour>;
}

const HINT = "dev --list-eras shows the names";

function parseSetting(text: string): [string, unknown] {
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === "") throw new ConfigError(`Cannot use setting "${text}": expected <name>=<value>, such as page-size=3; ${HINT}`);
  const known = Object.entries(ROWS as Record<string, Row<unknown>>);
  const found = known.find(([, candidate]) => candidate.name === name);
  if (found === undefined) {
    const hint = didYouMean(name, known.map(([, candidate]) => candidate.name), HINT);
    throw new ConfigError(`Cannot use setting "${text}": there is no "${name}"${hint}`);
  }
  const [key, { parse, expected }] = found;
  const parsed = parse(value);
  if (parsed === undefined) throw new ConfigError(`Cannot set "${name}" to "${value}": expected ${expected}`);
  return [key, parsed];
}

/** Every row's value as text, by the name of the row. */
export function describeBehaviour(behaviour: Behaviour): Record<string, string> {
  const rows = Object.entries(ROWS as Record<string, Row<unknown>>);
  return Object.fromEntries(rows.map(([key, { name, format }]) => [name, format(behaviour[key as BehaviourKey])]));
}

/** The table as text, within `width` columns if that is given. */
export function renderEras(width?: number): string[] {
  const cells = Object.values(ROWS as Record<string, Row<unknown>>).map(({ name, values, format, meaning, source }) => [
    name,
    ...ERAS.map((era) => format(values[era])),
    meaning,
    source,
  ]);
  return fitted([["NAME", ...ERAS, "MEANING", "SOURCE"], ...cells], 1 + ERAS.length, width);
}
