// The parameters of lists and watches: a query in, options out that are possible together. Follows the API machinery's
// conversion, defaulting and validation; knows no object and no version that was reached.

import type { Behaviour } from "../behaviour/eras.ts";
import type { Resource } from "../resources.ts";
import { checkOptions, forbiddenField, notSupported } from "../wire/causes.ts";
import { badRequest, type Cause } from "../wire/status.ts";
import { checkFields } from "./field-selector.ts";
import { parseSelection, type Selection } from "./selectors.ts";

export interface ListOptions {
  selection: Selection;
  /** 0: as many as the server likes. */
  limit: number;
  continue: string;
  resourceVersion: string;
  match: "" | "Exact" | "NotOlderThan";
}

export interface WatchOptions {
  selection: Selection;
  resourceVersion: string;
  /** Whether the stream begins with the objects that are there. */
  initial: boolean;
  /** Whether a bookmark, if any are wanted, marks the end of these. */
  marked: boolean;
  bookmarks: boolean;
  /** 0: until the server ends it; negative: at once. */
  timeoutSeconds: number;
}

/** A field that older servers do not select by. */
const CONNECTION = "spec.connection.name";

interface Given extends Omit<ListOptions, "match"> {
  match: string;
  sendInitialEvents: boolean | undefined;
  allowWatchBookmarks: boolean;
  timeoutSeconds: number;
}

/** @throws Refusal 400, 422 */
export function parseListOptions(resource: Resource, query: URLSearchParams, behaviour: Behaviour): ListOptions {
  const { match, ...given } = parse(query);
  const causes = [
    ...(match === "" ? [] : listMatchCauses(match, given)),
    ...(given.sendInitialEvents === undefined ? [] : [forbiddenField("sendInitialEvents", "sendInitialEvents is forbidden for list")]),
  ];
  checkOptions("ListOptions", causes);
  checkSelection(given.selection, resource, behaviour);
  return { ...given, match: match as ListOptions["match"] };
}

/** @throws Refusal 400, 422 */
export function parseWatchOptions(resource: Resource, query: URLSearchParams, behaviour: Behaviour): WatchOptions {
  const given = parse(query);
  const plain = given.sendInitialEvents === undefined && given.match === "" && isZero(given.resourceVersion);
  const state = plain && behaviour.watchFromZero === "state";
  // What the API machinery makes of a plain watch from anywhere when it serves streaming lists.
  const asked = state && ["", "0"].includes(given.resourceVersion) && behaviour.watchList === "served"
    ? { ...given, sendInitialEvents: true, match: "NotOlderThan" }
    : given;
  checkOptions("ListOptions", watchCauses(asked, behaviour));
  checkSelection(given.selection, resource, behaviour);
  const marked = asked.sendInitialEvents === true;
  return { ...asked, marked, initial: marked || state, bookmarks: asked.allowWatchBookmarks };
}

/** A parameter that is on or off, as the API machinery reads it: whatever is not false is true. */
export function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  return text === null ? undefined : text !== "0" && text.toLowerCase() !== "false";
}

/** Whether a resourceVersion says no more than: something. */
export function isZero(resourceVersion: string): boolean {
  return /^0*$/.test(resourceVersion);
}

function parse(query: URLSearchParams): Given {
  const timeoutSeconds = integer(query, "timeoutSeconds");
  return {
    timeoutSeconds,
    limit: Math.max(0, integer(query, "limit")),
    selection: parseSelection(query),
    continue: query.get("continue") ?? "",
    resourceVersion: query.get("resourceVersion") ?? "",
    match: query.get("resourceVersionMatch") ?? "",
    sendInitialEvents: flag(query, "sendInitialEvents"),
    allowWatchBookmarks: flag(query, "allowWatchBookmarks") ?? false,
  };
}

function integer(query: URLSearchParams, name: string): number {
  const text = query.get(name);
  if (text === null) return 0;
  const failed = (why: string) => badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`);
  if (!/^[+-]?\d+$/.test(text)) throw failed("invalid syntax");
  if (BigInt.asIntN(64, BigInt(text.replace("+", ""))) !== BigInt(text.replace("+", ""))) throw failed("value out of range");
  return Number(text);
}

function listMatchCauses(match: string, given: Omit<Given, "match">): Cause[] {
  const field = "resourceVersionMatch";
  return [
    ...(given.resourceVersion === "" ? [forbiddenField(field, `${field} is forbidden unless resourceVersion is provided`)] : []),
    ...(given.continue === "" ? [] : [forbiddenField(field, `${field} is forbidden when continue is provided`)]),
    ...(match === "Exact" || match === "NotOlderThan" ? [] : [notSupported(field, match, ["Exact", "NotOlderThan", ""])]),
    ...(match === "Exact" && given.resourceVersion === "0"
      ? [forbiddenField(field, `${field} "exact" is forbidden for resourceVersion "0"`)]
      : []),
  ];
}

function watchCauses({ match, sendInitialEvents, continue: token }: Given, behaviour: Behaviour): Cause[] {
  const field = "resourceVersionMatch";
  const asked = sendInitialEvents !== undefined;
  const gate = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
  const lacking = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
  return [
    ...(asked && match !== "NotOlderThan" ? [forbiddenField(field, lacking)] : []),
    ...(asked && behaviour.watchList === "refused" ? [forbiddenField("sendInitialEvents", gate)] : []),
    ...(match !== "" && !asked ? [forbiddenField(field, `${field} is forbidden for watch unless sendInitialEvents is provided`)] : []),
    ...(match !== "" && match !== "NotOlderThan" ? [notSupported(field, match, ["NotOlderThan"])] : []),
    ...(match !== "" && token !== "" ? [forbiddenField(field, `${field} is forbidden when continue is provided`)] : []),
  ];
}

function checkSelection({ fields }: Selection, resource: Resource, behaviour: Behaviour): void {
  if (fields.length === 0) return;
  checkFields(fields, resource.fields.filter((field) => field !== CONNECTION || behaviour.connectionSelector));
}
