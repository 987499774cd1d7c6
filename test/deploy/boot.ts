// systemd itself, as process 1 of namespaces of its own, with the units of a folder alone: they run in its sandbox as on a machine.
// In: files for /etc. Out: a shell in there, and what the services wrote. /etc, /run and /usr/local/bin are copies, so that nothing of
// the machine is changed but a cgroup, which goes at the end.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { eventually } from "../support/apiserver.ts";
import { start } from "../support/binary.ts";
import { ended } from "../support/children.ts";

const SYSTEMD = "/lib/systemd/systemd";
const NAMESPACES = ["--mount", "--pid", "--fork", "--cgroup", "--uts", "--ipc", "--kill-child"];

/** Arguments: the folder that goes into /etc, the folder that becomes /run/out. */
const BOOT = `
set -eu
mount --make-rprivate /
mount -t proc proc /proc
umount -R /sys/fs/cgroup
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs none /run
mkdir /run/out /run/upper /run/work
mount --bind "$2" /run/out
mount -t overlay -o lowerdir=/etc,upperdir=/run/upper,workdir=/run/work none /etc
rm -rf /etc/systemd/system
cp -r "$1/." /etc
mount -t tmpfs none /usr/local/bin
mount --make-rshared /
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_UNIT_PATH=/etc/systemd/system \\
  ${SYSTEMD} --system --unit=none.target --log-target=console --show-status=no
`;

export interface Answer {
  code: number | null;
  output: string;
}

/** Why this machine cannot do it, false if it can. */
export function obstacle(): string | false {
  if (process.platform !== "linux") return "systemd exists only on Linux";
  if (process.getuid?.() !== 0) return "chroot rights: not root";
  const tried = spawnSync("unshare", [...NAMESPACES, "sh", "-euc", `test -x ${SYSTEMD}; mount -t cgroup2 none /mnt`], { encoding: "utf8" });
  return tried.status === 0 ? false : `chroot rights, with ${SYSTEMD}: ${(tried.stderr ?? tried.error?.message ?? "").trim()}`;
}

export class Boot implements AsyncDisposable {
  readonly #directory: string;
  readonly #cgroup: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(directory: string, cgroup: string, child: ChildProcess) {
    this.#directory = directory;
    this.#cgroup = cgroup;
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once("close", resolve));
  }

  /** `etc` by path within /etc, each readable to root alone. */
  static async start(etc: Record<string, string>): Promise<Boot> {
    const directory = await mkdtemp(join(tmpdir(), "job-controller-boot-"));
    for (const [name, text] of Object.entries({ ...etc, "systemd/system/none.target": "[Unit]\nDefaultDependencies=no\n" })) {
      const path = join(directory, "etc", name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text, { mode: 0o600 });
    }
    await chmod(join(directory, "etc"), 0o755);
    await mkdir(join(directory, "out"));
    const cgroup = join(cgroupMount(), `job-controller-boot-${process.pid}`);
    await mkdir(cgroup);
    const script = `echo $$ > "$0/cgroup.procs"; exec unshare ${NAMESPACES.join(" ")} sh -c "$3" sh "$1" "$2"`;
    const args = ["-euc", script, cgroup, join(directory, "etc"), join(directory, "out"), BOOT];
    const child = spawn("sh", args, { stdio: ["ignore", "pipe", "pipe"] });
    const boot = new Boot(directory, cgroup, child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
    try {
      await eventually("systemd answers", async () => (await boot.systemctl("is-system-running")).code === 0 || child.exitCode !== null);
      if (child.exitCode !== null) throw new Error(`systemd ended with ${child.exitCode}: ${said}`);
      return boot;
    } catch (error) {
      await boot[Symbol.asyncDispose]();
      throw error;
    }
  }

  systemctl(...args: string[]): Promise<Answer> {
    return this.#inside("systemctl", "--no-pager", ...args);
  }

  /** One property of a unit. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.systemctl("show", "--value", `--property=${name}`, unit)).output.trim();
  }

  /** Runs a script in a folder, with systemctl and what the machine has. */
  shell(script: string, cwd = "/"): Promise<Answer> {
    return this.#inside("sh", "-euc", `cd "$0"\n${script}`, cwd);
  }

  /** What was written to /run/out/<name>. */
  output(name: string): Promise<string> {
    return readFile(join(this.#directory, "out", name), "utf8").catch(() => "");
  }

  /** Process 1 as this machine counts; 0 = not there yet. */
  get #first(): number {
    const { pid } = this.#child;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
  }

  async #inside(...command: string[]): Promise<Answer> {
    const enter = [`--target=${this.#first}`, "--mount", "--pid", "--cgroup"];
    const { code, stdout, stderr } = await ended(start("nsenter", [...enter, ...command]));
    return { code, output: `${stdout}${stderr}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
    await eventually("the cgroup is empty", async () => (removeTree(this.#cgroup), true));
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Where this process is in the hierarchy of version 2, as a folder. */
function cgroupMount(): string {
  const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readFileSync("/proc/self/mountinfo", "utf8"))?.[1] ?? "/sys/fs/cgroup";
  return join(mount, /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/");
}

function removeTree(cgroup: string): void {
  for (const entry of readdirSync(cgroup, { withFileTypes: true })) if (entry.isDirectory()) removeTree(join(cgroup, entry.name));
  rmdirSync(cgroup);
}
