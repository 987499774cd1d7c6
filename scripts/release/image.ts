// Two binaries → the container image: an OCI archive with an index, and for each architecture a docker-archive and the bare
// root. buildah puts them together, and runs nothing to do so. Equal binaries, labels and libc give equal digests.

import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Stamp } from "../inputs.ts";
import { unpackLibc } from "./libc.ts";
import { annotateLayout } from "./oci-layout.ts";
import { repository } from "./repository.ts";
import { writeRootfs } from "./rootfs.ts";
import { openModes, runTool, tarFolder } from "./tool.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RECIPE = join(ROOT, "scripts/release/Containerfile");
const NAME = "job-controller";
export const IMAGE_ARCHES = ["amd64", "arm64"] as const;
type Arch = (typeof IMAGE_ARCHES)[number];

/** An OCI archive with both architectures. */
export function imageName(version: string): string {
  return `${NAME}_${version}_image_oci.tar`;
}

/** What `docker load` and `podman load` take. */
export function dockerArchiveName(version: string, arch: Arch): string {
  return `${NAME}_${version}_image_linux_${arch}.tar`;
}

/** What `ADD` unpacks. */
export function rootfsName(version: string, arch: Arch): string {
  return `${NAME}_${version}_rootfs_linux_${arch}.tar`;
}

/**
 * What the image says of itself, as labels and as annotations (OCI image-spec, annotations.md). It has no base to name. Where
 * it is from is left out while package.json does not say it.
 */
export function imageLabels({ version, commit, date }: Stamp, address = repository()): Record<string, string> {
  const { description } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { description: string };
  const facts = {
    created: date,
    title: NAME,
    description,
    version,
    revision: commit,
    // The program and its packages, Bun and its engine, glibc, the list of public roots.
    licenses: "Apache-2.0 AND MIT AND LGPL-2.0-or-later AND LGPL-2.1-or-later AND MPL-2.0",
  };
  const origin = {
    source: address,
    url: address,
    documentation: `${address}/blob/v${version}/README.md`,
    vendor: address.split("/").at(-2) ?? "",
  };
  const all = Object.entries(address === "" ? facts : { ...facts, ...origin });
  return Object.fromEntries(all.map(([key, value]) => [`org.opencontainers.image.${key}`, value]));
}

export interface ImageParts {
  stamp: Stamp;
  /** Linked with glibc. */
  binaries: Record<Arch, string>;
  /** Where the files go; it is there. */
  folder: string;
}

/** Writes the five files. @returns Their names, and the version of Debian's libc that is inside. @throws Error of a tool that says no */
export function buildImage({ stamp, binaries, folder }: ImageParts): { files: string[]; libc: string } {
  const { version, date } = stamp;
  if (Number.isNaN(Date.parse(date))) throw new Error(`Cannot date the image "${date}": expected the time of a commit`);
  const work = mkdtempSync(join(folder, ".image-"));
  const buildah = ownStorage(work);
  const labels = imageLabels(stamp);
  const libcs = new Set<string>();
  const files = [imageName(version)];
  try {
    for (const arch of IMAGE_ARCHES) {
      const names = { root: rootfsName(version, arch), archive: dockerArchiveName(version, arch) };
      const libc = unpackLibc(arch, join(work, "libc", arch));
      writeRootfs({ binary: binaries[arch], libc: libc.files, date }, join(folder, names.root));
      const id = buildOne(buildah, arch, join(folder, names.root), join(work, "context", arch), labels, date);
      writeArchive(buildah, id, join(folder, names.archive), version);
      libcs.add(libc.version);
      files.push(names.archive, names.root);
    }
    const layout = join(work, "layout");
    buildah("write the image's index", "manifest", "push", "--quiet", "--all", NAME, `oci:${layout}:${version}`);
    annotateLayout(layout, labels);
    openModes(layout);
    tarFolder(layout, join(folder, imageName(version)), date);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return { files, libc: [...libcs].join(" and ") };
}

/** @param what Continues "Cannot". @returns What it prints */
type Buildah = (what: string, ...args: string[]) => string;

/** buildah with storage of its own: the user's images stay out, and nothing of this stays. */
function ownStorage(folder: string): Buildah {
  const own = ["--storage-driver=vfs", "--root", join(folder, "storage"), "--runroot", join(folder, "run")];
  return (what, ...args) => runTool("buildah", [...own, ...args], what);
}

/** Adds the image of one architecture to the index. @returns Its id */
function buildOne(buildah: Buildah, arch: Arch, root: string, context: string, labels: Record<string, string>, date: string): string {
  mkdirSync(context, { recursive: true });
  linkSync(root, join(context, "rootfs.tar"));
  const fixed = ["--isolation=chroot", "--format=oci", `--timestamp=${Date.parse(date) / 1000}`, "--identity-label=false"];
  const labelled = Object.entries(labels).map(([key, value]) => `--label=${key}=${value}`);
  const options = ["--quiet", ...fixed, ...labelled, `--file=${RECIPE}`, `--platform=linux/${arch}`, `--manifest=${NAME}`];
  return buildah(`build the image for ${arch}`, "bud", ...options, context).trim();
}

/** buildah adds nothing to an archive that is there. */
function writeArchive(buildah: Buildah, id: string, archive: string, version: string): void {
  rmSync(archive, { force: true });
  buildah(`write "${archive}"`, "push", "--quiet", id, `docker-archive:${archive}:${NAME}:${version}`);
}
