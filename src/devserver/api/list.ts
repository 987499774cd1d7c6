// One page of a list as response text. Pages are cut by count and by bytes first and filtered afterwards, so a page may
// be short or empty and still have a successor.

import { Buffer } from "node:buffer";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Form } from "./plain-form.ts";
import type { Resource } from "./resources.ts";
import { parseSelection } from "./selectors.ts";
import { badRequest, Refusal } from "../wire/status.ts";
import type { Entry, Store } from "../state/store.ts";

export interface ListRequest {
  resource: Resource;
  namespace: string | undefined;
  query: URLSearchParams;
  form: Form;
}

/** @throws Refusal 400 for a bad limit, token, version or selector */
export function listPage(store: Store, { resource, namespace, query, form }: ListRequest, behaviour: Behaviour): string {
  const selected = parseSelection(resource, query);
  const limit = parseLimit(query.get("limit")) || behaviour.pageSize || Number.POSITIVE_INFINITY;
  const pageBytes = behaviour.pageBytes || Number.POSITIVE_INFINITY;
  const token = parseToken(query.get("continue"));
  const only = exactVersion(query, store, behaviour.versionTooLarge);
  // Later pages are read as of the first one: what was written since is missing, as only one version is kept.
  const asOf = token?.version ?? store.version;

  const items: Entry[] = [];
  let bytes = 0;
  let cut = 0;
  let lastKey = "";
  let more = false;
  for (const entry of store.entries(resource.name, namespace, token?.key)) {
    if (cut >= limit || bytes >= pageBytes) {
      more = true;
      break;
    }
    lastKey = entry.key;
    if (entry.version > asOf) continue;
    cut++;
    bytes += Buffer.byteLength(entry.tail);
    if (selected(entry) && (only === undefined || only === entry.version)) items.push(entry);
  }

  const next = more ? { continue: formatToken({ version: asOf, key: lastKey }) } : {};
  return form.list({ resourceVersion: store.versionText(asOf), ...next }, items);
}

/** Reads a resourceVersion of a query; undefined if absent, empty or "0". @throws Refusal 400, 504 */
export function parseVersion(text: string | null, store: Store, tooLarge: Behaviour["versionTooLarge"]): number | undefined {
  if (text === null || text === "" || text === "0") return undefined;
  const version = store.versionOf(text);
  if (version === undefined) throw badRequest(`Invalid value: "${text}": invalid resource version`);
  if (version <= store.version) return version;
  const [code, reason] = tooLarge === "504" ? [504, "Timeout"] as const : [400, "BadRequest"] as const;
  throw new Refusal(code, reason, `Too large resource version: ${text}, current: ${store.versionText()}`, {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
  });
}

function exactVersion(query: URLSearchParams, store: Store, tooLarge: Behaviour["versionTooLarge"]): number | undefined {
  const match = query.get("resourceVersionMatch") ?? "";
  if (match !== "" && match !== "NotOlderThan" && match !== "Exact") {
    throw badRequest(`unsupported resourceVersionMatch: ${match}`);
  }
  const version = parseVersion(query.get("resourceVersion"), store, tooLarge);
  return match === "Exact" ? version : undefined;
}

function parseLimit(text: string | null): number {
  if (text === null || text === "") return 0;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`Invalid value: "${text}": limit must be a non-negative integer`);
  return Number(text);
}

interface Token {
  /** Version of the first page. */
  version: number;
  /** Last key that was read. */
  key: string;
}

function formatToken({ version, key }: Token): string {
  return Buffer.from(JSON.stringify({ v: version, k: key })).toString("base64url");
}

function parseToken(text: string | null): Token | undefined {
  if (text === null || text === "") return undefined;
  try {
    const { v, k } = JSON.parse(Buffer.from(text, "base64url").toString()) as { v: unknown; k: unknown };
    if (typeof v === "number" && typeof k === "string") return { version: v, key: k };
  } catch {
    // Not ours: refused below.
  }
  throw badRequest("invalid continue token");
}
