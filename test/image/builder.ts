// A Dockerfile → an image, by buildah with storage of its own and without a registry: what a recipe is based on is put in first.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { unpackDebian } from "../../scripts/debian-packages.ts";
import { dockerArchiveName } from "../../scripts/release/image.ts";
import { HOST } from "../../scripts/roots/machines.ts";
import { openLayout, type Platform, readPlatform } from "../support/oci-image.ts";
import { released, version } from "./made.ts";

export class Builder {
  readonly #folder: string;

  /** `folder` is of the test. */
  constructor(folder: string) {
    this.#folder = mkdtempSync(join(folder, "builder-"));
  }

  /** Loads the image of the release. */
  load(): void {
    this.#buildah("pull", "--quiet", `docker-archive:${released(dockerArchiveName(version, HOST))}`);
  }

  /** Makes an image by this name that holds Debian's static busybox and nothing else. */
  makeBusybox(name: string): void {
    const context = mkdtempSync(join(this.#folder, "busybox-"));
    unpackDebian(HOST, ["busybox-static"], context);
    this.#bud("FROM scratch\nCOPY bin/busybox /bin/\n", context, `--tag=${name}`);
  }

  /** A recipe beside which are files of the release and others, name → text. */
  build(recipe: string, names: readonly string[], others: Record<string, string> = {}): Platform {
    const context = mkdtempSync(join(this.#folder, "context-"));
    for (const name of names) copyFileSync(released(name), join(context, name));
    for (const [name, text] of Object.entries(others)) writeFileSync(join(context, name), text);
    const id = this.#bud(recipe, context);
    const layout = join(this.#folder, id);
    this.#buildah("push", "--quiet", id, `oci:${layout}:latest`);
    return readPlatform(openLayout(layout), HOST);
  }

  #bud(recipe: string, context: string, ...options: string[]): string {
    const file = join(this.#folder, "Dockerfile");
    writeFileSync(file, recipe);
    return this.#buildah("bud", "--quiet", "--isolation=chroot", "--pull-never", `--file=${file}`, ...options, context).trim();
  }

  #buildah(...args: string[]): string {
    const own = ["--storage-driver=vfs", "--root", join(this.#folder, "storage"), "--runroot", join(this.#folder, "run")];
    return execFileSync("buildah", [...own, ...args], { encoding: "utf8" });
  }
}
