// The one table of what `npm test` runs, where its files are, and what of the machine it takes.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { actionlintBinary } from "./actionlint.ts";
import { kubectlBinary, serverBinaries, serverBinariesPossible } from "./apiserver-binaries.ts";
import { clientBinaries } from "./client-binaries.ts";
import { isFree } from "./ports.ts";
import { makeRelease } from "./release/make.ts";
import { makeRoots, rootsImpossible } from "./roots/roots.ts";
import { prepareRoots } from "./roots.ts";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const BUN = join(ROOT, "node_modules/bun/bin/bun.exe");
export const DENO = join(ROOT, "node_modules/deno/deno");

/** Something of the machine, by the name under which it is reported. */
export interface Need {
  name: string;
  /** Why it cannot be had, undefined if it can. */
  missing: () => string | undefined | Promise<string | undefined>;
}

export interface Suite {
  name: string;
  /** `check` runs a type checker once and counts as one test. */
  kind: "test" | "check";
  host: "bun" | "deno";
  /** Folders under test/ whose `*.test.ts` files it runs. */
  folders: string[];
  /** Without one of these the suite is skipped. */
  needs: Need[];
  /** Without one of these some of its tests skip themselves. */
  wants?: Need[];
  /** Drives dist/job-controller. */
  binary?: boolean;
  /** Brings what takes minutes the first time, so that no test waits for it. */
  prepare?: (say: (line: string) => void) => Promise<unknown>;
  /** Limit of one test under Bun (Deno has none), ms. */
  testMs: number;
  /** Limit of the whole suite, ms. */
  suiteMs: number;
}

const MINUTE = 60_000;

function command(name: string, hint: string): Need {
  return {
    name,
    missing: () =>
      spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status === 0 ? undefined : `no ${name} in PATH: ${hint}`,
  };
}

const deno: Need = {
  name: "deno",
  missing: () =>
    spawnSync(DENO, ["--version"], { stdio: "ignore" }).status === 0 ? undefined : "the dev dependency deno does not run here",
};
const git: Need = {
  name: "git history",
  missing: () => {
    const shallow = spawnSync("git", ["rev-parse", "--is-shallow-repository"], { cwd: ROOT, encoding: "utf8" });
    if (shallow.status !== 0) return "this is no git checkout";
    return shallow.stdout.trim() === "true" ? "the clone is shallow: git fetch --unshallow" : undefined;
  },
};
const sh = command("sh", "any POSIX shell");
const bash = command("bash", "apt install bash");
const unzip = command("unzip", "apt install unzip");
const npm = command("npm", "it brings the runtimes of the targets");
const openssl = command("openssl", "apt install openssl");
const curl = command("curl", "apt install curl");
const jq = command("jq", "apt install jq");
/** Shells, downloaders and linters that install.sh and the workflows are tried with. */
const installers = ["dash", "bash", "busybox", "curl", "wget", "unzip", "openssl", "shellcheck"].map((name) =>
  command(name, `apt install ${name === "busybox" ? "busybox-static" : name}`),
);
/** What builds images, carries and runs them. */
const containers = ["buildah", "runc", "skopeo"].map((name) => command(name, `apt install ${name}`));
const podman = command("podman", "apt install podman");
const shells = [command("zsh", "apt install zsh"), command("fish", "apt install fish"), command("script", "apt install bsdutils")];
const man = [command("man", "apt install man-db"), command("groff", "apt install groff-base"), command("mandoc", "apt install mandoc")];
const go = command("go", "Go 1.26 or newer");
const ps = command("ps", "apt install procps");
const systemd = command("systemd-analyze", "apt install systemd");
const linux: Need = {
  name: "Linux",
  missing: () => (process.platform === "linux" ? undefined : "workers read /proc"),
};
const chroot: Need = {
  name: "chroot rights",
  missing: () => {
    if (process.platform !== "linux") return "only on Linux";
    if (process.getuid?.() !== 0) return "not root";
    const tried = spawnSync("unshare", ["-m", "sh", "-c", "mount -t tmpfs none /mnt && chroot / true"], { encoding: "utf8" });
    return tried.status === 0 ? undefined : `unshare or mount refused: ${(tried.stderr ?? tried.error?.message ?? "").trim()}`;
  },
};
const debian: Need = { name: "packages of Debian", missing: rootsImpossible };
const apiserver: Need = {
  name: "kube-apiserver and etcd",
  missing: async () =>
    (await serverBinariesPossible())
      ? undefined
      : "neither KUBEBUILDER_ASSETS nor Go: set the one to their folder or install the other",
};
/** The original's README names two of these ports, and the documents run as printed. */
const ports: Need = {
  name: "ports 6446, 6447 and 6481",
  missing: async () => {
    const taken: number[] = [];
    for (const port of [6446, 6447, 6481]) if (!(await isFree(port))) taken.push(port);
    return taken.length === 0 ? undefined : `taken: ${taken.join(" and ")}`;
  },
};

/** Folders of test/ that mirror a room of src, and those of scripts/ and of the harness of test/bench: pure or scripted, no port, manual clock. */
const UNIT = ["auth", "base", "bench", "cli", "drive", "history", "jobs", "kube", "observe", "scripts", "trail", "work"];

/** The quick ones first. */
export const SUITES: readonly Suite[] = [
  { name: "bun check", kind: "check", host: "bun", folders: [], needs: [], testMs: 0, suiteMs: 5 * MINUTE },
  { name: "deno check", kind: "check", host: "deno", folders: [], needs: [deno], testMs: 0, suiteMs: 5 * MINUTE },
  { name: "rules", kind: "test", host: "bun", folders: ["rules"], needs: [git], testMs: 30_000, suiteMs: 5 * MINUTE },
  { name: "unit", kind: "test", host: "bun", folders: UNIT, needs: [], testMs: 20_000, suiteMs: 5 * MINUTE },
  { name: "unit deno", kind: "test", host: "deno", folders: UNIT, needs: [deno], testMs: 0, suiteMs: 5 * MINUTE },
  { name: "property", kind: "test", host: "bun", folders: ["property"], needs: [], testMs: 2 * MINUTE, suiteMs: 5 * MINUTE },
  { name: "model", kind: "test", host: "bun", folders: ["model"], needs: [], testMs: MINUTE, suiteMs: 5 * MINUTE },
  {
    name: "flows",
    kind: "test",
    host: "bun",
    folders: ["flows"],
    needs: [sh, curl, jq, ports],
    testMs: MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "flows deno",
    kind: "test",
    host: "deno",
    folders: ["flows"],
    needs: [deno, sh, curl, jq, ports],
    testMs: 0,
    suiteMs: 10 * MINUTE,
  },
  { name: "runtime", kind: "test", host: "bun", folders: ["runtime"], needs: [sh, openssl], testMs: MINUTE, suiteMs: 10 * MINUTE },
  {
    name: "runtime deno",
    kind: "test",
    host: "deno",
    folders: ["runtime"],
    needs: [deno, sh, openssl],
    testMs: 0,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "devserver",
    kind: "test",
    host: "bun",
    folders: ["devserver"],
    needs: [sh, curl, jq, openssl, ports],
    testMs: MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "devserver deno",
    kind: "test",
    host: "deno",
    folders: ["devserver"],
    needs: [deno, sh, curl, jq, openssl, ports],
    testMs: 0,
    suiteMs: 10 * MINUTE,
  },
  { name: "verify", kind: "test", host: "bun", folders: ["verify"], needs: [], testMs: MINUTE, suiteMs: 10 * MINUTE },
  { name: "verify deno", kind: "test", host: "deno", folders: ["verify"], needs: [deno], testMs: 0, suiteMs: 10 * MINUTE },
  {
    name: "contract",
    kind: "test",
    host: "bun",
    folders: ["contract"],
    needs: [apiserver],
    prepare: serverBinaries,
    testMs: 2 * MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "contract deno",
    kind: "test",
    host: "deno",
    folders: ["contract/dev"],
    needs: [deno],
    testMs: 0,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "binary",
    kind: "test",
    host: "bun",
    folders: ["binary"],
    needs: [sh, bash, openssl],
    wants: [chroot],
    binary: true,
    testMs: 2 * MINUTE,
    suiteMs: 15 * MINUTE,
  },
  {
    name: "torture",
    kind: "test",
    host: "bun",
    folders: ["torture"],
    needs: [sh, linux],
    binary: true,
    testMs: 4 * MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "real",
    kind: "test",
    host: "bun",
    folders: ["apiserver"],
    needs: [apiserver],
    binary: true,
    prepare: serverBinaries,
    testMs: 5 * MINUTE,
    suiteMs: 20 * MINUTE,
  },
  {
    name: "clients",
    kind: "test",
    host: "bun",
    folders: ["clients"],
    needs: [apiserver, go, deno, sh, curl],
    prepare: clientBinaries,
    testMs: 5 * MINUTE,
    suiteMs: 15 * MINUTE,
  },
  {
    name: "deploy",
    kind: "test",
    host: "bun",
    folders: ["deploy"],
    needs: [apiserver, go, systemd, sh, ps],
    wants: [chroot],
    binary: true,
    prepare: (say) => serverBinaries(say).then(() => kubectlBinary(say)),
    testMs: 2 * MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "release",
    kind: "test",
    host: "bun",
    folders: ["release"],
    needs: [git, npm, unzip],
    prepare: (say) => makeRelease(undefined, say),
    testMs: 3 * MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "shells",
    kind: "test",
    host: "bun",
    folders: ["shells"],
    needs: [bash, ...shells, ...man],
    testMs: 20_000,
    suiteMs: 2 * MINUTE,
  },
  {
    name: "install",
    kind: "test",
    host: "bun",
    folders: ["install"],
    needs: [...installers, go],
    wants: [chroot, debian],
    binary: true,
    prepare: async (say) => {
      await actionlintBinary(say);
      await makeRelease(undefined, say);
      if (rootsImpossible() === undefined) makeRoots(say);
    },
    testMs: 2 * MINUTE,
    suiteMs: 5 * MINUTE,
  },
  {
    name: "roots",
    kind: "test",
    host: "bun",
    folders: ["roots"],
    needs: [chroot, debian, sh, openssl],
    prepare: async (say) => prepareRoots(say),
    testMs: 2 * MINUTE,
    suiteMs: 10 * MINUTE,
  },
  {
    name: "image",
    kind: "test",
    host: "bun",
    folders: ["image"],
    needs: [...containers, chroot, debian, git, npm, sh],
    wants: [podman],
    prepare: (say) => makeRelease(undefined, say).then(() => makeRoots(say)),
    testMs: 2 * MINUTE,
    suiteMs: 5 * MINUTE,
  },
  {
    name: "docs",
    kind: "test",
    host: "bun",
    folders: ["docs"],
    needs: [sh, bash, curl, jq, ps, ports],
    binary: true,
    testMs: 3 * MINUTE,
    suiteMs: 15 * MINUTE,
  },
];

/** Suites that run side by side: many of them mostly wait. */
export const LANES = 3;

/** The first that can begin beside those that run: of two that take the fixed ports the second waits. */
export function nextSuite(waiting: readonly Suite[], running: readonly Suite[]): Suite | undefined {
  const fixed = (suite: Suite) => suite.needs.includes(ports);
  return waiting.find((suite) => !fixed(suite) || !running.some(fixed));
}

/** Folders of test/ that hold no suite. */
const NO_SUITE = ["fixtures", "support"];

/** The suite's test files, relative to the project, sorted. */
export function testFiles(suite: Suite, root = ROOT): string[] {
  return suite.folders.flatMap((folder) => filesUnder(root, `test/${folder}`));
}

/** What the table and the folders of test/ say differently; each a sentence. */
export function tableErrors(suites: readonly Suite[] = SUITES, root = ROOT): string[] {
  const named = new Set(suites.flatMap((suite) => suite.folders));
  const empty = [...named]
    .filter((folder) => filesUnder(root, `test/${folder}`).length === 0)
    .map((folder) => `test/${folder} holds no test, but scripts/suites.ts names it`);
  const present = existsSync(join(root, "test")) ? readdirSync(join(root, "test"), { withFileTypes: true }) : [];
  const unplaced = present
    .filter((entry) =>
      entry.isDirectory() ? !named.has(entry.name) && !NO_SUITE.includes(entry.name) : entry.name.endsWith(".test.ts"),
    )
    .map((entry) => `test/${entry.name} is run by no suite of scripts/suites.ts`);
  const misplaced = NO_SUITE.flatMap((folder) => filesUnder(root, `test/${folder}`)).map(
    (file) => `${file} is run by no suite of scripts/suites.ts`,
  );
  return [...empty, ...unplaced, ...misplaced];
}

function filesUnder(root: string, folder: string): string[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => `${folder}/${name}`)
    .sort();
}
