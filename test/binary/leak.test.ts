// No secret is in anything that the program writes, at debug level, whatever others answer and however it ends. The other
// side confirms that each secret was used, and a planted log of one turns the search red.

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { BUN, ROOT } from "../../scripts/suites.ts";
import { type Authority, createAuthority, type Directory, type Pair, temporaryDirectory } from "../support/certs.ts";
import { BINARY } from "../support/controller.ts";
import { type Answering, type Echo, type EchoServer, startEchoServer } from "../support/echo-server.ts";
import { canary, jwtCanary, leaksIn } from "../support/leaks.ts";
import { httpServer } from "../support/servers.ts";

const FORMATS = ["json", "pretty"] as const;
const DEADLINE_MS = 60_000;
const TROUBLE = /provisioning API not usable, retrying/;
const STARTED = /jobs controller started/;

interface Observed {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Standard streams, health pages, and the names and contents of files that appeared where the program lives. */
  written: string;
  /** Names of those files. */
  files: string[];
  /** Arguments as other users of the machine see them, while it ran. */
  commandLine: string[] | undefined;
}

interface Watched {
  args: readonly string[];
  command?: readonly [string, ...string[]];
  env?: Record<string, string>;
  input?: string;
  /** Looked for in what is written; then health pages are read and the signal is sent. Absent: it ends by itself. */
  until?: RegExp;
  signal?: NodeJS.Signals;
  healthPort?: number;
}

/** Runs a program in an empty directory and keeps everything that it writes. */
async function observe(
  { args, command = [BINARY], env, input, until, signal = "SIGTERM", healthPort }: Watched,
): Promise<Observed> {
  await using home = await temporaryDirectory();
  const [file, ...first] = command;
  const surroundings = { PATH: process.env.PATH ?? "", HOME: home.path, TMPDIR: home.path, ...env };
  const child = spawn(file, [...first, ...args], {
    cwd: home.path,
    env: surroundings,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(input);
  const late = setTimeout(() => child.kill("SIGKILL"), DEADLINE_MS);
  const closed = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...end) => resolve(end));
  });
  let written = "";
  let commandLine: string[] | undefined;
  const found = collect(child, (text) => (written += text), () => until?.test(written) ?? false);
  if (until !== undefined && (await Promise.race([found, closed.then(() => "over")])) !== "over") {
    commandLine = (await readFile(`/proc/${child.pid}/cmdline`, "utf8")).split("\0").slice(0, -1);
    if (healthPort !== undefined) written += await healthPages(healthPort);
    child.kill(signal);
  }
  const [code, endedBy] = await closed;
  clearTimeout(late);
  const files = await readdir(home.path, { recursive: true });
  for (const name of files) {
    written += `\n${name}: ${await readFile(join(home.path, name), "latin1").catch(() => "")}`;
  }
  return { code, signal: endedBy, written, files, commandLine };
}

function collect(child: ChildProcess, take: (text: string) => void, enough: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        take(text);
        if (enough()) resolve();
      });
    }
  });
}

async function healthPages(port: number): Promise<string> {
  const pages = ["/metrics", "/readyz?verbose", "/livez?verbose", "/healthz?verbose", "/nothing", "/readyz?exclude=nothing&verbose"];
  const texts = pages.map(async (page) => `${page} ${await (await fetch(`http://127.0.0.1:${port}${page}`)).text()}\n`);
  return (await Promise.all(texts)).join("");
}

/** A server that quotes, and everything that is secret about reaching it. */
class Place implements AsyncDisposable {
  readonly server: EchoServer;
  readonly directory: Directory;
  readonly client: Pair;
  readonly files: { ca: string; cert: string; key: string };
  readonly token = canary("glsa_");

  private constructor(server: EchoServer, directory: Directory, client: Pair, files: Place["files"]) {
    this.server = server;
    this.directory = directory;
    this.client = client;
    this.files = files;
  }

  static async open(mint: () => string = () => canary("minted_")): Promise<Place> {
    const directory = await temporaryDirectory();
    const client = await authority.client();
    const files = {
      ca: await directory.write("ca.pem", authority.cert),
      cert: await directory.write("client.pem", client.cert),
      key: await directory.write("client.key", client.key),
    };
    return new Place(await startEchoServer(authority, mint), directory, client, files);
  }

  get api(): string[] {
    const { ca, cert, key } = this.files;
    return [
      `--provisioning-server-url=${this.server.apiUrl}`,
      `--tls-ca-file=${ca}`,
      `--tls-cert-file=${cert}`,
      `--tls-key-file=${key}`,
    ];
  }

  get exchange(): string[] {
    return [`--token-exchange-url=${this.server.exchangeUrl}`, `--token-exchange-ca-file=${this.files.ca}`];
  }

  /** A kubeconfig with everything in it. */
  async kubeconfig(token: string): Promise<string> {
    const base64 = (text: string) => Buffer.from(text).toString("base64");
    const user = { token, "client-certificate-data": base64(this.client.cert), "client-key-data": base64(this.client.key) };
    return this.directory.write(
      "kubeconfig",
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: this.server.apiUrl, "certificate-authority-data": base64(authority.cert) } }],
        users: [{ name: "u", user }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
  }

  /** The search over what was written; `more` secrets beside those of every place. */
  leaks({ written }: Pick<Observed, "written">, more: Record<string, string> = {}): string[] {
    const minted = Object.fromEntries(this.server.minted.map((token, nth) => [`minted token ${nth}`, token]));
    return leaksIn(written, { token: this.token, "private key": this.client.key, ...minted, ...more });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.directory[Symbol.asyncDispose]();
  }
}

let authority: Authority;
before(async () => {
  authority = await createAuthority();
});

/** Runs a controller with --token in each format, `again` before each; no secret may be in what was written, which is returned. */
async function runQuietly(
  place: Place,
  scene: Partial<Watched> & { flags?: string[]; code: number; again?: () => void },
): Promise<string> {
  let all = "";
  for (const format of FORMATS) {
    scene.again?.();
    const healthPort = await closedPort();
    const observed = await observe({
      args: [
        `--token=${place.token}`,
        ...place.exchange,
        ...place.api,
        "--log-level=debug",
        `--log-format=${format}`,
        "--resync-interval=1s",
        `--health-probe-bind-address=127.0.0.1:${healthPort}`,
        ...(scene.flags ?? []),
      ],
      healthPort,
      ...scene,
    });
    assert.equal(observed.code, scene.code, observed.written);
    assert.deepEqual([place.leaks(observed), observed.files], [[], []], observed.written);
    assert.ok(place.server.received.has(place.token), "the exchange saw the secret");
    all += observed.written;
  }
  return all;
}

/** All that a request carries, what is secret of it first. */
function quoted({ rawHeaders, headers, method, url }: IncomingMessage): Record<string, string> {
  const secret = ["authorization", "x-access-token"].map((name) => headers[name]).filter((value) => value !== undefined);
  const raw = `${secret.join(" ")}\n${rawHeaders.join("\r\n")} ${method} ${url}`;
  const json = JSON.stringify({ secret, headers, rawHeaders });
  return {
    raw,
    JSON: json,
    "percent-encoded": encodeURIComponent(json),
    base64: Buffer.from(raw).toString("base64"),
    "base64 of the header": Buffer.from(secret.join()).toString("base64"),
    base64url: Buffer.from(secret.join()).toString("base64url"),
  };
}

const SHORT_FORMS = ["raw", "base64 of the header", "base64url"];
const FORMS = ["raw", "JSON", "percent-encoded", "base64", "base64 of the header", "base64url"];

function kubeStatus(code: number, message: string, more: Record<string, unknown> = {}): Echo {
  return {
    status: code,
    body: JSON.stringify({
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      message,
      reason: "InternalError",
      code,
      ...more,
    }),
  };
}

describe("the search itself", () => {
  const secret = canary("glsa_");
  const forms: Record<string, string> = {
    "in clear": `x ${secret} y`,
    "in part": `x ${secret.slice(3, 15)}… y`,
    "in JSON": JSON.stringify({ error: `got ${secret}` }),
    "percent-encoded": encodeURIComponent(`{"a":"${secret}"}`),
    "in base64": Buffer.from(`Authorization: Bearer ${secret}\r\nHost: x`).toString("base64"),
    "in base64, one byte later": Buffer.from(`Authorization: Bearer  ${secret}`).toString("base64"),
  };
  for (const [name, text] of Object.entries(forms)) {
    test(`finds a secret ${name}`, () => assert.equal(leaksIn(text, { secret }).length, 1));
  }

  test("finds quotes and backslashes behind two levels of JSON", () => {
    const awkward = `a"b\\c${secret}`;
    assert.equal(leaksIn(JSON.stringify(JSON.stringify({ awkward })), { awkward }).length, 1);
  });

  test("finds claims and signature of a JWT and lines of a key, not what all of them share", () => {
    const token = jwtCanary(Date.now());
    const [header = "", claims = "", signature = ""] = token.split(".");
    assert.deepEqual([header, claims, signature].map((part) => leaksIn(part, { token }).length), [0, 1, 1]);
    const pem = `-----BEGIN PRIVATE KEY-----\n${canary("MIG")}\n-----END PRIVATE KEY-----\n`;
    assert.deepEqual(pem.split("\n").map((line) => leaksIn(line, { pem }).length), [0, 1, 0, 0]);
  });

  test("finds nothing in other words", () => assert.deepEqual(leaksIn("token [redacted], glsa_, 401", { secret }), []));
});

describe("nothing shows the configured secret when the exchange", () => {
  const words: Record<string, { answer: (request: IncomingMessage) => Echo; code: number }> = {
    "refuses and quotes it": {
      answer: (request) => ({ status: 401, body: JSON.stringify({ error: `unknown ${quoted(request).raw}` }) }),
      code: 3,
    },
    "refuses and quotes it in JSON": {
      answer: (request) => ({ status: 403, body: JSON.stringify({ error: quoted(request).JSON }) }),
      code: 3,
    },
    "refuses in its status line": {
      answer: ({ headers }) => ({ status: 401, statusText: `No ${headers.authorization}`, body: "" }),
      code: 3,
    },
    "refuses with a page": {
      answer: (request) => ({
        status: 401,
        headers: { "content-type": "text/html" },
        body: `<html>${quoted(request).raw}</html>`,
      }),
      code: 3,
    },
    "refuses with text": {
      answer: (request) => ({ status: 401, headers: { "content-type": "text/plain" }, body: quoted(request).raw ?? "" }),
      code: 3,
    },
    "sends it elsewhere": {
      answer: ({ headers }) => ({ status: 302, headers: { location: `https://elsewhere.example/?${headers.authorization}` } }),
      code: 0,
    },
    "fails and quotes it": {
      answer: (request) => ({ status: 500, body: JSON.stringify({ error: quoted(request).raw, headers: request.headers }) }),
      code: 0,
    },
    "asks to wait and quotes it": {
      answer: (request) => ({
        status: 429,
        headers: { "retry-after": "900" },
        body: JSON.stringify({ error: quoted(request).raw }),
      }),
      code: 0,
    },
    "answers with it in place of a token": {
      answer: ({ headers }) => ({
        body: JSON.stringify({ error: headers.authorization, data: { token: `${headers.authorization}\n` } }),
      }),
      code: 0,
    },
    "answers with it alone": { answer: ({ headers }) => ({ body: headers.authorization ?? "" }), code: 0 },
  };
  for (const form of FORMS) {
    words[`fails and quotes it ${form}`] = {
      answer: (request) => ({ status: 500, body: JSON.stringify({ error: quoted(request)[form] }) }),
      code: 0,
    };
  }
  for (const [what, { answer, code }] of Object.entries(words)) {
    test(what, async () => {
      await using place = await Place.open();
      place.server.exchange = answer;
      await runQuietly(place, code === 0 ? { code, until: TROUBLE } : { code });
    });
  }
});

describe("nothing shows the minted token when the API", () => {
  const kinds: Record<string, (text: string) => Echo> = {
    "in a Status": (text) => kubeStatus(500, text),
    "as text": (text) => ({ status: 500, headers: { "content-type": "text/plain" }, body: text }),
    "as HTML": (text) => ({ status: 502, headers: { "content-type": "text/html" }, body: `<html><pre>${text}</pre></html>` }),
    "in a list that is none": (text) => ({ body: `{"kind":"JobList","metadata":${text}` }),
    "as the kind of a list": (text) => ({ body: JSON.stringify({ kind: text, metadata: { resourceVersion: "1" }, items: [] }) }),
  };
  for (const [kind, body] of Object.entries(kinds)) {
    test(`quotes every header ${kind}, in every form`, async () => {
      for (const form of FORMS) {
        await using place = await Place.open();
        place.server.api = (request) => body(quoted(request)[form] ?? "");
        const written = await runQuietly(place, { code: 0, until: TROUBLE });
        assert.ok(place.server.minted.every((token) => place.server.received.has(token)), "the API saw the token");
        // Long words are cut off whole; the others are shown, without what was secret.
        if (kind === "in a Status" && SHORT_FORMS.includes(form)) assert.match(written, /readyz[^]*\[redacted\]/);
      }
    });
  }

  const words: Record<string, { answer: Answering; code: number; until?: RegExp; flags?: string[] }> = {
    "refuses it with 401": { answer: (request) => kubeStatus(401, quoted(request).raw ?? ""), code: 3 },
    "refuses it with 403": { answer: (request) => kubeStatus(403, quoted(request).JSON ?? ""), code: 3 },
    "gives it as reason": {
      answer: ({ headers }) => kubeStatus(500, "", { reason: String(headers["x-access-token"]).slice(7) }),
      code: 0,
      until: TROUBLE,
    },
    "gives it as content type": {
      answer: ({ headers }) => ({ headers: { "content-type": String(headers["x-access-token"]).slice(7) }, body: "no JSON" }),
      code: 0,
      until: TROUBLE,
    },
    "redirects with it": {
      answer: ({ headers }) => ({ status: 307, headers: { location: `/?${headers["x-access-token"]}` } }),
      code: 0,
      until: TROUBLE,
    },
    "puts it into an ERROR of the watch": {
      answer: (request) =>
        watched(request, { type: "ERROR", object: { kind: "Status", code: 500, message: quoted(request).raw } }),
      code: 0,
      until: /attempt failed/,
    },
    "puts it into the type of an event": {
      answer: (request) => watched(request, { type: request.headers["x-access-token"], object: {} }),
      code: 0,
      until: /server sent something that cannot be followed/,
    },
    "puts it into a line that is no event": {
      answer: (request) => watched(request, quoted(request).raw),
      code: 0,
      until: /attempt failed/,
    },
    "names a job after it": {
      answer: (request) =>
        watched(request, {
          type: "ADDED",
          object: {
            metadata: { name: token(request), namespace: token(request), uid: "u" },
            spec: { action: token(request), repository: token(request) },
          },
        }),
      code: 0,
      until: /job create notification received.*uid\W+u\b/,
    },
    "fails the sweep with it": {
      answer: (request) => (request.url?.includes("/historicjobs") ? kubeStatus(500, quoted(request).raw ?? "") : undefined),
      code: 0,
      until: /failed to list historic jobs/,
      flags: ["--history-expiration=1h"],
    },
    "refuses a deletion with it": {
      answer: (request) => (request.method === "DELETE" ? kubeStatus(403, quoted(request).raw ?? "") : undefined),
      code: 0,
      until: /not allowed to delete historic jobs/,
      flags: ["--history-expiration=1h"],
    },
    "fails a deletion with it": {
      answer: (request) => (request.method === "DELETE" ? kubeStatus(500, quoted(request).raw ?? "") : undefined),
      code: 0,
      until: /failed to delete expired historic job/,
      flags: ["--history-expiration=1h"],
    },
    "never gives anything else until the start is given up": {
      answer: (request) => kubeStatus(500, quoted(request).raw ?? ""),
      code: 124,
      flags: ["--startup-timeout=1s"],
    },
  };
  for (const [what, { answer, ...scene }] of Object.entries(words)) {
    test(what, async () => {
      await using place = await Place.open();
      place.server.api = answer;
      await runQuietly(place, scene);
      assert.ok(place.server.minted.every((minted) => place.server.received.has(minted)), "the API saw the token");
    });
  }

  test("refuses it later, and the next one, too", async () => {
    await using place = await Place.open();
    let mintedBefore = 0;
    place.server.api = (request) => {
      const { url = "" } = request;
      // The first token works until a watch is open.
      const works = place.server.minted.length <= mintedBefore + 1 && (url.includes("limit=1") || url.includes("watch=true"));
      return works ? undefined : kubeStatus(401, quoted(request).raw ?? "");
    };
    const again = () => (mintedBefore = place.server.minted.length);
    const written = await runQuietly(place, { code: 0, until: TROUBLE, again });
    assert.ok(place.server.minted.length >= 4 && place.server.minted.every((minted) => place.server.received.has(minted)));
    assert.match(written, /answered 401 InternalError: Bearer \[redacted\]/);
  });

  test("quotes a JWT whole, and its parts", async () => {
    for (const part of [0, 1, 2, 3]) {
      await using place = await Place.open(() => jwtCanary(Date.now()));
      place.server.api = (request) => kubeStatus(500, [token(request), ...token(request).split(".")][part] ?? "");
      await runQuietly(place, { code: 0, until: TROUBLE });
      assert.ok(place.server.minted.every((minted) => minted.startsWith("eyJ") && place.server.received.has(minted)));
    }
  });

  test("quotes one that needs escapes", async () => {
    for (const form of FORMS) {
      await using place = await Place.open(() => `a"b\\c+/=%41'<&>${canary("")}`);
      place.server.api = (request) => kubeStatus(500, quoted(request)[form] ?? "");
      await runQuietly(place, { code: 0, until: TROUBLE });
      assert.ok(place.server.minted.every((minted) => place.server.received.has(minted)));
    }
  });
});

function token({ headers }: IncomingMessage): string {
  return String(headers["x-access-token"]).slice("Bearer ".length);
}

/** One line of a watch that stays open. */
function watched({ url }: IncomingMessage, line: unknown): Echo | undefined {
  return url?.includes("watch=true")
    ? { open: true, body: `${typeof line === "string" ? line : JSON.stringify(line)}\n` }
    : undefined;
}

describe("nothing shows", () => {
  const echo: Answering = (request) => kubeStatus(500, quoted(request).raw ?? "");

  test("the secret of --token-file, nor that of standard input", async () => {
    for (const input of [undefined, "yes"]) {
      await using place = await Place.open();
      const file = await place.directory.write("token", `${place.token}\n`);
      place.server.api = echo;
      const args = [
        `--token-file=${input === undefined ? file : "-"}`,
        ...place.exchange,
        ...place.api,
        "--log-level=debug",
        "--health-probe-bind-address=0",
      ];
      const observed = await observe({ args, until: TROUBLE, ...(input && { input: `${place.token}\n` }) });
      assert.deepEqual([observed.code, place.leaks(observed)], [0, []], observed.written);
      assert.ok(place.server.received.has(place.token));
      assert.deepEqual(observed.commandLine, [BINARY, ...args]);
      assert.deepEqual([...place.server.serials], [place.client.serial]);
    }
  });

  test("the token of --bearer-token-file, before and after it changed", async () => {
    await using place = await Place.open();
    const [first, second] = [canary("first_"), canary("second_")];
    const file = join(place.directory.path, "bearer");
    writeFileSync(file, first);
    place.server.api = (request) => {
      if (request.headers.authorization?.endsWith(second)) return echo(request);
      writeFileSync(file, second);
      return kubeStatus(401, quoted(request).raw ?? "");
    };
    const observed = await observe({
      args: [`--bearer-token-file=${file}`, ...place.api, "--log-level=debug", "--health-probe-bind-address=0"],
      until: TROUBLE,
    });
    assert.deepEqual(place.leaks(observed, { first, second }), [], observed.written);
    assert.deepEqual([...place.server.received], [first, second]);
  });

  test("token and key of a kubeconfig", async () => {
    for (const format of FORMATS) {
      await using place = await Place.open();
      const secret = canary("kube_");
      const file = await place.kubeconfig(secret);
      place.server.api = echo;
      const observed = await observe({
        args: [`--kubeconfig=${file}`, "--log-level=debug", `--log-format=${format}`, "--health-probe-bind-address=0"],
        until: TROUBLE,
      });
      assert.deepEqual([observed.code, place.leaks(observed, { secret })], [0, []], observed.written);
      assert.ok(place.server.received.has(secret));
      assert.deepEqual([...place.server.serials], [place.client.serial]);
    }
  });

  test("what is in a file that cannot be used", async () => {
    await using place = await Place.open();
    const secret = canary("inside_");
    const other = await authority.client();
    const write = (name: string, text: string) => place.directory.write(name, text);
    const good = await place.kubeconfig(secret);
    const text = await readFile(good, "utf8");
    const broken = [
      ["--kubeconfig", await write("k1", text.slice(0, -20))],
      ["--kubeconfig", await write("k2", `clusters: [\n  token: ${secret}\n\t{`)],
      ["--kubeconfig", await write("k3", text.replace('"current-context":"x"', `"current-context":"none"`))],
      ["--kubeconfig", await write("k4", text.replace(secret, `${secret} and a space`))],
      [
        "--kubeconfig",
        await write(
          "k5",
          text.replace(/"client-key-data":"[^"]*"/, `"client-key-data":"${Buffer.from(secret).toString("base64")}"`),
        ),
      ],
      ["--kubeconfig", await write("k6", text.replace("https://", `https://user:${secret}@`))],
      ["--kubeconfig", await write("k7", secret)],
      ["--bearer-token-file", await write("b1", `${secret}\n${secret}`)],
      ["--bearer-token-file", await write("b2", `${secret} é`)],
    ];
    for (const [flag, path] of broken) {
      const api = flag === "--kubeconfig" ? [] : place.api;
      const observed = await observe({ args: [`${flag}=${path}`, ...api, "--log-level=debug", "--health-probe-bind-address=0"] });
      assert.equal(observed.code, 2, observed.written);
      assert.deepEqual(place.leaks(observed, { secret, "other key": other.key }), [], observed.written);
    }
    const keys: [cert: string, key: string][] = [
      [place.files.cert, await write("other.key", other.key)],
      [place.files.key, place.files.key],
      [place.files.cert, await write("half.key", place.client.key.slice(0, 120))],
      [place.files.cert, await write("no.key", secret)],
      [await write("no.cert", secret), place.files.key],
      [place.files.cert, await write("broken.key", place.client.key.replace(/[A-Z]/g, "a"))],
    ];
    for (const [cert, key] of keys) {
      const tls = [`--tls-ca-file=${place.files.ca}`, `--tls-cert-file=${cert}`, `--tls-key-file=${key}`];
      const url = `--provisioning-server-url=${place.server.apiUrl}`;
      const observed = await observe({ args: [`--token=${place.token}`, ...place.exchange, url, ...tls, "--log-level=debug"] });
      assert.equal(observed.code, 2, observed.written);
      assert.deepEqual(place.leaks(observed, { secret, "other key": other.key }), [], observed.written);
    }
    assert.deepEqual([...place.server.received], []);
  });

  test("a token on a command line that is refused", async () => {
    const secret = canary("glsa_");
    const rest = ["--token-exchange-url=http://127.0.0.1:1/sign", "--provisioning-server-url=https://127.0.0.1:1"];
    const lines = [
      [`--tokne=${secret}`, ...rest],
      [`--no-token=${secret}`, ...rest],
      [`--token${secret}`, ...rest],
      [`-token${secret}`, ...rest],
      [`token=${secret}`, ...rest],
      ["--token", `${secret}`, `${secret}`, ...rest],
      [`--token=${secret} ${secret}`, ...rest],
      [`--token=${secret}\n`, "extra", ...rest],
      [`--token=${secret}é`, ...rest],
      [`JOB_CONTROLLER_TOKEN=${secret}`, ...rest],
      [`--token=${secret}`],
      [`--token=${secret}`, ...rest, "--history-expiration=1d"],
      [`--token=${secret}`, ...rest, "--no-such-flag"],
      [`--token=${secret}`, ...rest, "--bearer-token-file=x"],
      [`--token=${secret}`, ...rest, "--kubeconfig=x"],
      [`--token=${secret}`, "--token-exchange-url=http://exchange.example/sign", rest[1] ?? ""],
      [`--token=${secret}`, `--token-exchange-url=https://user:${secret}@127.0.0.1:1/sign`, rest[1] ?? ""],
      [`--token=${secret}`, `--token-exchange-url=https://127.0.0.1:1/sign?token=${secret}`, rest[1] ?? ""],
      [`--token=${secret}`, rest[0] ?? "", `--provisioning-server-url=https://user:${secret}@127.0.0.1:1`],
      [`--token=${secret}`, rest[0] ?? "", `--provisioning-server-url=https://${secret}@127.0.0.1:1`],
      [`--token=${secret}`, rest[0] ?? "", `--provisioning-server-url=https://127.0.0.1:1/#${secret}`],
      [`--token=${secret}`, rest[0] ?? "", `--provisioning-server-url=user:${secret}@127.0.0.1:1`],
      ["dev", `--bearer-token=${secret} x`],
      ["dev", `--bearer-tokn=${secret}`],
      ["ready", `--token=${secret}`],
      ["version", `--token=${secret}`],
    ];
    for (const args of lines) {
      const observed = await observe({ args });
      assert.equal(observed.code, 2, `${args.join(" ")}: ${observed.written}`);
      assert.deepEqual(leaksIn(observed.written, { secret }), [], observed.written);
    }
  });

  test("secrets of the environment, in help and errors", async () => {
    const secret = canary("glsa_");
    const env = {
      JOB_CONTROLLER_TOKEN: secret,
      JOB_CONTROLLER_BEARER_TOKEN: secret,
      JOB_CONTROLLER_TOKEN_EXCHANGE_URL: `https://user:${secret}@127.0.0.1:1/`,
      HTTPS_PROXY: `http://user:${secret}@127.0.0.1:1`,
      AWS_SECRET_ACCESS_KEY: secret,
    };
    const lines: [string[], number][] = [
      [["--help"], 0],
      [["help"], 0],
      [["help", "dev"], 0],
      [["run", "-h"], 0],
      [["dev", "--help"], 0],
      [["version"], 0],
      [["version", "-o=json"], 0],
      [["--no-such-flag"], 2],
      [["run"], 2],
      [["--provisioning-server-url=https://127.0.0.1:1", "--bearer-token-file=/dev/null"], 2],
    ];
    for (const [args, code] of lines) {
      const observed = await observe({ args, env });
      assert.equal(observed.code, code, `${args.join(" ")}: ${observed.written}`);
      assert.deepEqual(leaksIn(observed.written, { secret }), [], observed.written);
    }
    const misspelt = await observe({ args: ["run"], env: { JOB_CONTROLLER_TOKEM: secret } });
    assert.deepEqual([misspelt.code, leaksIn(misspelt.written, { secret })], [2, []], misspelt.written);
  });

  test("a token from the environment while it is used, nor what else stands there", async () => {
    await using place = await Place.open();
    const bystander = canary("bystander_");
    place.server.api = echo;
    const args = [...place.exchange, ...place.api, "--log-level=debug", "--health-probe-bind-address=0"];
    const observed = await observe({
      args,
      env: { JOB_CONTROLLER_TOKEN: place.token, DATABASE_PASSWORD: bystander },
      until: TROUBLE,
    });
    assert.deepEqual([observed.code, place.leaks(observed, { bystander })], [0, []], observed.written);
    assert.ok(place.server.received.has(place.token));
    assert.deepEqual(observed.commandLine, [BINARY, ...args]);
  });

  test("the password of a proxy", async () => {
    const secret = canary("proxy_");
    const seen: (string | undefined)[] = [];
    await using proxy = await httpServer(() => {});
    await using refusing = await (async () => {
      const { createServer } = await import("node:http");
      const server = createServer();
      server.on("connect", ({ headers }, socket) => {
        const sent = headers["proxy-authorization"];
        seen.push(sent);
        socket.end(`HTTP/1.1 407 ${sent}\r\nContent-Length: ${String(sent).length}\r\n\r\n${sent}`);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      return { port, [Symbol.asyncDispose]: async () => void server.close() };
    })();
    await using place = await Place.open();
    const file = await place.directory.write("bearer", place.token);
    for (const [port, password] of [[refusing.port, secret], [proxy.port, secret], [1, secret]] as const) {
      const observed = await observe({
        args: [
          `--bearer-token-file=${file}`,
          "--provisioning-server-url=https://192.0.2.1",
          "--tls-insecure=false",
          "--log-level=debug",
          "--health-probe-bind-address=0",
        ],
        env: { HTTPS_PROXY: `http://user:${password}@127.0.0.1:${port}` },
        until: TROUBLE,
      });
      assert.deepEqual([observed.code, place.leaks(observed, { secret })], [0, []], observed.written);
    }
    assert.ok(
      seen.length > 0 && seen.every((sent) => sent === `Basic ${Buffer.from(`user:${secret}`).toString("base64")}`),
      String(seen),
    );
  });

  test("a secret when the runtime is asked to dump its requests", async () => {
    const surroundings: Record<string, string>[] = [
      { BUN_CONFIG_VERBOSE_FETCH: "curl" },
      { BUN_CONFIG_VERBOSE_FETCH: "true" },
      { NODE_DEBUG: "*", DEBUG: "*" },
      { BUN_DEBUG_QUIET_LOGS: "0", BUN_DEBUG_ALL: "1" },
    ];
    for (const env of surroundings) {
      await using place = await Place.open();
      place.server.api = echo;
      await runQuietly(place, { code: 0, until: TROUBLE, env });
    }
  });
});

describe("nothing shows a secret at the end", () => {
  for (const [signal, code] of [["SIGQUIT", 131], ["SIGABRT", 134]] as const) {
    test(`of a program that gets ${signal}, and no core is left`, async () => {
      await using place = await Place.open();
      // As a shell with `ulimit -c unlimited`: a core would lie in the working directory.
      const command: [string, ...string[]] = ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; exec "$0" "$@"', BINARY];
      await runQuietly(place, { command, code, until: STARTED, signal });
      assert.ok(place.server.minted.every((minted) => place.server.received.has(minted)));
    });
  }

  for (const signal of ["SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP"] as const) {
    test(`of a runtime that crashes with ${signal}`, async () => {
      await using place = await Place.open();
      const command: [string, ...string[]] = ["sh", "-c", 'ulimit -c 0; exec "$0" "$@"', BINARY];
      const observed = await observe({
        command,
        args: [`--token=${place.token}`, ...place.exchange, ...place.api, "--health-probe-bind-address=0"],
        until: STARTED,
        signal,
      });
      assert.equal(observed.signal, signal);
      // Its report names the command line, as far as there is room.
      assert.match(observed.written, /^Args: "/m);
      assert.deepEqual(place.leaks(observed), [], observed.written);
      assert.ok(place.server.received.has(place.token));
    });
  }

  test("of a program that is stopped in order", async () => {
    await using place = await Place.open();
    await runQuietly(place, { code: 0, until: STARTED, flags: ["--history-expiration=1h"] });
    assert.ok(place.server.minted.every((minted) => place.server.received.has(minted)));
  });
});

describe("a program that was changed", () => {
  let mutants: Directory;
  before(async () => {
    mutants = await temporaryDirectory();
  });
  after(() => mutants[Symbol.asyncDispose]());

  /** The sources with a line planted behind the one where authorize() takes its secret, run by Bun. */
  async function mutant(name: string, line: string): Promise<[string, ...string[]]> {
    const root = join(mutants.path, name);
    await cp(join(ROOT, "src"), join(root, "src"), { recursive: true });
    for (const linked of ["node_modules", "package.json"]) await symlink(join(ROOT, linked), join(root, linked));
    const path = join(root, "src/auth/authorize.ts");
    const text = await readFile(path, "utf8");
    const place = "    const secret = await credential.current(signal);\n";
    assert.equal(text.split(place).length, 2, "the line is where it was");
    await writeFile(path, text.replace(place, `${place}    ${line}\n`));
    return [BUN, join(root, "src/main.ts")];
  }

  /** What the changed program writes when the API quotes every header. */
  async function run(
    command: [string, ...string[]],
    until: RegExp | undefined,
  ): Promise<{ observed: Observed; leaks: string[] }> {
    await using place = await Place.open();
    place.server.api = (request) => kubeStatus(500, quoted(request).raw ?? "");
    const args = [
      `--token=${place.token}`,
      ...place.exchange,
      ...place.api,
      "--log-level=debug",
      "--health-probe-bind-address=0",
    ];
    const observed = await observe({ command, args, until });
    assert.ok(until === undefined || place.server.minted.every((minted) => place.server.received.has(minted)));
    assert.ok(place.server.minted.length > 0);
    return { observed, leaks: place.leaks(observed) };
  }

  test("by nothing is as quiet as the binary", async () => {
    const { observed, leaks } = await run(await mutant("same", ""), TROUBLE);
    assert.deepEqual([observed.code, leaks], [0, []], observed.written);
  });

  for (
    const [name, line] of Object.entries({
      "a log of the token": "console.log(secret.reveal());",
      "an error output of the header": "console.error({ headers: withSecret(init, credential.header, secret).headers });",
      "a log of a piece of it": "console.log(secret.reveal().slice(4, 20));",
      "a log of it in base64": "console.log(btoa(`Bearer ${secret.reveal()}`));",
      "a file of it": 'await Bun.write("trace.txt", secret.reveal());',
    })
  ) {
    test(`by ${name} is found out`, async () => {
      const { observed, leaks } = await run(await mutant(name.replaceAll(" ", "-"), line), TROUBLE);
      assert.equal(leaks.length, 1, observed.written);
    });
  }

  for (
    const [name, line] of Object.entries({
      "throws the token where nobody catches it": "setTimeout(() => { throw new Error(`refused ${secret.reveal()}`); });",
      "throws it as a cause": 'setTimeout(() => { throw new Error("refused", { cause: new Error(secret.reveal()) }); });',
      "throws it inside an object":
        'const options = withSecret(init, credential.header, secret); setTimeout(() => { throw Object.assign(new Error("x"), { options }); });',
      "throws it bare": "setTimeout(() => { throw secret.reveal(); });",
      "rejects with it where nobody waits": "void Promise.reject(new Error(`refused ${btoa(secret.reveal())}`));",
      "has it for a name in its stack": "setTimeout(() => { throw Object.assign(new Error('x'), { name: secret.reveal() }); });",
    })
  ) {
    test(`so that it ${name} ends with 1, as a bug, without it`, async () => {
      const { observed, leaks } = await run(await mutant(name.replaceAll(" ", "-"), line), undefined);
      assert.equal(observed.code, 1, observed.written);
      assert.match(observed.written, /"kind":"bug","code":1/);
      assert.deepEqual(leaks, [], observed.written);
    });
  }
});
