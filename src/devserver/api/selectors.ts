// Label and field selectors of a request together: query in, a predicate on entries out.

import type { Entry } from "../state/store.ts";
import { parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";
import type { Resource } from "./resources.ts";

export type Selection = (entry: Entry) => boolean;

/** Both selectors of a request's query; undefined if there are none, so that everything is meant. @throws Refusal 400 */
export function parseSelection(resource: Resource, query: URLSearchParams): Selection | undefined {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "", resource.fields);
  if (labels.length === 0 && fields.length === 0) return undefined;
  return (entry) =>
    labels.every((test) => test(entry.labels)) && fields.every(({ field, equal, value }) => (fieldOf(entry, field) === value) === equal);
}

function fieldOf(entry: Entry, field: string): string {
  if (field === "metadata.name") return entry.name;
  if (field === "metadata.namespace") return entry.namespace;
  let value: unknown = entry.object;
  for (const key of field.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
  return typeof value === "string" ? value : "";
}
