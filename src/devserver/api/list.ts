// One page of a list: a query in, a text in the form that was asked for out. Pages are cut by count and by bytes, before
// or after they are filtered, and later pages are as of the first one.

import type { Behaviour } from "../behaviour/eras.ts";
import type { Resource } from "../resources.ts";
import type { Events } from "../state/events.ts";
import { before, present, type View } from "../state/snapshot.ts";
import type { Entry } from "../state/entry.ts";
import type { Store } from "../state/store.ts";
import { badRequest, Refusal } from "../wire/status.ts";
import { askedVersion, checkReached, refuseListVersion } from "./asked-version.ts";
import { formatToken, inconsistentToken, parseToken, type Place } from "./continue-token.ts";
import { type ListOptions, parseListOptions } from "./list-options.ts";
import type { Form, ListMetadata } from "./plain-form.ts";

export interface ListContext {
  store: Store;
  events: Events;
  behaviour: Behaviour;
}

export interface ListRequest {
  resource: Resource;
  namespace: string | undefined;
  query: URLSearchParams;
  form: Form;
}

/** What of the collection is looked at. */
interface Extent {
  version: number;
  view: View;
  /** First key. */
  start: string;
  /** What of the view is there at all. */
  exists: (entry: Entry) => boolean;
}

interface Page {
  items: Entry[];
  /** Key of the last entry that was looked at, if there are more. */
  cutAt: string | undefined;
}

const TOO_OLD = "The resourceVersion for the provided list is too old.";
const TOKEN_TOO_OLD =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token"
  + " in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified,"
  + " or deleted between the time the first chunk was returned and now may show up in the list.";

/** The page as text. @throws Refusal 400, 410, 422, 504 */
export function listPage(context: ListContext, request: ListRequest): string {
  const { metadata, items } = readPage(context, request);
  return request.form.list(metadata, items);
}

/** What a page says. */
interface Listed {
  metadata: ListMetadata;
  items: Entry[];
}

/** The page as entries. @throws Refusal 400, 410, 422, 504 */
export function readPage(context: ListContext, { resource, namespace, query }: Omit<ListRequest, "form">): Listed {
  const { store, behaviour } = context;
  const options = parseListOptions(resource, query, behaviour);
  const extent = extentOf(context, options, resource, namespace);
  const { items, cutAt } = cutPage(extent, namespace, options, behaviour);
  const metadata = { resourceVersion: store.versionText(extent.version) };
  if (cutAt === undefined) return { metadata, items };
  const token = formatToken(extent.version, cutAt, namespace);
  const counted = options.selection.selects === undefined && behaviour.remainingItems;
  const remaining = counted ? { remainingItemCount: extent.view.count(namespace, `${cutAt}\0`) } : {};
  return { metadata: { ...metadata, continue: token, ...remaining }, items };
}

function extentOf(context: ListContext, options: ListOptions, resource: Resource, namespace: string | undefined): Extent {
  const { store, behaviour } = context;
  const place = options.continue === "" ? undefined : parseToken(options.continue, namespace);
  const version = askedVersion(options.resourceVersion, refuseListVersion);
  if (place !== undefined && version !== undefined) throw badRequest("specifying resource version is not allowed when using continue");
  if (place !== undefined) return continued(context, place, resource, namespace);
  checkReached(version, options.resourceVersion, store, behaviour);
  const now = { version: store.version, view: present(store, resource.name), start: "", exists: () => true };
  // A version with a limit and no match means exactly that version, from the time before there was a match.
  if (version === undefined || options.match === "NotOlderThan") return now;
  if (options.match === "" && (options.limit === 0 || behaviour.exactMatch === "filter")) return now;
  if (behaviour.exactMatch === "filter") return { ...now, exists: (entry) => entry.version === version };
  if (context.events.misses(version)) throw new Refusal(410, "Expired", TOO_OLD);
  return { ...now, version, view: viewAt(context, resource, version) };
}

/** A later page. */
function continued(context: ListContext, place: Place, resource: Resource, namespace: string | undefined): Extent {
  const { store, events, behaviour } = context;
  const version = place.version < 0 ? store.version : place.version;
  checkReached(version, String(version), store, behaviour);
  if (behaviour.pages === "latest") {
    return { version, view: present(store, resource.name), start: place.start, exists: (entry) => entry.version <= version };
  }
  if (events.misses(version)) {
    const refusal = new Refusal(410, "Expired", TOKEN_TOO_OLD);
    refusal.body.metadata = { continue: inconsistentToken(place, namespace) };
    throw refusal;
  }
  return { version, view: viewAt(context, resource, version), start: place.start, exists: () => true };
}

function viewAt({ store, events }: ListContext, resource: Resource, version: number): View {
  return before(store, resource.name, events.back(version));
}

function cutPage({ view, start, exists }: Extent, namespace: string | undefined, options: ListOptions, behaviour: Behaviour): Page {
  const { selects, name } = options.selection;
  // One object that is named is read by its key; nothing follows it.
  const whole = (namespace !== undefined && name !== undefined)
    || (options.resourceVersion === "0" && options.continue === "" && behaviour.listFromZero === "whole");
  const limit = whole ? Number.POSITIVE_INFINITY : options.limit || behaviour.pageSize || Number.POSITIVE_INFINITY;
  const maxBytes = behaviour.pageBytes || Number.POSITIVE_INFINITY;
  const selectedFirst = selects !== undefined && behaviour.selectors === "before-cut";
  const items: Entry[] = [];
  let taken = 0;
  let bytes = 0;
  let lastKey = "";
  for (const entry of view.entries(namespace, start)) {
    if (taken >= limit || bytes >= maxBytes) return { items, cutAt: lastKey };
    lastKey = entry.key;
    if (!exists(entry)) continue;
    const wanted = selects?.(entry) ?? true;
    if (wanted) items.push(entry);
    if (!wanted && selectedFirst) continue;
    taken++;
    if (maxBytes !== Number.POSITIVE_INFINITY) bytes += entry.bytes;
  }
  return { items, cutAt: undefined };
}
