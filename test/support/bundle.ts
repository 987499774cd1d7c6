// An image's configuration and root → what runc runs: the image's user and entry point, a read-only root, no capability, no
// new privileges, the network of the machine. Mounted are /proc, and what a test puts in.

import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "./controller.ts";
import type { ImageConfig } from "./oci-image.ts";

export interface BundleOptions {
  /** After the entry point. */
  args?: readonly string[];
  /** In place of the entry point. */
  entrypoint?: readonly string[];
  /** `NAME=value`, after those of the image. */
  env?: readonly string[];
  /** Path in the container → path here, read-only. */
  binds?: Record<string, string>;
}

/** Containers of one test file. They are deleted on disposal, running or not. */
export class Runc implements Disposable {
  readonly #folder: string;
  readonly #ids: string[] = [];

  /** `folder` is empty, or the root directory of the image is in it as `rootfs`. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Writes a bundle for the root. @returns Its id, and the command that runs it. */
  bundle({ config }: ImageConfig, root: string, options: BundleOptions = {}): { id: string; program: Program } {
    const { args = [], entrypoint = config.Entrypoint ?? [], env = [], binds = {} } = options;
    const id = `job-controller-${process.pid}-${this.#ids.length}`;
    const [uid, gid] = (config.User ?? "").split(":").map(Number);
    const none: string[] = [];
    const spec = {
      ociVersion: "1.0.2",
      process: {
        user: { uid, gid },
        args: [...entrypoint, ...args],
        env: [...(config.Env ?? []), ...env],
        cwd: "/",
        capabilities: { bounding: none, effective: none, inheritable: none, permitted: none, ambient: none },
        noNewPrivileges: true,
      },
      root: { path: root, readonly: true },
      mounts: [
        { destination: "/proc", type: "proc", source: "proc" },
        { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "noexec", "mode=755", "size=64k"] },
        ...Object.entries(binds).map(([destination, source]) => ({
          destination,
          type: "bind",
          source,
          options: ["bind", "ro", "nosuid", "nodev"],
        })),
      ],
      linux: { namespaces: ["pid", "ipc", "uts", "mount"].map((type) => ({ type })) },
    };
    const bundle = execFileSync("mktemp", ["-d", join(this.#folder, "bundle-XXXXXX")], { encoding: "utf8" }).trim();
    writeFileSync(join(bundle, "config.json"), JSON.stringify(spec));
    this.#ids.push(id);
    return { id, program: [...this.#runc, "run", "--bundle", bundle, id] };
  }

  /** The command that runs another program in a container, as a probe does. */
  exec(id: string): Program {
    return [...this.#runc, "exec", id];
  }

  /** Process of a container, as this machine counts. */
  pid(id: string): number {
    const [command, ...before] = this.#runc;
    const { pid } = JSON.parse(execFileSync(command, [...before, "state", id], { encoding: "utf8" })) as { pid: number };
    return pid;
  }

  [Symbol.dispose](): void {
    const [command, ...before] = this.#runc;
    for (const id of this.#ids) execFileSync(command, [...before, "delete", "--force", id], { stdio: "ignore" });
  }

  get #runc(): Program {
    return ["runc", "--root", join(this.#folder, "runc")];
  }
}
