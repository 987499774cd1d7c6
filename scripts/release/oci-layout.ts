// An OCI image layout → the same with annotations at its index and its manifests, which buildah writes in part or not at all.
// Knows the layout's documents; layers and configurations stay as they are.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./checksums.ts";

export interface Descriptor {
  mediaType: string;
  digest: string;
  /** Bytes. */
  size: number;
  annotations?: Record<string, string>;
  platform?: { os: string; architecture: string };
}

export interface Index {
  manifests: Descriptor[];
  annotations?: Record<string, string>;
}

export interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
  annotations?: Record<string, string>;
}

/** Where a layout keeps what a descriptor names. */
export function blobPath(layout: string, { digest }: Descriptor): string {
  return join(layout, "blobs", digest.replace(":", "/"));
}

/** A document of a layout, by its descriptor. */
export function readBlob<Document>(layout: string, descriptor: Descriptor): Document {
  return JSON.parse(readFileSync(blobPath(layout, descriptor), "utf8")) as Document;
}

/** Gives the one image of the layout these annotations, its index and each manifest, in place of those that are there. */
export function annotateLayout(layout: string, annotations: Record<string, string>): void {
  const top = JSON.parse(readFileSync(join(layout, "index.json"), "utf8")) as Index;
  const manifests = top.manifests.map((entry) =>
    rewrite<Index>(layout, entry, (index) => ({
      ...index,
      manifests: index.manifests.map((one) => rewrite<Manifest>(layout, one, (manifest) => ({ ...manifest, annotations }))),
      annotations,
    })),
  );
  writeFileSync(join(layout, "index.json"), JSON.stringify({ ...top, manifests }));
}

/** Puts another document in the place of one. @returns Its descriptor. */
function rewrite<Document>(layout: string, old: Descriptor, change: (document: Document) => Document): Descriptor {
  const text = JSON.stringify(change(readBlob<Document>(layout, old)));
  rmSync(blobPath(layout, old));
  const digest = `sha256:${sha256(text)}`;
  const made = { ...old, digest, size: Buffer.byteLength(text) };
  writeFileSync(blobPath(layout, made), text);
  return made;
}
