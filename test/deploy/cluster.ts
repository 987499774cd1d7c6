// A real API server and the kubectl of its release, for manifests. In: folders and objects. Out: what the server says of them.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { kubectlBinary } from "../../scripts/apiserver-binaries.ts";
import { type Answer, type Apiserver, startApiserver } from "../../scripts/apiserver.ts";
import { start } from "../support/binary.ts";
import { type Ended, ended } from "../support/children.ts";
import type { Manifest } from "./manifests.ts";

/** Its pods have to keep to the profile `restricted`; what makes pods that do not is warned of. */
export const NAMESPACE = "confined";

export class Cluster implements AsyncDisposable {
  readonly directory: string;
  readonly #api: Apiserver;
  readonly #env: Record<string, string>;
  #folders = 0;

  private constructor(api: Apiserver, directory: string, env: Record<string, string>) {
    this.#api = api;
    this.directory = directory;
    this.#env = env;
  }

  static async start(): Promise<Cluster> {
    const kubectl = await kubectlBinary(() => {});
    const api = await startApiserver({ say: () => {} });
    const directory = await mkdtemp(join(tmpdir(), "job-controller-deploy-"));
    const config = join(directory, "kubeconfig");
    await writeFile(config, kubeconfig(api), { mode: 0o600 });
    const env = { KUBECONFIG: config, HOME: directory, PATH: `${join(kubectl, "..")}:${process.env.PATH}` };
    const labels = Object.fromEntries(["enforce", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]));
    await api.request("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE, labels } });
    return new Cluster(api, directory, env);
  }

  /** Runs a script in a folder; `kubectl` in it is the one of this server's release, led to it. */
  shell(script: string, cwd: string): Promise<Ended> {
    return ended(start("sh", ["-euc", script], { cwd, env: this.#env }));
  }

  /** A new folder with these files. */
  async folder(files: Record<string, string> = {}): Promise<string> {
    const path = join(this.directory, `folder-${++this.#folders}`);
    await mkdir(path);
    for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
    return path;
  }

  /** What a folder of kustomize applies, as the server would store it. */
  async dryRun(folder: string, namespace = NAMESPACE): Promise<Ended & { manifests: Manifest[] }> {
    const done = await this.shell(`kubectl -n ${namespace} apply --dry-run=server --validate=strict -o json -k .`, folder);
    return { ...done, manifests: done.code === 0 ? (JSON.parse(done.stdout) as { items: Manifest[] }).items : [] };
  }

  /** Whether the server would make this object, under strict validation. */
  wouldCreate(resource: string, object: object, namespace = NAMESPACE): Promise<Answer> {
    return this.#api.request("POST", `/api/v1/namespaces/${namespace}/${resource}?dryRun=All&fieldValidation=Strict`, object);
  }

  async read<T = Manifest>(path: string): Promise<T> {
    return (await this.#api.request("GET", path)).body as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#api.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

function kubeconfig({ url, caFile, admin }: Apiserver): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "it",
    contexts: [{ name: "it", context: { cluster: "it", user: "it" } }],
    clusters: [{ name: "it", cluster: { server: url, "certificate-authority": caFile } }],
    users: [{ name: "it", user: { "client-certificate": admin.certFile, "client-key": admin.keyFile } }],
  });
}
