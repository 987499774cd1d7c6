// One collection followed: a stream that makes it fast, and a list beside it that makes it true. Pure: inputs and their
// time in, commands and facts out; no I/O, no clock, no log. The driver is watch.ts.
//
// Why not list, then watch: Grafana's server loses events in silence when a watch starts in the past, even just behind a
// list. So the stream comes first, at the collection's current version, and a full list runs while it flows.
//
// Stream            input                          commands, facts                         next
// empty             start, retry                   read-version                            anchoring
// anchoring         version                        open                                    opening
//                   anchor-failed                  failure, retry-in                       empty
// opening           opened                         stream(up), list wanted                 watching
//                   retry after ten minutes        read-version                            anchoring
//                   open-failed 410, 400, 404, 504 failure, retry-in; list wanted          empty
//                   open-failed otherwise          failure, retry-in; list wanted          opening
// watching          events                         applied, deleted; version moves on      watching
//                   ERROR 410                      close, stream(down), retry-in           empty
//                   ERROR otherwise, closed        close, stream(down), retry-in           opening, third bad end: empty
//                   check-stream, no byte since    stalled, close, stream(down), retry-in  empty
// List              input                          commands, facts                         next
// idle              list-due, or wanted            list (the driver waits for its turn)    queued
// queued            list-began                     fetch-page                              listing
// listing           part of a page                 applied                                 listing
//                   page, not the last             applied, fetch-page                     listing
//                   last page                      applied, deleted, listed, list-in       idle, or queued if wanted again
//                   list-failed                    failure, list-in                        idle, no wish granted before Retry-After

import type { Backoff } from "../base/backoff.ts";
import { ApiError, ProtocolError } from "../base/errors.ts";
import { identify, isIdentified, isOlder, type ObjectIndex } from "./object-index.ts";
import { isExpired, statusError } from "./status.ts";
import type { KubeObject, ListPage, WatchEvent } from "./types.ts";
import { LAG_MS, type Oddity, Witness } from "./witness.ts";

/** How an object became known: by the first list, by the stream, or by a later list that found what the stream had lost. */
export type Trigger = "initial" | "live" | "relist";

export type Stream =
  /** No version is known; the next step reads one. */
  | { kind: "empty" }
  | { kind: "anchoring"; askedAt: number }
  /** A watch at `version` is asked for or waits for its retry, since `since`. `versionAt`: nothing older comes after it. */
  | { kind: "opening"; version: string; versionAt: number; since: number }
  /** Events flow. `from`: the version it was opened at. `bytesAt`: when the last event came. */
  | { kind: "watching"; version: string; versionAt: number; from: string; openedAt: number; bytesAt: number };

export type List =
  /** `notBefore`: the server has asked for quiet until then. */
  | { kind: "idle"; notBefore: number }
  /** Asked for; the driver waits for its turn. */
  | { kind: "queued" }
  /** `trusted` unless the stream was lost since the list began. `token`: of the page being fetched. */
  | { kind: "listing"; beganAt: number; token: string | undefined; trusted: boolean; again: boolean; counts: Differences };

/** What a list found that the stream had not told. */
export interface Differences {
  objects: number;
  found: number;
  changed: number;
  gone: number;
}

export interface WatchState {
  stream: Stream;
  list: List;
  index: ObjectIndex;
  witness: Witness;
  /** A list has come to its end. */
  synced: boolean;
  /** When the last complete list began; -Infinity before the first. */
  listedAt: number;
  /** The collection's version at the begin of the last list that has answered: a stream that is past it has told all before. */
  mark: { version: string; at: number } | undefined;
  /** Ends of the stream in a row that did not move the version on. */
  badEnds: number;
  streamBackoff: Backoff;
  listBackoff: Backoff;
  options: { resyncMs: number };
}

export type Input =
  | { kind: "start" }
  | { kind: "retry" }
  | { kind: "version"; version: string }
  | { kind: "anchor-failed"; error: unknown }
  | { kind: "opened" }
  | { kind: "open-failed"; error: unknown }
  | { kind: "events"; events: WatchEvent[] }
  /** The stream is over; `error` undefined = it ended as it should. */
  | { kind: "closed"; error: unknown }
  /** Time to look whether anything came since the list that found a difference. */
  | { kind: "check-stream"; bytesAt: number }
  | { kind: "list-due" }
  | { kind: "list-began" }
  /** Of the page that is being fetched; what is left of it comes as page. */
  | { kind: "part"; items: KubeObject[] }
  | { kind: "page"; page: ListPage }
  | { kind: "list-failed"; error: unknown };

export type Output =
  | { kind: "read-version" }
  | { kind: "open"; version: string }
  | { kind: "close" }
  | { kind: "retry-in"; ms: number }
  | { kind: "check-stream-in"; ms: number; bytesAt: number }
  | { kind: "list" }
  | { kind: "list-in"; ms: number }
  | { kind: "fetch-page"; token: string | undefined }
  | Fact;

/** What the rest of the program learns. */
export type Fact =
  | { kind: "applied"; object: KubeObject; trigger: Trigger }
  | { kind: "deleted"; uid: string }
  | { kind: "stream"; up: boolean; error?: unknown }
  /**
   * A list has ended; `first` once. Durations in ms, times on the caller's monotonic clock. `resumesAt`: no event from
   * before can come any more, in whichever way the stream goes on.
   */
  | { kind: "listed"; first: boolean; beganAt: number; resumesAt: number; tookMs: number; differences: Differences; held: number }
  | { kind: "failure"; stage: "anchor" | "open" | "stream" | "list"; error: unknown; retryMs: number }
  /** Lists see changes, the stream has been silent: it was cut. */
  | { kind: "stalled" }
  /** An event or object that cannot be followed: no uid, or a type that is not known. */
  | { kind: "unusable"; reason: "no_identity" | "unknown_type"; what: string }
  /** The server contradicts itself. */
  | { kind: "odd"; what: Oddity; count: number };

/** A stream that lived this long is healthy: its end is followed by a new one at once. */
const HEALTHY_MS = 5_000;
const BAD_ENDS_MAX = 3;
/** A version is not gone back to after this time without a stream: lists have told what it would repeat. */
const RESUME_MS = 600_000;
/** Streams end every few minutes, and each brings at its begin what the one before has not: later than this comes nothing. */
const OLD_NEWS_MS = 3_600_000;

export function initialState(index: ObjectIndex, streamBackoff: Backoff, listBackoff: Backoff, options: WatchState["options"]): WatchState {
  const list: List = { kind: "idle", notBefore: Number.NEGATIVE_INFINITY };
  const listedAt = Number.NEGATIVE_INFINITY;
  const nothing = { synced: false, listedAt, mark: undefined, badEnds: 0 };
  return { stream: { kind: "empty" }, list, index, witness: new Witness(), ...nothing, streamBackoff, listBackoff, options };
}

/** `at`: monotonic ms. Index, witness and backoffs inside the state are changed in place. */
export function step(state: WatchState, input: Input, at: number): { state: WatchState; outputs: Output[] } {
  switch (input.kind) {
    case "start":
    case "retry":
      return state.stream.kind === "opening" && at - state.stream.since <= RESUME_MS
        ? { state, outputs: [{ kind: "open", version: state.stream.version }] }
        : { state: { ...state, stream: { kind: "anchoring", askedAt: at } }, outputs: [{ kind: "read-version" }] };
    case "version":
      return anchored(state, input.version, at);
    case "anchor-failed":
      return fail(state, "anchor", input.error, { kind: "empty" }, at);
    case "opened":
      return opened(state, at);
    case "open-failed":
      return openFailed(state, input.error, at);
    case "events":
      return events(state, input.events, at);
    case "closed":
      return closed(state, input.error, at);
    case "check-stream":
      return state.stream.kind === "watching" && state.stream.bytesAt === input.bytesAt ? stalled(state, at) : { state, outputs: [] };
    case "list-due":
      return wantList(state, [], Number.POSITIVE_INFINITY);
    case "list-began":
      return listBegan(state, at);
    case "part":
      return state.list.kind === "listing" ? part(state, state.list, input.items, at) : { state, outputs: [] };
    case "page":
      return page(state, input.page, at);
    case "list-failed":
      return listFailed(state, input.error, at);
    default:
      return input satisfies never;
  }
}

type Step = { state: WatchState; outputs: Output[] };
type Listing = List & { kind: "listing" };

function fail(state: WatchState, stage: "anchor" | "open" | "stream", error: unknown, stream: Stream, at: number): Step {
  const ms = state.streamBackoff.next(at, error instanceof ApiError ? error.retryAfterMs : 0);
  return { state: { ...state, stream }, outputs: [{ kind: "failure", stage, error, retryMs: ms }, { kind: "retry-in", ms }] };
}

function anchored(state: WatchState, version: string, at: number): Step {
  if (state.stream.kind !== "anchoring") return { state, outputs: [] };
  const stream: Stream = { kind: "opening", version, versionAt: state.stream.askedAt, since: at };
  state.witness.anchored(version, at, state.index.lists);
  return { state: { ...state, stream, badEnds: 0 }, outputs: [{ kind: "open", version }] };
}

function opened(state: WatchState, at: number): Step {
  if (state.stream.kind !== "opening") return { state, outputs: [] };
  const { version, versionAt } = state.stream;
  const stream: Stream = { kind: "watching", version, versionAt, from: version, openedAt: at, bytesAt: at };
  return wantList({ ...state, stream }, [{ kind: "stream", up: true }], at);
}

/** The server answers, only not this: lists go on without the stream. */
function openFailed(state: WatchState, error: unknown, at: number): Step {
  if (state.stream.kind !== "opening") return { state, outputs: [] };
  const { state: next, outputs } = fail(state, "open", error, versionIsBad(error) ? { kind: "empty" } : state.stream, at);
  return state.synced ? { state: next, outputs } : wantList(next, outputs, at);
}

/** 410 in its costumes, 400 and 504 for a version that the server does not know, 404 for a collection that moved. */
function versionIsBad(error: unknown): boolean {
  return isExpired(error) || (error instanceof ApiError && [400, 404, 504].includes(error.status));
}

function events(state: WatchState, batch: WatchEvent[], at: number): Step {
  if (state.stream.kind !== "watching") return { state, outputs: [] };
  const outputs: Output[] = [];
  let { version } = state.stream;
  let failed: unknown;
  for (const event of batch) {
    if (event.type === "ERROR") {
      failed = statusError("watch", event.object);
      break;
    }
    if (event.type === "UNKNOWN") {
      outputs.push({ kind: "unusable", reason: "unknown_type", what: `event of type ${event.name}` });
      continue;
    }
    if (event.type === "BOOKMARK") outputs.push(...odd(state.witness.bookmark(identify(event.object).version)));
    else applyEvent(state, event.type, event.object, outputs);
    version = event.object.metadata?.resourceVersion || version;
  }
  // An event may be old news, as after a resume: when it comes says nothing of when it happened.
  const { mark } = state;
  const versionAt = mark === undefined || isOlder(version, mark.version) ? state.stream.versionAt : Math.max(mark.at, state.stream.versionAt);
  const stream: Stream = { ...state.stream, version, versionAt, bytesAt: at };
  const next = { ...state, stream };
  return failed === undefined ? { state: next, outputs } : cut(next, failed, outputs, at);
}

function applyEvent(state: WatchState, type: "ADDED" | "MODIFIED" | "DELETED", object: KubeObject, outputs: Output[]): void {
  if (!isIdentified(object)) {
    outputs.push({ kind: "unusable", reason: "no_identity", what: `${type} event without name or uid` });
    return;
  }
  // Before the first list is through, MODIFIED and DELETED speak of objects that were there before the stream.
  const trigger = type === "ADDED" || state.synced ? "live" : "initial";
  const identity = identify(object);
  const { uid } = identity;
  if (type === "DELETED") {
    outputs.push(...odd(state.witness.heard(type, identity, undefined)));
    if (!state.index.remove(object)) outputs.push({ kind: "applied", object, trigger });
    outputs.push({ kind: "deleted", uid });
    return;
  }
  const { change, replaced, told } = state.index.apply(object);
  outputs.push(...odd(state.witness.heard(type, identity, told)));
  if (replaced !== undefined) outputs.push({ kind: "deleted", ...replaced });
  if (change === "new" || change === "past") outputs.push({ kind: "applied", object, trigger });
  if (change === "past") outputs.push({ kind: "deleted", uid });
}

function odd(oddities: readonly Oddity[]): Output[] {
  return oddities.map((what) => ({ kind: "odd", what, count: 1 }));
}

/** Ends the stream from our side: after an ERROR event the server may leave the socket open. */
function cut(state: WatchState, error: unknown, outputs: Output[], at: number): Step {
  outputs.push({ kind: "close" });
  const { state: next, outputs: rest } = closed(state, error, at);
  return { state: next, outputs: outputs.concat(rest) };
}

function closed(state: WatchState, error: unknown, at: number): Step {
  if (state.stream.kind !== "watching") return { state, outputs: [] };
  const { openedAt, version, versionAt, from } = state.stream;
  const healthy = at - openedAt >= HEALTHY_MS;
  const answeredBadly = error instanceof ApiError || error instanceof ProtocolError;
  const movedOn = version !== from;
  const badEnds = movedOn || (healthy && !answeredBadly) ? 0 : state.badEnds + 1;
  const stream: Stream = versionIsBad(error) || badEnds >= BAD_ENDS_MAX ? { kind: "empty" } : { kind: "opening", version, versionAt, since: at };
  const atLeast = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  // Grafana ends a stream politely when its reader lags in a burst: as often as that is, it is no trouble.
  if (movedOn && error === undefined) state.streamBackoff.reset();
  const ms = healthy && atLeast === 0 ? 0 : state.streamBackoff.next(at, atLeast);
  const down: Output = error === undefined ? { kind: "stream", up: false } : { kind: "stream", up: false, error };
  const outputs: Output[] = [down];
  if (error !== undefined) outputs.push({ kind: "failure", stage: "stream", error, retryMs: ms });
  outputs.push({ kind: "retry-in", ms });
  const list: List = state.list.kind === "listing" ? { ...state.list, trusted: false } : state.list;
  return { state: { ...state, stream, list, badEnds }, outputs };
}

/** No byte came since a list saw changes. The version may be one that this server never reaches, as after a restore. */
function stalled(state: WatchState, at: number): Step {
  const { state: next, outputs } = cut(state, undefined, [{ kind: "stalled" }], at);
  return { state: { ...next, stream: { kind: "empty" } }, outputs };
}

/** One list at a time: a wish during a list is granted once it has ended. A server that asked for quiet gets it. */
function wantList(state: WatchState, outputs: Output[], at: number): Step {
  switch (state.list.kind) {
    case "idle":
      if (at < state.list.notBefore) return { state, outputs };
      return { state: { ...state, list: { kind: "queued" } }, outputs: [...outputs, { kind: "list" }] };
    case "queued":
      return { state, outputs };
    case "listing":
      return { state: { ...state, list: { ...state.list, again: true } }, outputs };
  }
}

function listBegan(state: WatchState, at: number): Step {
  state.index.beginList();
  state.witness.listBegan();
  const list: List = {
    kind: "listing",
    beganAt: at,
    token: undefined,
    trusted: true,
    again: false,
    counts: { objects: 0, found: 0, changed: 0, gone: 0 },
  };
  return { state: { ...state, list }, outputs: [{ kind: "fetch-page", token: undefined }] };
}

function part(state: WatchState, list: Listing, items: readonly KubeObject[], at: number): Step & { state: { list: Listing } } {
  const outputs: Output[] = [];
  const counts = { ...list.counts };
  const trigger = state.synced ? "relist" : "initial";
  for (const object of items) {
    if (!isIdentified(object)) {
      outputs.push({ kind: "unusable", reason: "no_identity", what: "listed object without name or uid" });
      continue;
    }
    const { change, replaced, odd: how } = state.index.list(object);
    if (how !== undefined) outputs.push(...odd([`list-${how}`]));
    if (how !== "twice") counts.objects++;
    const { uid, version } = identify(object);
    if (change === "new" || change === "changed") state.witness.found(uid, version, state.listedAt, at);
    if (replaced !== undefined) outputs.push({ kind: "deleted", ...replaced });
    if (change === "changed") counts.changed++;
    if (change !== "new") continue;
    counts.found++;
    outputs.push({ kind: "applied", object, trigger });
  }
  return { state: { ...state, list: { ...list, counts } }, outputs };
}

function page(before: WatchState, got: ListPage, at: number): Step {
  if (before.list.kind !== "listing") return { state: before, outputs: [] };
  const { list: listing, witness } = before;
  const oddities = listing.token === undefined ? odd(witness.listed(got.version)) : [];
  const mark = listing.token === undefined ? { version: got.version, at: listing.beganAt } : before.mark;
  const { state, outputs: told } = part({ ...before, mark }, listing, got.items, at);
  const outputs = [...oddities, ...told];
  const { list } = state;
  if (got.continue !== undefined) {
    if (got.continue === list.token) {
      return listFailed(state, new ApiError("Cannot list: server sent the same continue token twice", { status: 500 }), at, outputs);
    }
    outputs.push({ kind: "fetch-page", token: got.continue });
    return { state: { ...state, list: { ...list, token: got.continue } }, outputs };
  }
  return listEnded(state, list, outputs, at);
}

function listEnded(state: WatchState, list: Listing, outputs: Output[], at: number): Step {
  const { gone, held } = state.index.endList(list.trusted);
  const { stream, witness } = state;
  for (const each of gone) {
    outputs.push({ kind: "deleted", uid: each.uid });
    witness.missed(each.uid, each.shown, at);
  }
  const counts = { ...list.counts, gone: gone.length };
  const lost = stream.kind === "watching" ? witness.overdue(stream.openedAt, at) : 0;
  if (lost > 0) outputs.push({ kind: "odd", what: "lost", count: lost });
  const tookMs = at - list.beganAt;
  outputs.push({ kind: "listed", first: !state.synced, beganAt: list.beganAt, resumesAt: resumesAt(stream, at), tookMs, differences: counts, held });
  const differences = counts.found + counts.changed + counts.gone;
  // A list after a reconnect finds what came before the stream. Only what came after the list before that was the stream's to tell.
  if (differences > 0 && stream.kind === "watching" && stream.openedAt <= state.listedAt && stream.bytesAt <= list.beganAt) {
    outputs.push({ kind: "check-stream-in", ms: LAG_MS, bytesAt: stream.bytesAt });
  }
  const next: WatchState = { ...state, synced: true, listedAt: list.beganAt, list: { kind: "idle", notBefore: at } };
  if (list.again || held > 0) return wantList(next, outputs, at);
  outputs.push({ kind: "list-in", ms: Math.max(0, state.options.resyncMs - tookMs) });
  return { state: next, outputs };
}

function resumesAt(stream: Stream, at: number): number {
  switch (stream.kind) {
    case "empty":
      return at;
    case "anchoring":
      return stream.askedAt;
    default:
      return Math.max(stream.versionAt, at - OLD_NEWS_MS);
  }
}

function listFailed(state: WatchState, error: unknown, at: number, before: Output[] = []): Step {
  if (state.list.kind === "listing") state.index.dropList();
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  const ms = state.listBackoff.next(at, asked);
  const outputs: Output[] = [...before, { kind: "failure", stage: "list", error, retryMs: ms }, { kind: "list-in", ms }];
  return { state: { ...state, list: { kind: "idle", notBefore: at + asked } }, outputs };
}
