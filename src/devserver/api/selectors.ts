// Label and field selectors of a request together: query in, a predicate on entries out.

import { textAt } from "../resources.ts";
import type { Entry } from "../state/entry.ts";
import { type FieldTerm, parseFieldSelector } from "./field-selector.ts";
import { parseLabelSelector } from "./label-selector.ts";

export interface Selection {
  /** Undefined: everything is selected. */
  selects: ((entry: Entry) => boolean) | undefined;
  fields: readonly FieldTerm[];
  /** The one name that is selected. */
  name: string | undefined;
}

/** Both selectors of a request's query. @throws Refusal 400 */
export function parseSelection(query: URLSearchParams): Selection {
  const labels = parseLabelSelector(query.get("labelSelector") ?? "");
  const fields = parseFieldSelector(query.get("fieldSelector") ?? "");
  const name = fields.find(({ field, equal }) => equal && field === "metadata.name")?.value;
  const labelled = ({ labels: held }: Entry) => labels.every((test) => test(held));
  const selects = (entry: Entry) =>
    fields.every(({ field, equal, value }) => (fieldOf(entry, field) === value) === equal) && (labels.length === 0 || labelled(entry));
  return { selects: labels.length === 0 && fields.length === 0 ? undefined : selects, fields, name };
}

function fieldOf(entry: Entry, field: string): string {
  if (field === "metadata.name") return entry.name;
  if (field === "metadata.namespace") return entry.namespace;
  return textAt(entry.object, field) ?? "";
}
