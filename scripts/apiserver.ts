// A real Kubernetes API server with the three kinds of the provisioning API, on loopback, with mTLS and RBAC, for tests
// and measurements. In: options. Out: addresses, certificates and the disturbances that tests need.
// `bun scripts/apiserver.ts` starts one and prints its addresses until Ctrl-C.

import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { fileURLToPath } from "node:url";
import { generate } from "selfsigned";
import { KUBERNETES_VERSION, serverBinaries } from "./apiserver-binaries.ts";
import { DEFINITIONS } from "./apiserver-crds.ts";
import { bindingOf, RBAC, shippedRoles } from "./apiserver-roles.ts";
import { closedPort } from "./ports.ts";

const GROUP = "provisioning.grafana.app";
const VERSION = "v0alpha1";
export const API = `/apis/${GROUP}/${VERSION}`;
/** Certificates with this organization may do what the controller needs, pruning included, in every namespace. */
export const CONTROLLERS = "job-controllers";
/** Certificates with this organization may do the same in the namespace `team-a` alone. */
export const TEAM_CONTROLLERS = "team-a-job-controllers";
export const TEAM_NAMESPACE = "team-a";
/** Certificates with this organization may do what the controller needs with workers, too. */
export const DRIVERS = "job-drivers";

export interface ApiserverOptions {
  /** False reads and watches etcd directly, so that a compaction alone outdates a version. Default true. */
  watchCache?: boolean;
  /** Further flags of kube-apiserver. */
  args?: string[];
  /** Receives progress, a line at a time. Default: stderr. */
  say?: (line: string) => void;
}

export interface ClientCertificate {
  certFile: string;
  keyFile: string;
  /** PEM texts of the same. */
  cert: string;
  key: string;
  /** As in audit events, `X509SHA256=<hex>`. */
  credentialId: string;
}

/** The parts of objects, lists and Status bodies that callers here look at; all may be missing. */
export interface AnswerBody {
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    uid?: string;
    resourceVersion?: string;
    creationTimestamp?: string;
    continue?: string;
    remainingItemCount?: number;
  };
  items?: AnswerBody[];
  message?: string;
  reason?: string;
}

export interface Answer<Body = AnswerBody> {
  status: number;
  body: Body;
}

export interface AuditEvent {
  stage: string;
  verb: string;
  requestURI: string;
  user: { username: string; groups?: string[]; extra?: Record<string, string[]> };
  objectRef?: { resource?: string; namespace?: string; name?: string };
  requestReceivedTimestamp: string;
  /** Body of a delete. */
  requestObject?: { preconditions?: { uid?: string } };
  responseStatus?: { code?: number };
}

export interface Apiserver {
  readonly url: string;
  readonly etcdUrl: string;
  readonly directory: string;
  readonly caFile: string;
  /** Member of system:masters. */
  readonly admin: ClientCertificate;
  /** Least privilege of the controller, cluster-wide. */
  readonly controller: ClientCertificate;
  /** Least privilege of the controller in TEAM_NAMESPACE. */
  readonly teamController: ClientCertificate;
  /** Least privilege of the controller with workers, cluster-wide. */
  readonly driver: ClientCertificate;
  /** Process id of the running kube-apiserver. */
  readonly pid: number;
  /** Makes a client certificate whose user is `commonName` and whose group is `organization`. */
  issue(commonName: string, organization: string): Promise<ClientCertificate>;
  /** One call as admin; a body is sent as JSON, a text as YAML. */
  request(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Audit events of the provisioning group so far, oldest first. */
  audit(): Promise<AuditEvent[]>;
  /** Ends kube-apiserver (default: SIGKILL) and starts it again on the same port over the same etcd; resolves when ready. */
  restart(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Ends kube-apiserver; start() brings it back. */
  halt(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  start(): Promise<void>;
  /** Drops etcd's history: every version before now is too old for a watch that reads etcd, and for a page's continue. */
  compact(): Promise<void>;
  /** Stops etcd in mid-step, until the returned function is called. */
  freezeEtcd(): () => void;
  /** Puts a new serving certificate of the same CA in place; resolves once handshakes show it. */
  rotateServingCertificate(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts etcd and kube-apiserver; resolves once the three kinds are served. Whatever fails, nothing is left behind. */
export async function startApiserver(options: ApiserverOptions = {}): Promise<Apiserver> {
  const say = options.say ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const binaries = await serverBinaries(say);
  const directory = await mkdtemp(join(tmpdir(), "job-controller-apiserver-"));
  const processes = new Processes(directory);
  try {
    const files = await writeMaterial(directory);
    const etcd = await startEtcd(processes, binaries.etcd, directory);
    const port = await closedPort();
    const api = new Server({ processes, binary: binaries.kubeApiserver, directory, files, etcd, port, options });
    await api.start();
    await api.prepare();
    return api;
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

type Material = Awaited<ReturnType<typeof writeMaterial>>;

interface ServerFacts {
  processes: Processes;
  binary: string;
  directory: string;
  files: Material;
  etcd: Etcd;
  port: number;
  options: ApiserverOptions;
}

class Server implements Apiserver {
  readonly url: string;
  readonly etcdUrl: string;
  readonly directory: string;
  readonly caFile: string;
  readonly admin: ClientCertificate;
  readonly controller: ClientCertificate;
  readonly teamController: ClientCertificate;
  readonly driver: ClientCertificate;
  readonly #facts: ServerFacts;
  readonly #agent: Agent;
  #child: ChildProcess | undefined;

  constructor(facts: ServerFacts) {
    this.#facts = facts;
    this.url = `https://127.0.0.1:${facts.port}`;
    this.etcdUrl = facts.etcd.url;
    this.directory = facts.directory;
    this.caFile = facts.files.caFile;
    this.admin = facts.files.admin;
    this.controller = facts.files.controller;
    this.teamController = facts.files.teamController;
    this.driver = facts.files.driver;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 16, ca: facts.files.ca.cert, cert: this.admin.cert, key: this.admin.key });
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  issue(commonName: string, organization: string): Promise<ClientCertificate> {
    return issueClient(this.#facts.files.ca, this.directory, commonName, organization);
  }

  request(method: string, path: string, body?: unknown): Promise<Answer> {
    return call(this.url, method, path, body, this.#agent);
  }

  async audit(): Promise<AuditEvent[]> {
    const text = await readFile(this.#auditFile, "utf8").catch(() => "");
    return text.slice(0, text.lastIndexOf("\n") + 1).split("\n").filter(Boolean).map((line) => JSON.parse(line) as AuditEvent);
  }

  async restart(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    await this.halt(signal);
    await this.start();
  }

  async halt(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    await this.#facts.processes.end(this.#child, signal);
    this.#child = undefined;
  }

  async start(): Promise<void> {
    const { processes, binary, directory, files, etcd, port, options } = this.#facts;
    const child = await processes.spawn("kube-apiserver", binary, [
      `--etcd-servers=${etcd.url}`,
      `--secure-port=${port}`,
      "--bind-address=127.0.0.1",
      "--advertise-address=10.0.0.9",
      "--endpoint-reconciler-type=none",
      `--cert-dir=${directory}`,
      `--tls-cert-file=${files.servingCertFile}`,
      `--tls-private-key-file=${files.servingKeyFile}`,
      `--client-ca-file=${files.caFile}`,
      "--service-account-issuer=https://127.0.0.1",
      `--service-account-key-file=${files.accountKeyFile}`,
      `--service-account-signing-key-file=${files.accountKeyFile}`,
      "--service-cluster-ip-range=10.0.0.0/24",
      "--authorization-mode=RBAC",
      "--disable-admission-plugins=ServiceAccount",
      `--audit-policy-file=${files.auditPolicyFile}`,
      `--audit-log-path=${this.#auditFile}`,
      `--watch-cache=${options.watchCache ?? true}`,
      ...(options.args ?? []),
    ]);
    this.#child = child;
    await until("kube-apiserver is ready", child, () => this.request("GET", "/readyz").then(({ status }) => status === 200));
  }

  /** Kinds, namespace and rights, each awaited until it is in force. */
  async prepare(): Promise<void> {
    for (const definition of DEFINITIONS) {
      await this.#create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
    }
    await this.#create("/api/v1/namespaces", { metadata: { name: TEAM_NAMESPACE } });
    for (const right of rights()) await this.#create(right.path, right.object);
    for (const { spec: { names: { plural } } } of DEFINITIONS) {
      await until(`${plural} are served`, this.#child, () => this.request("GET", `${API}/${plural}`).then(({ status }) => status === 200));
    }
    await until("namespace default exists", this.#child, () => this.request("GET", "/api/v1/namespaces/default").then(({ status }) => status === 200));
  }

  async compact(): Promise<void> {
    const { body } = await call<{ header: { revision: string } }>(this.etcdUrl, "POST", "/v3/kv/range", { key: btoa("-"), count_only: true });
    const done = await call(this.etcdUrl, "POST", "/v3/kv/compaction", { revision: body.header.revision, physical: true });
    if (done.status !== 200) throw new Error(`etcd refused the compaction: ${JSON.stringify(done.body)}`);
  }

  freezeEtcd(): () => void {
    const { child } = this.#facts.etcd;
    child.kill("SIGSTOP");
    return () => void child.kill("SIGCONT");
  }

  async rotateServingCertificate(): Promise<void> {
    const { files, port } = this.#facts;
    const made = await issueServing(files.ca);
    // The server reads the pair again until both halves fit.
    await replaceFile(files.servingKeyFile, made.private);
    await replaceFile(files.servingCertFile, made.cert);
    const wanted = new X509Certificate(made.cert).serialNumber;
    await until("the new serving certificate is in use", this.#child, async () => (await servingSerial(port, files.ca.cert)) === wanted);
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.#facts.processes.stop();
  }

  get #auditFile(): string {
    return join(this.directory, "audit.jsonl");
  }

  async #create(path: string, object: unknown): Promise<void> {
    let answer: Answer | undefined;
    await until(`POST ${path} is accepted`, this.#child, async () => {
      answer = await this.request("POST", path, object);
      return answer.status === 201 || answer.status === 409;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; last answer: ${JSON.stringify(answer)}`);
    });
  }
}

interface Etcd {
  url: string;
  child: ChildProcess;
}

async function startEtcd(processes: Processes, binary: string, directory: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await closedPort()}`;
  const child = await processes.spawn("etcd", binary, [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=${url}`,
    `--advertise-client-urls=${url}`,
    "--listen-peer-urls=http://127.0.0.1:0",
    "--unsafe-no-fsync",
    "--log-level=warn",
  ]);
  await until("etcd is healthy", child, () => call<{ health?: string }>(url, "GET", "/health").then(({ body }) => body.health === "true"));
  return { url, child };
}

/** The children, and the directory that goes with them: all end when this process does, however it ends. */
class Processes {
  readonly #directory: string;
  readonly #children = new Set<ChildProcess>();
  readonly #onExit = () => this.#endAtOnce();
  readonly #onSignal = (signal: NodeJS.Signals) => {
    this.#endAtOnce();
    process.kill(process.pid, signal);
  };

  constructor(directory: string) {
    this.#directory = directory;
    process.once("exit", this.#onExit);
    for (const signal of SIGNALS) process.once(signal, this.#onSignal);
  }

  async spawn(name: string, binary: string, args: string[]): Promise<ChildProcess> {
    const log = await open(join(this.#directory, `${name}.log`), "a");
    const child = spawn(binary, args, { cwd: this.#directory, stdio: ["ignore", log.fd, log.fd], env: {} });
    this.#children.add(child);
    child.once("exit", () => this.#children.delete(child));
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    await log.close();
    return child;
  }

  async end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || !this.#children.has(child)) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    await ended;
  }

  async stop(): Promise<void> {
    process.off("exit", this.#onExit);
    for (const signal of SIGNALS) process.off(signal, this.#onSignal);
    await Promise.all([...this.#children].map((child) => this.end(child, "SIGKILL")));
    await rm(this.#directory, { recursive: true, force: true });
  }

  #endAtOnce(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Waits for a condition that may throw while it does not hold; gives up after a minute or when `child` has ended. */
async function until(what: string, child: ChildProcess | undefined, holds: () => Promise<boolean>): Promise<void> {
  const givesUpAt = performance.now() + 60_000;
  let last: unknown;
  while (!(await holds().catch((error: unknown) => ((last = error), false)))) {
    const ended = child !== undefined && (child.exitCode !== null || child.signalCode !== null);
    if (ended) throw new Error(`${child.spawnfile} ended with ${child.exitCode ?? child.signalCode} before ${what}: ${await logTail(child)}`);
    if (performance.now() > givesUpAt) throw new Error(`not so within a minute: ${what}${last === undefined ? "" : ` (${last})`}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function logTail(child: ChildProcess): Promise<string> {
  const directory = child.spawnargs.map((arg) => /^--(?:cert|data)-dir=(.*?)(?:\/etcd)?$/.exec(arg)?.[1]).find(Boolean) ?? ".";
  const name = child.spawnfile.split("/").pop();
  return (await readFile(join(directory, `${name}.log`), "utf8").catch(() => "")).slice(-2000);
}

function call<Body = AnswerBody>(base: string, method: string, path: string, body?: unknown, agent?: Agent): Promise<Answer<Body>> {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "application/yaml" : "application/json";
  const headers = text === undefined ? {} : { "content-type": type, "content-length": Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const send = base.startsWith("https:") ? httpsRequest : httpRequest;
    const sent = send(base + path, { method, headers, ...(agent === undefined ? {} : { agent }) }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("error", reject);
      answer.on("end", () => {
        const answered = Buffer.concat(chunks).toString();
        resolve({ status: answer.statusCode ?? 0, body: (answered.startsWith("{") ? JSON.parse(answered) : {}) as Body });
      });
    });
    sent.setTimeout(10_000, () => sent.destroy(new Error(`no answer to ${method} ${path} within 10 s`)));
    sent.on("error", reject);
    sent.end(text);
  });
}

interface Authority {
  cert: string;
  key: string;
}

async function writeMaterial(directory: string) {
  const made = await generate([{ name: "commonName", value: "job-controller test CA" }], {
    ...KEYS,
    extensions: [{ name: "basicConstraints", cA: true, critical: true }, { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true }],
  });
  const ca: Authority = { cert: made.cert, key: made.private };
  const serving = await issueServing(ca);
  const account = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const write = async (name: string, text: string) => {
    const path = join(directory, name);
    await writeFile(path, text, { mode: 0o600 });
    return path;
  };
  return {
    ca,
    caFile: await write("ca.pem", ca.cert),
    servingCertFile: await write("serving-cert.pem", serving.cert),
    servingKeyFile: await write("serving-key.pem", serving.private),
    accountKeyFile: await write("service-account-key.pem", account),
    auditPolicyFile: await write("audit-policy.json", JSON.stringify(AUDIT_POLICY)),
    admin: await issueClient(ca, directory, "admin", "system:masters"),
    controller: await issueClient(ca, directory, "job-controller", CONTROLLERS),
    teamController: await issueClient(ca, directory, "team-a-job-controller", TEAM_CONTROLLERS),
    driver: await issueClient(ca, directory, "job-driver", DRIVERS),
  };
}

const KEYS = { keyType: "ec", curve: "P-256", algorithm: "sha256" } as const;

function issueServing(ca: Authority) {
  return generate([{ name: "commonName", value: "kube-apiserver" }], {
    ...KEYS,
    ca,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      {
        name: "subjectAltName",
        altNames: [
          ...["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"].map((value) => ({ type: 2 as const, value })),
          ...["127.0.0.1", "10.0.0.1"].map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
  });
}

let issued = 0;

async function issueClient(ca: Authority, directory: string, commonName: string, organization: string): Promise<ClientCertificate> {
  const made = await generate([{ name: "commonName", value: commonName }, { name: "organizationName", value: organization }], {
    ...KEYS,
    ca,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "extKeyUsage", clientAuth: true },
    ],
  });
  const folder = join(directory, `client-${++issued}`);
  await mkdir(folder);
  const certFile = join(folder, "cert.pem");
  const keyFile = join(folder, "key.pem");
  await writeFile(certFile, made.cert);
  await writeFile(keyFile, made.private, { mode: 0o600 });
  const credentialId = `X509SHA256=${new X509Certificate(made.cert).fingerprint256.replaceAll(":", "").toLowerCase()}`;
  return { certFile, keyFile, cert: made.cert, key: made.private, credentialId };
}

/** Writes beside and renames, so that a reader never sees half a file. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

function servingSerial(port: number, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ host: "127.0.0.1", port, ca, rejectUnauthorized: true }, () => {
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      resolve(serialNumber);
    }).once("error", reject);
  });
}

const AUDIT_POLICY = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    { level: "None", users: ["admin"] },
    { level: "Request", verbs: ["delete"], resources: [{ group: GROUP }] },
    { level: "Metadata", resources: [{ group: GROUP }] },
    { level: "None" },
  ],
};

/** What the controllers of tests may do, as the README has it. */
function rights(): { path: string; object: unknown }[] {
  const { watch, prune, drive } = shippedRoles();
  const granted = [[CONTROLLERS, watch], [CONTROLLERS, prune], [DRIVERS, watch], [DRIVERS, prune], [DRIVERS, drive]] as const;
  return [
    ...[watch, prune, drive].map(({ yaml }) => ({ path: `${RBAC}/clusterroles`, object: yaml })),
    ...granted.map(([group, { name }]) => ({ path: `${RBAC}/clusterrolebindings`, object: bindingOf(group, name) })),
    ...[watch, prune].map(({ name }) => ({ path: `${RBAC}/namespaces/${TEAM_NAMESPACE}/rolebindings`, object: bindingOf(TEAM_CONTROLLERS, name) })),
  ];
}

async function main(): Promise<void> {
  const started = performance.now();
  const api = await startApiserver().catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write([
    `kube-apiserver ${KUBERNETES_VERSION} ready after ${seconds} s: ${api.url}`,
    `etcd: ${api.etcdUrl}`,
    `CA: ${api.caFile}`,
    `admin: ${api.admin.certFile} ${api.admin.keyFile}`,
    `controller: ${api.controller.certFile} ${api.controller.keyFile}`,
    `kubectl --server=${api.url} --certificate-authority=${api.caFile} --client-certificate=${api.admin.certFile} --client-key=${api.admin.keyFile} get jobs.${GROUP}`,
    "Ctrl-C stops it",
    "",
  ].join("\n"));
  await new Promise(() => setInterval(() => {}, 1 << 30));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
