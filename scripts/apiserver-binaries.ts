// In: nothing but the environment. Out: paths of kube-apiserver, etcd and kubectl, from KUBEBUILDER_ASSETS or built once
// with Go into the user's cache. Knows nothing of how they are started.

import { spawn } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

export const KUBERNETES_VERSION = "v1.37.2";
/** The staging modules carry the minor and patch of the release behind a zero. */
const STAGING_VERSION = KUBERNETES_VERSION.replace("v1.", "v0.");
export const ETCD_VERSION = "v3.7.3";
const GO_VERSION = "1.26.0";

export interface ServerBinaries {
  kubeApiserver: string;
  etcd: string;
}

/**
 * The two binaries, built first where that is needed (minutes when cold); progress goes to `say`, a line at a time.
 * @throws Error that names the next step if they are not there and Go is missing.
 */
export async function serverBinaries(say: (line: string) => void): Promise<ServerBinaries> {
  const assets = assetsDirectory();
  if (assets !== undefined) {
    const found = inDirectory(assets);
    for (const path of Object.values(found)) {
      if (!(await exists(path))) throw new Error(`Cannot use KUBEBUILDER_ASSETS "${assets}": expected an executable ${path}`);
    }
    return found;
  }
  const wanted = inDirectory(binariesDirectory());
  await buildMissing([[ETCD, wanted.etcd], [KUBE_APISERVER, wanted.kubeApiserver]], say);
  return wanted;
}

/** kubectl of the same release: that of KUBEBUILDER_ASSETS if there is one, else built once. @throws Error as serverBinaries() */
export async function kubectlBinary(say: (line: string) => void): Promise<string> {
  const given = join(assetsDirectory() ?? binariesDirectory(), "kubectl");
  if (await exists(given)) return given;
  const built = join(binariesDirectory(), "kubectl");
  await buildMissing([[KUBECTL, built]], say);
  return built;
}

/** Whether serverBinaries() can succeed here: they are there already, or Go can build them. */
export async function serverBinariesPossible(): Promise<boolean> {
  const { kubeApiserver, etcd } = inDirectory(assetsDirectory() ?? binariesDirectory());
  return ((await exists(kubeApiserver)) && (await exists(etcd))) || goPossible();
}

/** Whether there is a Go to build with. */
export function goPossible(): Promise<boolean> {
  return run("go", ["version"], {}).then(() => true, () => false);
}

/** Where binaries that were built are kept. */
export function binariesDirectory(): string {
  return join(cacheDirectory(), `apiserver-${KUBERNETES_VERSION}`);
}

/** What the project keeps for this user from one run to the next. */
export function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "job-controller");
}

function assetsDirectory(): string | undefined {
  return process.env.KUBEBUILDER_ASSETS || undefined;
}

function inDirectory(directory: string): ServerBinaries {
  return { kubeApiserver: join(directory, "kube-apiserver"), etcd: join(directory, "etcd") };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

interface Recipe {
  name: string;
  version: string;
  mainPackage: string;
  ldflags: string;
  goMod: (directory: string) => Promise<string>;
  cold: string;
}

const ETCD: Recipe = {
  name: "etcd",
  version: ETCD_VERSION,
  mainPackage: "go.etcd.io/etcd/server/v3",
  ldflags: "-s -w",
  goMod: () => Promise.resolve(goMod("etcd", [`require go.etcd.io/etcd/server/v3 ${ETCD_VERSION}`])),
  cold: "half a minute",
};

const KUBE_APISERVER: Recipe = {
  name: "kube-apiserver",
  version: KUBERNETES_VERSION,
  mainPackage: "k8s.io/kubernetes/cmd/kube-apiserver",
  ldflags: `-s -w -X k8s.io/component-base/version.gitVersion=${KUBERNETES_VERSION}`,
  goMod: kubernetesGoMod,
  cold: "four to eight minutes on two cores",
};

const KUBECTL: Recipe = {
  ...KUBE_APISERVER,
  name: "kubectl",
  mainPackage: "k8s.io/kubernetes/cmd/kubectl",
  cold: "two minutes after kube-apiserver",
};

/** Kubernetes requires its staging modules at v0.0.0 and replaces them by directories of its repository; outside of it
 * the modules published beside the release take their place. */
async function kubernetesGoMod(directory: string): Promise<string> {
  const answer = await run("go", ["mod", "download", "-json", `k8s.io/kubernetes@${KUBERNETES_VERSION}`], { cwd: directory });
  const { GoMod } = JSON.parse(answer) as { GoMod: string };
  const staging = [...(await readFile(GoMod, "utf8")).matchAll(/^\t(k8s\.io\/\S+) v0\.0\.0$/gm)].map((match) => match[1]);
  return goMod("kubernetes", [
    `require k8s.io/kubernetes ${KUBERNETES_VERSION}`,
    ...staging.map((name) => `replace ${name} => ${name} ${STAGING_VERSION}`),
  ]);
}

function goMod(name: string, lines: string[]): string {
  return [`module local/${name}`, `go ${GO_VERSION}`, ...lines, ""].join("\n");
}

async function buildMissing(wanted: readonly [recipe: Recipe, target: string][], say: (line: string) => void): Promise<void> {
  const directory = binariesDirectory();
  await mkdir(directory, { recursive: true });
  await locked(join(directory, "lock"), say, async () => {
    for (const [recipe, target] of wanted) if (!(await exists(target))) await build(recipe, target, say);
  });
}

async function build(recipe: Recipe, target: string, say: (line: string) => void): Promise<void> {
  await run("go", ["version"], {}).catch(() => {
    throw new Error(
      `Cannot build ${recipe.name} ${recipe.version}: expected Go ${GO_VERSION} or newer in PATH; ` +
        "install it, or set KUBEBUILDER_ASSETS to a directory with kube-apiserver and etcd",
    );
  });
  say(`building ${recipe.name} ${recipe.version} once (cold: about ${recipe.cold}) into ${target}`);
  const started = performance.now();
  const directory = await mkdtemp(join(target, "..", `build-${recipe.name}-`));
  try {
    await writeFile(join(directory, "go.mod"), await recipe.goMod(directory));
    const output = join(directory, recipe.name);
    const flags = ["-mod=mod", "-trimpath", "-buildvcs=false", `-ldflags=${recipe.ldflags}`];
    await run("go", ["build", ...flags, "-o", output, recipe.mainPackage], { cwd: directory });
    await chmod(output, 0o755);
    await rename(output, target);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  const { size } = await stat(target);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  say(`built ${recipe.name} ${recipe.version}: ${(size / 1e6).toFixed(0)} MB in ${seconds} s`);
}

/** Runs a command of Go for the host; resolves with its stdout, rejects with the end of its stderr. */
export function run(command: string, args: string[], options: { cwd?: string }): Promise<string> {
  const { GOOS: _os, GOARCH: _arch, GOFLAGS: _flags, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    let err = "";
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => (err = (err + chunk.toString()).slice(-4000)));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`${command} ${args.slice(0, 2).join(" ")} ended with ${code}:\n${err.trim()}`));
    });
  });
}

/** Holds `path` while `work` runs; a lock whose process is gone is taken over. Two holders at worst build twice: the
 * result arrives by rename. */
async function locked(path: string, say: (line: string) => void, work: () => Promise<void>): Promise<void> {
  for (let waited = 0; ; waited++) {
    try {
      await writeFile(path, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const owner = Number(await readFile(path, "utf8").catch(() => "0"));
    if (owner > 0 && !isAlive(owner)) await rm(path, { force: true });
    else {
      if (waited === 0) say(`waiting for process ${owner}, which builds the same binaries`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  try {
    await work();
  } finally {
    await rm(path, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
