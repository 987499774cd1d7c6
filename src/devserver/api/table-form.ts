// Objects as tables, one row each, as `kubectl get` asks for them. Cells are read from the objects by the paths of their
// resource's columns.
// src: TableConvertor of k8s.io/apiextensions-apiserver (custom), and pkg/apimachinery/utils in grafana/grafana (built-in).

import type { Behaviour } from "../behaviour/eras.ts";
import { type Column, type Resource, textAt } from "../resources.ts";
import type { Entry } from "../state/entry.ts";
import type { Resourced } from "../state/object.ts";
import { metadataText } from "./metadata-form.ts";
import type { BookmarkMetadata, Form } from "./plain-form.ts";
import { NAME } from "./schema-metadata.ts";

/** What of its object a row carries. */
export type IncludeObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  resource: Resource;
  /** `meta.k8s.io/v1` or `meta.k8s.io/v1beta1`. */
  apiVersion: string;
  include: IncludeObject;
  kinds: Behaviour["kinds"];
  /** Gives the whole objects. */
  plain: Form;
}

export function tableForm({ resource, apiVersion, include, kinds, plain }: TableOptions): Form {
  const columns = JSON.stringify(columnDefinitions(resource.columns, kinds));
  // Go has no absent text, the reader of paths has.
  const absent = kinds === "custom" ? null : "";
  const table = (metadata: unknown, rows: readonly string[], defined = true) =>
    `{"kind":"Table","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)},` +
    `"columnDefinitions":${defined ? columns : null},"rows":[${rows.join(",")}]}`;
  const rowOf = (object: Resourced, shown: string) => {
    const cells = resource.columns.map(({ paths }) => read(object, paths) ?? absent);
    return `{"cells":${JSON.stringify([object.metadata?.name ?? "", ...cells])},"object":${shown}}`;
  };
  const row = (entry: Entry) => {
    const { object } = entry;
    if (include === "None") return rowOf(object, "null");
    return rowOf(object, include === "Object" ? plain.object(entry) : metadataText(apiVersion, object.metadata));
  };
  const single = (entry: Entry, defined: boolean) => {
    const { resourceVersion } = entry.object.metadata;
    return table({ resourceVersion }, [row(entry)], defined);
  };
  return {
    key: `Table ${apiVersion} ${include} ${plain.key}`,
    object: (entry) => single(entry, true),
    list: (metadata, entries) => table(metadata, entries.map(row)),
    event: single,
    bookmark({ resourceVersion, annotations }: BookmarkMetadata, first) {
      const metadata = { resourceVersion, ...(annotations && { annotations: { ...annotations } }) };
      const shown = include === "None" ? "null" : metadataText(apiVersion, metadata);
      return table({ resourceVersion }, [rowOf({ metadata }, shown)], first);
    },
  };
}

function columnDefinitions(columns: readonly Column[], kinds: Behaviour["kinds"]): Record<string, unknown>[] {
  const custom = kinds === "custom";
  const described = columns.map(({ name, paths: [path] }) => ({
    name,
    type: !custom && path === ".metadata.creationTimestamp" ? "date" : "string",
    format: "",
    description: custom ? `Custom resource definition column (in JSONPath format): ${path}` : "",
    priority: 0,
  }));
  return [{ name: "Name", type: "string", format: "name", description: custom ? NAME : "", priority: 0 }, ...described];
}

/** The text at the first of the paths that leads to one. */
function read(object: unknown, paths: readonly string[]): string | undefined {
  return paths.map((path) => textAt(object, path.slice(1))).find((text) => text !== undefined);
}
