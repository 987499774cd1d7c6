// An open watch: a query and changes in, events out, with bookmarks and an end after `timeoutSeconds`.

import type { Random } from "../../base/clock.ts";
import type { Entry } from "../state/entry.ts";
import type { Change } from "../state/store.ts";
import type { Stream } from "../wire/call.ts";
import { Refusal, type StatusBody } from "../wire/status.ts";
import { askedVersion, refuseVersion, tooLarge } from "./asked-version.ts";
import { EventLines } from "./event-lines.ts";
import type { ListContext, ListRequest } from "./list.ts";
import { parseWatchOptions, type WatchOptions } from "./list-options.ts";
import { ignoreAbort, Watch, type WatchSurroundings } from "./watch-lines.ts";

export interface WatchContext extends WatchSurroundings, ListContext {
  random: Random;
}

const DEFAULT_TIMEOUT_MS = 1_800_000;
/** How long before its end a watch gets a last bookmark. */
const LAST_BOOKMARK_MS = 2_000;

/** Checks the query, then answers with a stream. @throws Refusal 400, 410, 422, 500, 504 */
export function startWatch(context: WatchContext, request: ListRequest, open: () => Stream): void {
  const { store, events, behaviour } = context;
  const { resource, namespace, query, form } = request;
  const options = parseWatchOptions(resource, query, behaviour);
  const { selection: { selects }, initial, bookmarks } = options;
  const version = askedVersion(options.resourceVersion, refuseVersion(behaviour));
  const failure = version === undefined ? undefined : (version > store.version ? ahead : gone)(context, version, options);

  const watch = new Watch(open(), context);
  if (failure !== undefined) watch.send(`${JSON.stringify({ type: "ERROR", object: failure })}\n`);
  if (failure !== undefined || options.timeoutSeconds < 0) return watch.end();

  const lines = new EventLines(form, selects);
  const concerns = ({ resource: of, entry, version: at }: Change) =>
    of === resource.name && (namespace === undefined || entry.namespace === namespace) && at > (version ?? 0);
  // Both are lazy, over lists that no write changes: how fast they go out is the reader's matter.
  function* state(entries: readonly Entry[], resourceVersion: string): Generator<string | undefined> {
    for (const entry of entries) yield lines.present(entry);
    if (bookmarks && options.marked) yield lines.bookmark({ resourceVersion, annotations: { "k8s.io/initial-events-end": "true" } });
  }
  function* missed(changes: readonly Change[]): Generator<string | undefined> {
    for (const change of changes) if (concerns(change)) yield lines.changed(change);
  }

  if (initial) watch.begin(state([...store.entries(resource.name, namespace)], store.versionText()));
  else if (version !== undefined) watch.begin(missed(events.since(version)));
  watch.onEnd(events.read((change, texts) => {
    if (concerns(change)) watch.send(lines.changed(change, texts));
  }));
  const endsAtMs = endAfter(context, watch, options.timeoutSeconds);
  const course = { endsAtMs, since: initial ? store.version : (version ?? store.version) };
  if (bookmarks) keepBookmarking(context, watch, course, () => watch.send(lines.bookmark({ resourceVersion: store.versionText() })));
}

/** What a version gets that is not reached; undefined lets it wait. @throws Refusal 400, 504 */
function ahead({ store, behaviour }: WatchContext, _: number, { resourceVersion, initial }: WatchOptions): StatusBody | undefined {
  const refusal = tooLarge(resourceVersion, store, behaviour);
  if (behaviour.watchAhead === "refused") throw refusal;
  return initial ? refusal.body : undefined;
}

/** What a version gets whose following changes are not all kept; undefined lets it pass. @throws Refusal 410 */
function gone({ store, events, behaviour }: WatchContext, version: number, { resourceVersion, initial }: WatchOptions): StatusBody | undefined {
  if (initial || !events.misses(version) || behaviour.gaps === "silent") return undefined;
  const refusal = new Refusal(410, "Expired", `too old resource version: ${resourceVersion} (${store.versionText(events.oldest)})`);
  if (behaviour.gaps === "status") throw refusal;
  return refusal.body;
}

/** When it ends, on the monotonic clock. */
function endAfter({ clock, random }: WatchContext, watch: Watch, seconds: number): number {
  const timeoutMs = seconds > 0 ? seconds * 1_000 : DEFAULT_TIMEOUT_MS * (1 + random());
  clock.sleep(timeoutMs, watch.signal).then(() => watch.end(), ignoreAbort);
  return clock.monotonic() + timeoutMs;
}

interface Course {
  endsAtMs: number;
  /** The version that the reader knows. */
  since: number;
}

/** A bookmark from time to time, if the version has moved since the last one. */
function keepBookmarking({ store, clock, behaviour }: WatchContext, watch: Watch, { endsAtMs, since }: Course, send: () => void): void {
  let known = since;
  let last = false;
  const pause = () => {
    const leftMs = endsAtMs - LAST_BOOKMARK_MS - clock.monotonic();
    last = behaviour.bookmarks === "before-end" && leftMs < behaviour.bookmarkIntervalMs;
    return last ? leftMs : behaviour.bookmarkIntervalMs;
  };
  const run = async (): Promise<void> => {
    while (!last) {
      const pauseMs = pause();
      if (pauseMs <= 0) return;
      await clock.sleep(pauseMs, watch.signal);
      if (behaviour.bookmarks === "initial" || store.version <= known) continue;
      known = store.version;
      send();
    }
  };
  run().catch(ignoreAbort);
}
