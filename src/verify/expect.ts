// What checks say of what they saw: each either lets the check go on or refutes its claim in words for a person.

import { Refuted } from "./check.ts";
import type { Body } from "./body.ts";
import type { Reply } from "./wire.ts";

const SHOWN_MAX = 200;

/** Refutes unless it holds; `seen` says what was seen instead. */
export function expect(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Refuted(seen);
}

/** Refutes unless both are the same, as JSON shows them. */
export function same(seen: unknown, expected: unknown, what: string): void {
  const [is, should] = [seen, expected].map((value) => JSON.stringify(value) ?? "nothing") as [string, string];
  expect(is === should, `${what}: expected ${shortened(should)}, got ${shortened(is)}`);
}

/** The same of each part, by its name; one that is other is named alone. */
export function sameParts(seen: Readonly<Record<string, unknown>>, expected: Readonly<Record<string, unknown>>, what: string): void {
  for (const [name, value] of Object.entries(expected)) same(seen[name], value, `${what}, ${name}`);
}

/** The reply has this status; its body. */
export function ok(reply: Reply, status = 200): Body {
  expect(reply.status === status, `${reply.method}: expected ${status}, got ${brief(reply)}`);
  return reply.json;
}

/** The reply is a Status that says so. `reasons`: any of them. */
export function refused(reply: Reply, status: number, ...reasons: readonly string[]): void {
  const { method } = reply;
  expect(reply.status === status, `${method}: expected ${[status, reasons.join(" or ")].join(" ").trim()}, got ${brief(reply)}`);
  const { kind, reason = "", code } = reply.json;
  expect(kind === "Status" && code === status, `${method}: expected a Status with code ${status}, got ${brief(reply)}`);
  if (reasons.length > 0) expect(reasons.includes(reason), `${method}: expected reason ${reasons.join(" or ")}, got "${reason}"`);
}

/** The reply is a 422 whose causes name these fields, or parts of them, at least. */
export function invalid(reply: Reply, ...fields: readonly string[]): void {
  refused(reply, 422, "Invalid");
  const named = reply.json.details?.causes?.map(({ field = "" }) => field) ?? [];
  for (const field of fields) expect(named.some((name) => name.startsWith(field)), `expected a cause for ${field}, got ${named.length === 0 ? "none" : named.join(", ")}`);
}

/** An answer in short: its status, and what it says or holds. */
export function brief({ status, text }: Pick<Reply, "status" | "text">): string {
  let body: Partial<Body> | null = null;
  try {
    body = JSON.parse(text) as Partial<Body> | null;
  } catch {
    // A page of a proxy, or nothing.
  }
  const { kind, reason = "", message, metadata } = body ?? {};
  if (kind === "Status") return `${[status, reason].join(" ").trim()}${message === undefined ? "" : `: ${message}`}`;
  if (kind !== undefined) return `${status} with ${[kind, metadata?.name ?? ""].join(" ").trim()}`;
  return `${status}${text === "" ? "" : `: ${shortened(text)}`}`;
}

/** Names of the objects of a list. */
export function names({ items }: Body): string[] {
  return items.map(({ metadata }) => metadata.name);
}

/** As much of a text as a person reads. */
function shortened(text: string): string {
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}
