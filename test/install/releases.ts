// Made-up releases → a server on loopback that publishes them as a release page does, and what it was asked for.

import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Entry, tarGz, zip } from "../../scripts/release/archive.ts";
import { sha256 } from "../../scripts/release/checksums.ts";
import { archiveName, binaryName, checksumsName, type Target, TARGETS, targetName } from "../../scripts/release/targets.ts";

export const VERSION = "0.1.0";
export const ARCHIVE = "job-controller_0.1.0_linux_amd64.tar.gz";
export const CHECKSUMS = "job-controller_0.1.0_checksums.txt";
/** 2026-01-01, in seconds. */
const MADE = 1_767_225_600;

/** `cut` sends half of the bytes that it announces, `held` none and no end. */
export type Manner = "whole" | "cut" | "held";

export interface Odd {
  /** Text of the checksums file. */
  checksums?: string;
  /** What a shell does in the place of the program. */
  program?: string;
  /** Of the program in the archive. */
  name?: string;
}

export class Releases {
  /** Paths below the base, in the order in which they were asked for. */
  readonly asked: string[] = [];
  readonly #files = new Map<string, { data: Uint8Array; manner: Manner }>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    server.on("request", (request, response) => {
      const path = (request.url ?? "").replace(/^\/releases\/download\//, "");
      this.asked.push(path);
      const file = this.#files.get(path);
      if (file === undefined) {
        response.writeHead(404).end("<html>there is no such page");
        return;
      }
      const { data, manner } = file;
      response.writeHead(200, { "content-type": "application/octet-stream", "content-length": data.length });
      if (manner === "whole") response.end(data);
      else response.write(manner === "cut" ? data.subarray(0, data.length / 2) : "", () => manner === "cut" && response.destroy());
    });
  }

  /** With releases of these versions. */
  static async open(...versions: string[]): Promise<Releases> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const releases = new Releases(server);
    for (const version of versions) await releases.publish(version);
    return releases;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/releases/download`;
  }

  put(path: string, data: Uint8Array | string, manner: Manner = "whole"): void {
    this.#files.set(path, { data: typeof data === "string" ? Buffer.from(data) : data, manner });
  }

  /** Archives and checksums as scripts/release.ts would lay them out. @param program Bytes of the program of each target. */
  async publish(version = VERSION, program: (target: Target) => Uint8Array | string = greets(version)): Promise<void> {
    const lines: string[] = [];
    for (const target of TARGETS) {
      const data = await packed(target, [executable(binaryName(target), program(target)), executable("LICENSE", "made up\n")]);
      this.put(`v${version}/${archiveName(version, target)}`, data);
      lines.push(`${sha256(data)}  ${archiveName(version, target)}\n`);
    }
    this.put(`v${version}/${checksumsName(version)}`, lines.join(""));
  }

  /** The archive for linux_amd64 alone, with its checksums file or the one that is given. @returns Its hash. */
  async publishOdd(version: string, { checksums, program = ":", name = "job-controller" }: Odd = {}): Promise<string> {
    const target = targetOf("linux_amd64");
    const archive = archiveName(version, target);
    const data = await packed(target, [executable(name, `#!/bin/sh\n${program}\n`)]);
    this.put(`v${version}/${archive}`, data);
    this.put(`v${version}/${checksumsName(version)}`, checksums ?? `${sha256(data)}  ${archive}\n`);
    return sha256(data);
  }

  /** All files of a folder, as those of one version. */
  putFolder(version: string, folder: string): void {
    for (const name of readdirSync(folder)) this.put(`v${version}/${name}`, readFileSync(join(folder, name)));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function packed(target: Target, entries: Entry[]): Promise<Uint8Array> {
  return target.os === "windows" ? zip(entries, MADE) : tarGz(entries, MADE);
}

function executable(name: string, data: Uint8Array | string): Entry {
  return { name, executable: true, data: Buffer.from(data) };
}

/** A program that answers `version` with a line that names its target. */
function greets(version: string): (target: Target) => string {
  return (target) => `#!/bin/sh\necho "job-controller ${version} for ${targetName(target)}"\n`;
}

/** `linux_amd64` to its row. */
function targetOf(name: string): Target {
  const target = TARGETS.find((one) => targetName(one) === name);
  if (target === undefined) throw new Error(`Cannot find target "${name}": expected one of scripts/release/targets.ts`);
  return target;
}
