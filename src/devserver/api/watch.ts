// An open watch: changes in, lines out, with bookmarks, an end after `timeoutSeconds`, and the end of readers that lag.

import type { Clock, Random } from "../../base/clock.ts";
import type { Stream } from "../wire/call.ts";
import type { Events } from "../state/events.ts";
import { type ListRequest, parseVersion } from "./list.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import { parseSelection } from "./selectors.ts";
import { invalid, Refusal } from "../wire/status.ts";
import type { Change, Entry, Store } from "../state/store.ts";

export interface WatchContext {
  store: Store;
  events: Events;
  clock: Clock;
  random: Random;
  behaviour: Behaviour;
  /** The watches that are open; a watch takes itself out. */
  open: Set<Watch>;
}

const DEFAULT_TIMEOUT_MS = 1_800_000;
/** A reader that does not even take the end of its stream is cut off after this, ms. */
const LINGER_MS = 5_000;

/** Checks the query, then answers with a stream. @throws Refusal 400, 422 */
export function startWatch(context: WatchContext, request: ListRequest, open: () => Stream): void {
  const { store, events, clock, random, behaviour } = context;
  const { resource, namespace, query, form } = request;
  const selected = parseSelection(resource, query);
  const after = parseVersion(query.get("resourceVersion"), store, behaviour.versionTooLarge);
  const initial = query.get("sendInitialEvents") === "true";
  const bookmarks = query.get("allowWatchBookmarks") === "true";
  if (initial && query.get("resourceVersionMatch") !== "NotOlderThan") {
    const message = "Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
    throw invalid("ListOptions", "", [{ reason: "FieldValueForbidden", message, field: "resourceVersionMatch" }]);
  }

  const watch = new Watch(open(), context);
  if (!initial && after !== undefined && behaviour.gaps === "event" && events.misses(after)) {
    const { body } = new Refusal(410, "Expired", `too old resource version: ${query.get("resourceVersion")}`);
    watch.send(`${JSON.stringify({ type: "ERROR", object: body })}\n`);
    watch.end();
    return;
  }
  let first = true;
  const send = (type: string, object: (first: boolean) => string) => {
    watch.send(`{"type":"${type}","object":${object(first)}}\n`);
    first = false;
  };
  const bookmark = (annotations?: Record<string, string>) =>
    send("BOOKMARK", (first) => form.bookmark({ resourceVersion: store.versionText(), ...(annotations && { annotations }) }, first));
  const tell = (change: Change) => {
    if (change.resource !== resource.name) return;
    if (namespace !== undefined && change.entry.namespace !== namespace) return;
    const type = eventType(change, selected);
    if (type !== undefined) send(type, (first) => form.event(change.entry, first));
  };

  if (initial) {
    for (const entry of store.entries(resource.name, namespace)) if (selected(entry)) send("ADDED", (first) => form.event(entry, first));
    if (bookmarks) bookmark({ "k8s.io/initial-events-end": "true" });
  } else if (after !== undefined) {
    for (const change of events.since(after)) tell(change);
  }
  watch.onEnd(events.read(tell));

  const seconds = Number(query.get("timeoutSeconds") ?? 0);
  const timeoutMs = seconds > 0 ? seconds * 1_000 : DEFAULT_TIMEOUT_MS * (1 + random());
  clock.sleep(timeoutMs, watch.signal).then(() => watch.end(), ignoreAbort);
  if (!bookmarks || behaviour.bookmarks === "initial") return;
  const keepBookmarking = async (): Promise<void> => {
    for (let sent = store.version;;) {
      await clock.sleep(behaviour.bookmarkIntervalMs, watch.signal);
      if (store.version === sent) continue;
      sent = store.version;
      bookmark();
    }
  };
  keepBookmarking().catch(ignoreAbort);
}

/** What a change is to a reader who sees only selected objects. */
function eventType(change: Change, selected: (entry: Entry) => boolean): Change["type"] | undefined {
  const before = change.previous !== undefined && selected(change.previous);
  const after = change.type !== "DELETED" && selected(change.entry);
  if (after) return before ? "MODIFIED" : "ADDED";
  return before ? "DELETED" : undefined;
}

function ignoreAbort(): void {}

/** The lines under way to one reader. */
export class Watch {
  readonly #stream: Stream;
  readonly #context: WatchContext;
  readonly #ended = new AbortController();
  readonly #gone = new AbortController();
  #lines: string[] = [];
  #blocked = false;
  #judged = false;

  constructor(stream: Stream, context: WatchContext) {
    this.#stream = stream;
    this.#context = context;
    context.open.add(this);
    stream.onDrain(() => {
      this.#blocked = false;
      this.#flush();
    });
    stream.onGone(() => {
      this.#finish();
      this.#gone.abort();
    });
  }

  /** Aborted when nothing more will be sent. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  onEnd(listener: () => void): void {
    if (this.signal.aborted) listener();
    else this.signal.addEventListener("abort", listener, { once: true });
  }

  send(line: string): void {
    if (this.signal.aborted) return;
    this.#lines.push(line);
    this.#flush();
    if (this.#lags && !this.#judged) this.#judge();
  }

  /** Ends the response politely, without what is still undelivered. */
  end(): void {
    if (this.signal.aborted) return;
    this.#finish();
    this.#stream.end();
    this.#context.clock.sleep(LINGER_MS, this.#gone.signal).then(() => this.#stream.destroy(), ignoreAbort);
  }

  /** Breaks the connection. */
  destroy(): void {
    this.#finish();
    this.#stream.destroy();
  }

  get #lags(): boolean {
    return this.#lines.length > this.#context.behaviour.slowReaderEvents;
  }

  // A burst may pile up for a moment; a reader that is still behind after the grace is slow.
  #judge(): void {
    this.#judged = true;
    const judged = () => {
      this.#judged = false;
      if (this.#lags) this.end();
    };
    this.#context.clock.sleep(this.#context.behaviour.slowReaderMs, this.signal).then(judged, ignoreAbort);
  }

  #flush(): void {
    while (!this.#blocked && this.#lines.length > 0) {
      const batch = this.#lines.length === 1 ? (this.#lines[0] ?? "") : this.#lines.slice(0, 64).join("");
      this.#lines = this.#lines.slice(64);
      this.#blocked = !this.#stream.write(batch);
    }
  }

  #finish(): void {
    this.#lines = [];
    this.#context.open.delete(this);
    this.#ended.abort();
  }
}
