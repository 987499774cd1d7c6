// How the values of faults' arguments are read, beside the kinds that behaviours have.

import { parseDuration } from "../../../base/duration.ts";
import type { Kind } from "../rows.ts";
import { parsePath, type Path } from "./paths.ts";

export const TEXT: Kind<string> = {
  expected: "text",
  parse: (text) => (text === "" ? undefined : unquoted(text)),
  format: (text) => text,
};

export const NUMBER: Kind<number> = {
  expected: "a whole number from 1",
  short: "number",
  parse: (text) => (/^[1-9]\d{0,11}$/.test(text) ? Number(text) : undefined),
  format: String,
};

export const STATUS: Kind<number> = {
  expected: "an HTTP status from 200 to 599",
  short: "status",
  parse: (text) => (/^[2-5]\d\d$/.test(text) ? Number(text) : undefined),
  format: String,
};

/** How much is spared at first. */
export type After = { opportunities: number } | { ms: number };

export const AFTER: Kind<After> = {
  expected: "a number of opportunities such as 3, or a time such as 5s",
  short: "number|duration",
  parse(text) {
    if (/^\d{1,9}$/.test(text)) return { opportunities: Number(text) };
    const ms = parseDuration(text);
    return ms === undefined || ms < 0 ? undefined : { ms };
  },
  format: (after) => ("ms" in after ? `${after.ms}ms` : String(after.opportunities)),
};

/** A text that is contained, or an expression between slashes. */
export const PATTERN: Kind<RegExp> = {
  expected: "text, or a regular expression between slashes",
  short: "text|/expression/",
  parse(text) {
    const [, source] = /^\/(.+)\/$/s.exec(text) ?? [];
    if (text === "") return undefined;
    try {
      return new RegExp(source ?? escaped(unquoted(text)));
    } catch {
      return undefined;
    }
  },
  format: String,
};

/** A place in JSON and what it gets; `value` undefined = it is removed. */
interface Assignment {
  path: Path;
  value: unknown;
}

export const ASSIGNMENT: Kind<Assignment> = {
  expected: "<dotted.path>=<JSON or text>, or <dotted.path>= to remove it",
  short: "path=JSON",
  parse(text) {
    const { path, rest } = parsePath(text);
    if (path.length === 0 || !rest.startsWith("=")) return undefined;
    return { path, value: jsonOrText(rest.slice(1)) };
  },
  format: ({ path, value }) => `${path.join(".")}=${value === undefined ? "" : JSON.stringify(value)}`,
};

/** A header and its value; undefined = it is removed. */
interface HeaderAssignment {
  name: string;
  value: string | undefined;
}

export const HEADER_ASSIGNMENT: Kind<HeaderAssignment> = {
  expected: "<name>=<value>, or <name>= to remove it",
  short: "name=value",
  parse(text) {
    const [, name, value = ""] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
    return name === undefined ? undefined : { name: name.toLowerCase(), value: value === "" ? undefined : unquoted(value) };
  },
  format: ({ name, value = "" }) => `${name}=${value}`,
};

/** A part of a request. */
export type RequestPart = { kind: "query" | "header"; name: string } | { kind: "body"; path: Path };

export const REQUEST_PART: Kind<RequestPart> = {
  expected: "query.<name>, header.<name> or body.<dotted.path>",
  short: "query.name|header.name|body.path",
  parse(text) {
    const { part, rest } = requestPart(text);
    return rest === "" ? part : undefined;
  },
  format: (part) => ("path" in part ? `body.${part.path.join(".")}` : `${part.kind}.${part.name}`),
};

interface RequestAssignment {
  part: RequestPart;
  value: string;
}

export const REQUEST_ASSIGNMENT: Kind<RequestAssignment> = {
  expected: "query.<name>=<value>, header.<name>=<value> or body.<dotted.path>=<JSON or text>",
  short: "query.name=value|header.name=value|body.path=JSON",
  parse(text) {
    const { part, rest } = requestPart(text);
    return part === undefined || !rest.startsWith("=") ? undefined : { part, value: rest.slice(1) };
  },
  format: ({ part, value }) => `${REQUEST_PART.format(part)}=${value}`,
};

function requestPart(text: string): { part: RequestPart | undefined; rest: string } {
  const [, kind, name = ""] = /^(query|header)\.([\w$-]+)/.exec(text) ?? [];
  if (kind === "query") return { part: { kind, name }, rest: text.slice(kind.length + 1 + name.length) };
  if (kind === "header") return { part: { kind, name: name.toLowerCase() }, rest: text.slice(kind.length + 1 + name.length) };
  if (!text.startsWith("body.")) return { part: undefined, rest: text };
  const { path, rest } = parsePath(text.slice("body.".length));
  return { part: path.length === 0 ? undefined : { kind: "body", path }, rest };
}

/** One thing in place of another. */
export interface Exchange<Value> {
  from: Value;
  to: Value;
}

/** `<from>-><to>`. */
export function arrow<Value>(kind: Kind<Value>): Kind<Exchange<Value>> {
  return {
    expected: `<from>-><to>, each ${kind.expected}`,
    short: `${kind.short ?? kind.expected}->${kind.short ?? kind.expected}`,
    parse(text) {
      const [, left, right = ""] = /^(.+?)->(.*)$/s.exec(text) ?? [];
      const from = left === undefined ? undefined : kind.parse(left);
      const to = kind.parse(right);
      return from === undefined || to === undefined ? undefined : { from, to };
    },
    format: ({ from, to }) => `${kind.format(from)}->${kind.format(to)}`,
  };
}

/** JSON if it is some, else the text itself; undefined for no text. */
export function jsonOrText(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A text in double quotes without them. */
function unquoted(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  const value = jsonOrText(text);
  return typeof value === "string" ? value : text;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
