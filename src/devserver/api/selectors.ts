// Label and field selectors: text in, a predicate on entries out.

import type { Resource } from "./resources.ts";
import { badRequest } from "../wire/status.ts";
import type { Entry } from "../state/store.ts";

export type Selection = (entry: Entry) => boolean;

/** Both selectors of a request's query together. @throws Refusal 400 */
export function parseSelection(resource: Resource, query: URLSearchParams): Selection {
  const tests = [...parseLabels(query.get("labelSelector") ?? ""), ...parseFields(resource, query.get("fieldSelector") ?? "")];
  return (entry) => tests.every((test) => test(entry));
}

const KEY = String.raw`[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?`;
const ABSENT = new RegExp(`^!\\s*(${KEY})$`);
const PRESENT = new RegExp(`^(${KEY})$`);
const SET = new RegExp(`^(${KEY})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const COMPARE = new RegExp(`^(${KEY})\\s*(==|!=|=|<|>)\\s*([\\w.-]*)$`);

function parseLabels(text: string): Selection[] {
  return split(text).map(parseLabel);
}

function parseLabel(text: string): Selection {
  const absent = ABSENT.exec(text)?.[1];
  if (absent !== undefined) return ({ labels }) => !Object.hasOwn(labels, absent);
  const present = PRESENT.exec(text)?.[1];
  if (present !== undefined) return ({ labels }) => Object.hasOwn(labels, present);
  const set = SET.exec(text);
  if (set !== null) {
    const [, key = "", operator, list = ""] = set;
    const values = list.split(",").map((value) => value.trim());
    if (operator === "in") return ({ labels }) => values.includes(labels[key] ?? "\0");
    return ({ labels }) => !values.includes(labels[key] ?? "\0");
  }
  const compare = COMPARE.exec(text);
  if (compare === null) throw badRequest(`unable to parse requirement: ${text}`);
  const [, key = "", operator, value = ""] = compare;
  if (operator === "!=") return ({ labels }) => labels[key] !== value;
  if (operator === "=" || operator === "==") return ({ labels }) => labels[key] === value;
  if (!/^-?\d+$/.test(value)) throw badRequest(`unable to parse requirement: ${text}: '<' and '>' need an integer`);
  const bound = BigInt(value);
  return ({ labels }) => {
    const held = labels[key] ?? "";
    if (!/^-?\d+$/.test(held)) return false;
    return operator === "<" ? BigInt(held) < bound : BigInt(held) > bound;
  };
}

function parseFields(resource: Resource, text: string): Selection[] {
  return split(text).map((part) => {
    const [, field = "", operator, value] = /^([\w.]+)\s*(==|!=|=)\s*(.*)$/.exec(part) ?? [];
    if (operator === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    if (!resource.fields.includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (entry) => (fieldOf(entry, field) === value) === (operator !== "!=");
  });
}

function fieldOf(entry: Entry, field: string): string {
  if (field === "metadata.name") return entry.name;
  if (field === "metadata.namespace") return entry.namespace;
  let value: unknown = entry.object;
  for (const key of field.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === "string" ? value : "";
}

/** Splits at commas outside parentheses. */
function split(text: string): string[] {
  if (text.trim() === "") return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}
