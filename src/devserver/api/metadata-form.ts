// Objects as their metadata alone, for clients that only count or delete.

import type { Metadata } from "../state/object.ts";
import type { Form } from "./plain-form.ts";

/** `apiVersion` is `meta.k8s.io/v1` or `meta.k8s.io/v1beta1`. */
export function metadataForm(apiVersion: string, plain: Form): Form {
  return {
    key: `PartialObjectMetadata ${apiVersion} ${plain.key}`,
    object: (entry) => metadataText(apiVersion, entry.object.metadata),
    event: (entry) => metadataText(apiVersion, entry.object.metadata),
    bookmark: ({ resourceVersion, annotations }) =>
      metadataText(apiVersion, { resourceVersion, ...(annotations && { annotations: { ...annotations } }) }),
    list(metadata, entries) {
      const items = entries.map((entry) => metadataText(apiVersion, entry.object.metadata));
      const head = `{"kind":"PartialObjectMetadataList","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)}`;
      return `${head},"items":[${items.join(",")}]}`;
    },
  };
}

export function metadataText(apiVersion: string, metadata: Metadata): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"${apiVersion}","metadata":${JSON.stringify(metadata)}}`;
}
