// What checks say of what they saw: each either lets the check go on or refutes its claim in words for a person.

import { Refuted } from "./check.ts";
import type { Body, Reply } from "./wire.ts";

/** Refutes unless it holds; `seen` says what was seen instead. */
export function expect(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new Refuted(seen);
}

/** Refutes unless both are the same, as JSON shows them. */
export function same(seen: unknown, expected: unknown, what: string): void {
  const [is, should] = [seen, expected].map((value) => JSON.stringify(value));
  expect(is === should, `${what}: expected ${should}, got ${is ?? "nothing"}`);
}

/** The reply has this status; its body. */
export function ok(reply: Reply, status = 200): Body {
  expect(reply.status === status, `expected ${status}, got ${brief(reply)}`);
  return reply.json;
}

/** The reply is a Status that says so. `reasons`: any of them. */
export function refused(reply: Reply, status: number, ...reasons: readonly string[]): void {
  expect(reply.status === status, `expected ${status}, got ${brief(reply)}`);
  const { kind, reason = "", code } = reply.json;
  expect(kind === "Status" && code === status, `expected a Status with code ${status}, got ${brief(reply)}`);
  if (reasons.length > 0) expect(reasons.includes(reason), `expected reason ${reasons.join(" or ")}, got "${reason}"`);
}

/** The reply is a 422 whose causes name these fields, or parts of them, at least. */
export function invalid(reply: Reply, ...fields: readonly string[]): void {
  refused(reply, 422, "Invalid");
  const named = reply.json.details?.causes?.map(({ field = "" }) => field) ?? [];
  for (const field of fields) expect(named.some((name) => name.startsWith(field)), `expected a cause for ${field}, got ${named.length === 0 ? "none" : named.join(", ")}`);
}

/** Status and beginning of an answer. */
export function brief({ status, text }: Reply): string {
  return `${status}${text === "" ? "" : `: ${text.slice(0, 160)}`}`;
}

/** Names of the objects of a list. */
export function names({ items }: Body): string[] {
  return items.map(({ metadata }) => metadata.name);
}
