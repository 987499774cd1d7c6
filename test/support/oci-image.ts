// An archive or a layout of an OCI image → its documents and its root directory, as a container runtime reads them. Each
// blob is checked against its digest.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blobPath, type Descriptor, type Index, type Manifest } from "../../scripts/release/oci-layout.ts";

export interface ImageConfig {
  os: string;
  architecture: string;
  created: string;
  config: {
    User?: string;
    Env?: string[];
    Entrypoint?: string[];
    Cmd?: string[];
    Volumes?: Record<string, object>;
    Labels?: Record<string, string>;
  };
}

/** One architecture of an image. */
export interface Platform {
  manifest: Manifest;
  config: ImageConfig;
  /** Paths of the layers' blobs, the lowest first. */
  layers: string[];
}

export interface Layout {
  folder: string;
  /** Of the one image that the layout holds. */
  top: Descriptor;
}

/** Unpacks an archive of a layout, or takes the layout that is there. */
export function openLayout(folder: string, archive?: string): Layout {
  mkdirSync(folder, { recursive: true });
  if (archive !== undefined) execFileSync("tar", ["-xf", archive, "-C", folder]);
  const { manifests } = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as Index;
  const [top, ...others] = manifests;
  assert.ok(top !== undefined && others.length === 0, "the layout holds one image");
  return { folder, top };
}

/** Of an image with an index. */
export function readIndex({ folder, top }: Layout): Index {
  assert.equal(top.mediaType, "application/vnd.oci.image.index.v1+json");
  return document<Index>(folder, top);
}

/** The image for an architecture; one without an index is for its own. */
export function readPlatform(layout: Layout, architecture: string): Platform {
  const { folder, top } = layout;
  const one = top.mediaType.includes(".index.")
    ? readIndex(layout).manifests.find(({ platform }) => platform?.architecture === architecture)
    : top;
  assert.ok(one !== undefined, `the index names ${architecture}`);
  const manifest = document<Manifest>(folder, one);
  const config = document<ImageConfig>(folder, manifest.config);
  assert.deepEqual([config.os, config.architecture], ["linux", architecture]);
  return { manifest, config, layers: manifest.layers.map((layer) => checked(folder, layer)) };
}

/** Unpacks the layers, none of which takes away files of another. */
export function unpackRoot({ layers }: Platform, root: string): void {
  mkdirSync(root, { recursive: true });
  for (const layer of layers) execFileSync("tar", ["-xpf", layer, "-C", root, "--same-owner"]);
}

function document<Document>(folder: string, descriptor: Descriptor): Document {
  return JSON.parse(readFileSync(checked(folder, descriptor), "utf8")) as Document;
}

function checked(folder: string, descriptor: Descriptor): string {
  const path = blobPath(folder, descriptor);
  const bytes = readFileSync(path);
  assert.equal(bytes.length, descriptor.size);
  assert.equal(`sha256:${createHash("sha256").update(bytes).digest("hex")}`, descriptor.digest);
  return path;
}
