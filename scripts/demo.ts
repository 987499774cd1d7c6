// `npm run demo`: the compiled binary, twice. Once as dev server that demands client certificates, once as controller; one
// job goes from its creation over the controller's line into history and out of it. Any other outcome ends with 1.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type IncomingMessage, request as plainRequest } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Certificates; relative, so that the commands read well and work from the project's folder. */
const FOLDER = ".cache/demo";
const BINARY = "dist/job-controller";
const TOKEN = "ProvisioningAdminToken";
const REPOSITORY = "dashboards";
const NAMESPACE = "/apis/provisioning.grafana.app/v0alpha1/namespaces/default";
/** No single step takes a tenth of this. */
const PATIENCE_MS = 30_000;

const color = process.env.FORCE_COLOR
  ? true
  : process.env.NO_COLOR
    ? false
    : process.stdout.isTTY === true && process.env.TERM !== "dumb";
const paint = (code: string, text: string) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
const programs: Program[] = [];
let steps = 0;

interface Line {
  msg?: string;
  [field: string]: unknown;
}

interface Answer {
  status: number;
  body: Shape;
}

/** What is read of tokens, objects and lists; anything may be missing. */
interface Shape {
  data?: { token?: string };
  metadata?: { name?: string; uid?: string; labels?: Record<string, string> };
  status?: { state?: string; message?: string; health?: { healthy?: boolean } };
  items?: Shape[];
  message?: string;
}

/** A child of the demo with everything it said. It has a process group of its own: Ctrl-C reaches it through stop() only. */
class Program {
  readonly name: string;
  readonly lines: string[] = [];
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  #ended: string | undefined;
  #heard: (() => void)[] = [];

  constructor(name: string, args: string[]) {
    this.name = name;
    this.#child = spawn(join(ROOT, BINARY), args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], detached: true });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      let rest = "";
      stream?.setEncoding("utf8").on("data", (chunk: string) => {
        const parts = (rest + chunk).split("\n");
        rest = parts.pop() ?? "";
        this.lines.push(...parts);
        this.#wake();
      });
    }
    this.exited = new Promise((resolve) => {
      const end = (how: string, code: number) => {
        this.#ended = how;
        this.#wake();
        resolve(code);
      };
      this.#child.once("error", (error) => end(`did not start: ${error.message}`, 127));
      this.#child.once("close", (code, signal) => end(signal === null ? `exited with ${code}` : `ended by ${signal}`, code ?? 1));
    });
    programs.push(this);
  }

  /** What `read` makes of the first line, past or future, for which it makes anything. */
  async until<T>(what: string, read: (line: string) => T | undefined): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let at = 0; ;) {
      for (; at < this.lines.length; at++) {
        const found = read(this.lines[at] ?? "");
        if (found !== undefined) return found;
      }
      if (this.#ended !== undefined) throw new Error(`the ${this.name} ${this.#ended} before ${what}`);
      const left = deadline - performance.now();
      if (left <= 0) throw new Error(`the ${this.name} did not say within ${PATIENCE_MS / 1000} s: ${what}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#heard.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Orderly if it can be; resolves with the exit code. */
  async stop(): Promise<number> {
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.kill(), 5_000);
    const code = await this.exited;
    clearTimeout(force);
    return code;
  }

  #wake(): void {
    for (const heard of this.#heard.splice(0)) heard();
  }
}

function step(title: string): void {
  steps++;
  say(`\n${paint("1", `${steps}. ${title}`)}`);
}

/** A command as one would type it. */
function command(...lines: string[]): void {
  say(
    paint(
      "36",
      lines
        .map((line, index) => `${index === 0 ? "   $ " : "       "}${line}${index < lines.length - 1 ? " \\" : ""}`)
        .join("\n"),
    ),
  );
}

function background(...lines: string[]): void {
  command(...lines.slice(0, -1), `${lines.at(-1)} &`);
}

function result(text: string): void {
  say(`   ${text}`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function record(line: string): Line | undefined {
  if (!line.startsWith("{")) return undefined;
  return JSON.parse(line) as Line;
}

/** For Program.until(): the line itself, if it says this and passes. */
function saying(msg: string, passes: (line: Line) => boolean = () => true): (text: string) => string | undefined {
  return (text) => {
    const line = record(text);
    return line?.msg === msg && passes(line) ? text : undefined;
  };
}

function expect(what: string, answer: Answer, status: number): Shape {
  if (answer.status === status) return answer.body;
  throw new Error(
    `expected ${status} for ${what}, the server said ${answer.status}: ${answer.body.message ?? JSON.stringify(answer.body)}`,
  );
}

async function main(): Promise<void> {
  say("A job goes from its creation into history and out of it. Everything happens on this machine and is gone afterwards.");
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  mkdirSync(join(ROOT, FOLDER), { recursive: true });

  step("Compile the controller for this machine");
  command("npm run build");
  const { path, stamp } = build();
  result(`${BINARY}, version ${stamp.version}, ${Math.round(statSync(path).size / 1e6)} MB`);

  step("Start the dev server: client certificates required, drivers simulated");
  const devArgs = [
    "--api-address=localhost:0",
    "--exchange-address=localhost:0",
    "--mtls=required",
    `--state-dir=${FOLDER}`,
    "--simulate=duration:1s",
  ];
  background(`${BINARY} dev`, ...devArgs);
  const dev = new Program("dev server", ["dev", ...devArgs]);
  const api = await dev.until("where its API is", (line) => /(https:\/\/\S+)/.exec(line)?.[1]);
  const exchange = await dev.until("where its token exchange is", (line) => /(http:\/\/\S+)/.exec(line)?.[1]);
  result(`API             ${api}`);
  result(`token exchange  ${exchange}`);

  step("Start the controller: mutual TLS, history kept for 3 seconds");
  const runArgs = [
    `--token-exchange-url=${exchange}`,
    `--token=${TOKEN}`,
    `--provisioning-server-url=${api}`,
    "--tls-insecure=false",
    `--tls-ca-file=${FOLDER}/ca.pem`,
    `--tls-cert-file=${FOLDER}/client.pem`,
    `--tls-key-file=${FOLDER}/client-key.pem`,
    "--history-expiration=3s",
    "--history-sweep-interval=1s",
    "--health-probe-bind-address=0",
  ];
  background(BINARY, ...runArgs);
  const controller = new Program("controller", runArgs);
  result(await controller.until("that it follows the jobs", saying("jobs controller started")));

  step("Mint an access token");
  const claims = { namespace: "*", audiences: ["provisioning.grafana.app"] };
  command(
    `export ACCESS_TOKEN=$(curl -s -X POST ${exchange}`,
    `-H 'Authorization: Bearer ${TOKEN}' -H 'Content-Type: application/json'`,
    `-d '${JSON.stringify(claims)}' | jq -r .data.token)`,
  );
  const minted = await call("POST", exchange, { Authorization: `Bearer ${TOKEN}` }, claims);
  const token = expect("a token", minted, 200).data?.token ?? "";
  if (token.split(".").length !== 3) throw new Error("the exchange answered without a token");
  result(`an ES256 token of ${token.length} characters`);

  const headers = { "X-Access-Token": `Bearer ${token}` };
  const base = api + NAMESPACE;
  command(`export API=${base}`);
  command(`export TLS="--cacert ${FOLDER}/ca.pem --cert ${FOLDER}/client.pem --key ${FOLDER}/client-key.pem"`);
  const shown = (method: string, path: string, body?: unknown) => {
    const auth = `-H "X-Access-Token: Bearer $ACCESS_TOKEN"`;
    const json = body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(body)}'`];
    command(
      `curl -s $TLS${method === "GET" ? "" : ` -X ${method}`} $API${path}`,
      [auth, ...json.slice(0, 1)].join(" "),
      ...json.slice(1),
    );
  };

  step("Create a repository and mark it healthy");
  const repository = {
    metadata: { name: REPOSITORY },
    spec: { title: "Dashboards", type: "local", local: { path: "/dashboards" }, sync: { enabled: true, target: "folder" } },
  };
  shown("POST", "/repositories", repository);
  const created = expect("the repository", await call("POST", `${base}/repositories`, headers, repository), 201);
  const healthy = { ...repository, status: { health: { healthy: true } } };
  shown("PUT", `/repositories/${REPOSITORY}/status`, healthy);
  const status = { ...created, status: healthy.status };
  const marked = expect("its status", await call("PUT", `${base}/repositories/${REPOSITORY}/status`, headers, status), 200);
  if (marked.status?.health?.healthy !== true) throw new Error("the repository did not become healthy");
  result(`repository ${marked.metadata?.name}: healthy`);

  step("Enqueue a pull job");
  const pull = { action: "pull", pull: { incremental: false } };
  shown("POST", `/repositories/${REPOSITORY}/jobs`, pull);
  const job = expect("the job", await call("POST", `${base}/repositories/${REPOSITORY}/jobs`, headers, pull), 202);
  const uid = job.metadata?.uid ?? "";
  result(`job ${job.metadata?.name}, uid ${uid}`);

  step("The controller says so, once");
  const notification = saying("job create notification received", (line) => line["uid"] === uid);
  result(paint("32", await controller.until("the job", notification)));

  step("The job is driven, and leaves for HistoricJobs");
  shown("GET", "/historicjobs");
  const past = async (): Promise<Shape | undefined> => {
    const list = expect("the history", await call("GET", `${base}/historicjobs`, headers), 200);
    return list.items?.find((item) => item.metadata?.labels?.["provisioning.grafana.app/original-uid"] === uid);
  };
  const entry = await eventually("the job is in history", past);
  result(`historic job ${entry.metadata?.name}: ${entry.status?.state}, ${entry.status?.message}`);

  step("Its record grows older than 3 seconds, and the controller prunes it");
  const swept = saying("history sweep complete", (line) => Number(line["deleted"]) > 0);
  result(paint("32", await controller.until("that it pruned", swept)));
  shown("GET", "/historicjobs");
  if ((await past()) !== undefined) throw new Error("the controller says that it pruned the record, but it is still there");
  result("no historic jobs");

  step("Stop both");
  command(`kill ${controller.pid} ${dev.pid}`);
  const codes = [await controller.stop(), await dev.stop()];
  const lines = controller.lines.filter((line) => notification(line) !== undefined).length;
  if (lines !== 1) throw new Error(`the controller wrote ${lines} lines for one job`);
  const complaint = controller.lines.find((line) => !["INFO", "DEBUG"].includes(String(record(line)?.["level"])));
  if (complaint !== undefined) throw new Error(`the controller complained: ${complaint}`);
  result(`exit codes: controller ${codes[0]}, dev server ${codes[1]}`);
  if (codes.some((code) => code !== 0)) throw new Error("a program did not stop in order");
}

/** One request; the API's with the client certificate, the exchange's in plain HTTP. */
function call(method: string, url: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
  const file = (name: string) => readFileSync(join(ROOT, FOLDER, name));
  const options = { method, headers: { ...headers, "Content-Type": "application/json" }, agent: false as const };
  return new Promise((resolve, reject) => {
    const receive = (response: IncomingMessage) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Shape });
        } catch {
          reject(
            new Error(`${method} ${url} answered ${response.statusCode} with something that is not JSON: ${text.slice(0, 200)}`),
          );
        }
      });
    };
    const tls = { ca: file("ca.pem"), cert: file("client.pem"), key: file("client-key.pem") };
    const sent = url.startsWith("https:") ? request(url, { ...options, ...tls }, receive) : plainRequest(url, options, receive);
    sent.setTimeout(PATIENCE_MS, () =>
      sent.destroy(new Error(`${method} ${url} was not answered within ${PATIENCE_MS / 1000} s`)),
    );
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Asks until there is an answer; each request waits for the one before. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${PATIENCE_MS / 1000} s: ${what}`);
}

let leaving = false;
async function leave(code: number): Promise<never> {
  leaving = true;
  await Promise.all(programs.map((program) => program.stop()));
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  process.exit(code);
}

// Whatever ends this process, a reader that went away included, ends the programs.
process.on("exit", () => programs.forEach((program) => program.kill()));
process.stdout.on("error", () => void leave(1));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => {
    if (leaving) return;
    say(`\n${signal}: stopping what was started`);
    void leave(code);
  });
}

const started = performance.now();
try {
  await main();
  say(`\n${paint("1", `Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`)}`);
  await leave(0);
} catch (error) {
  if (!leaving) {
    say(`\n${paint("31", "The demo failed:")} ${error instanceof Error ? error.message : String(error)}`);
    for (const { name, lines } of programs) say([`\nWhat the ${name} wrote:`, ...lines.map((line) => `   ${line}`)].join("\n"));
    await leave(1);
  }
}
