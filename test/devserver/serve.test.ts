import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type ClientHttp2Session, type ClientHttp2Stream, connect as connectHttp2 } from "node:http2";
import { createServer } from "node:net";
import { describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import { ConfigError } from "../../src/base/errors.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { createAuthority } from "../support/certs.ts";
import { send, startDevserver, type TestDevserver } from "../support/devserver.ts";
import { ManualClock } from "../support/manual-clock.ts";

const JOBS = "/apis/provisioning.grafana.app/v0alpha1/jobs";

function clientTls({ certificates: { ca, client } }: TestDevserver): { ca: string; cert: string; key: string } {
  return { ca, cert: client.cert, key: client.key };
}

/** Resolves when no watch is open any more. */
async function unwatched(server: TestDevserver, left = 0): Promise<void> {
  while (server.watches > left) await new Promise((resolve) => setImmediate(resolve));
}

function addJobs(server: TestDevserver, count: number, pad = ""): void {
  for (let index = 0; index < count; index++) {
    server.store.create("jobs", { metadata: { name: `j${server.store.version}`, namespace: "a" }, spec: { pad } });
  }
}

describe("TLS", () => {
  test("the certificate is good for localhost, 127.0.0.1 and, where there is one, ::1", async () => {
    await using server = await startDevserver({ apiAddress: "localhost:0" });
    const { port } = new URL(server.apiUrl);
    const tls = { ca: server.certificates.ca };
    assert.equal(server.apiUrl, `https://localhost:${port}`);
    for (const host of ["localhost", "127.0.0.1"]) {
      assert.equal((await send("GET", `https://${host}:${port}/livez`, undefined, { tls })).text, "ok");
    }
    const six = await send("GET", `https://[::1]:${port}/livez`, undefined, { tls }).catch((error: { code: string }) =>
      error.code
    );
    if (typeof six === "string") assert.match(six, /^(?:ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH)$/);
    else assert.equal(six.text, "ok");
  });

  test("a client that does not know the CA refuses the server", async () => {
    await using server = await startDevserver();
    await assert.rejects(send("GET", `${server.apiUrl}/livez`));
  });

  test("off asks for no client certificate", async () => {
    await using server = await startDevserver({ mtls: "off" });
    assert.equal((await server.call("GET", "jobs", undefined, { tls: clientTls(server) })).status, 200);
    assert.equal(server.requests.at(-1)?.serial, undefined);
  });

  test("optional takes none, takes its own CA's and tells which; another CA's is 401", async () => {
    await using server = await startDevserver({ mtls: "optional" });
    assert.equal((await server.call("GET", "jobs")).status, 200);
    assert.equal(server.requests.at(-1)?.serial, undefined);
    assert.equal((await server.call("GET", "jobs", undefined, { tls: clientTls(server) })).status, 200);
    assert.equal(server.requests.at(-1)?.serial, server.certificates.client.serial);
    const stranger = await (await createAuthority()).client();
    const reply = await server.call("GET", "jobs", undefined, {
      tls: { ca: server.certificates.ca, cert: stranger.cert, key: stranger.key },
    });
    assert.equal(reply.status, 401);
    assert.match(reply.json.message ?? "", /unknown authority/);
  });

  test("required refuses the handshake without a certificate and with another CA's", async () => {
    await using server = await startDevserver({ mtls: "required" });
    assert.equal((await server.call("GET", "jobs", undefined, { tls: clientTls(server) })).status, 200);
    await assert.rejects(server.call("GET", "jobs"));
    const stranger = await (await createAuthority()).client();
    await assert.rejects(
      server.call("GET", "jobs", undefined, { tls: { ca: server.certificates.ca, cert: stranger.cert, key: stranger.key } }),
    );
    assert.equal(server.requests.length, 1);
  });

  test("further client pairs of the CA are told apart", async () => {
    await using server = await startDevserver({ mtls: "required" });
    const next = await server.certificates.issueClient("next");
    const tls = { ca: server.certificates.ca, cert: next.cert, key: next.key };
    assert.equal((await server.call("GET", "jobs", undefined, { tls })).status, 200);
    assert.equal(server.requests.at(-1)?.serial, next.serial);
    assert.notEqual(next.serial, server.certificates.client.serial);
  });
});

describe("HTTP/2", () => {
  async function withSession(
    run: (server: TestDevserver, open: (path: string) => ClientHttp2Stream, session: ClientHttp2Session) => Promise<void>,
  ) {
    await using server = await startDevserver({ mtls: "required" });
    const token = await server.mintToken();
    const session = connectHttp2(server.apiUrl, clientTls(server));
    session.on("error", () => {});
    try {
      await run(server, (path) => session.request({ ":path": path, "x-access-token": token }).on("error", () => {}), session);
    } finally {
      session.destroy();
    }
  }

  test("lists, and tells the certificate of the connection", () =>
    withSession(async (server, open) => {
      const stream = open(JOBS);
      const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
      let text = "";
      for await (const chunk of stream.setEncoding("utf8")) text += chunk;
      assert.equal(headers[":status"], 200);
      assert.match(text, /"JobList"/);
      assert.equal(server.requests.at(-1)?.serial, server.certificates.client.serial);
    }));

  test("watches share a connection, and each one's end is noticed", () =>
    withSession(async (server, open, session) => {
      const [first, second] = [open(`${JOBS}?watch=1`), open(`${JOBS}?watch=1`)];
      await server.watching(2);
      addJobs(server, 1);
      const [chunk] = (await once(second.setEncoding("utf8"), "data")) as [string];
      assert.match(chunk, /^\{"type":"ADDED"/);
      first.close();
      await unwatched(server, 1);
      session.destroy();
      await unwatched(server);
    }));
});

describe("watches over real connections", () => {
  test("headers come before the first event, events as they happen, a burst without loss", async () => {
    await using server = await startDevserver();
    const lines = await server.watch("jobs");
    assert.deepEqual([lines.status, lines.headers["content-type"]], [200, "application/json"]);
    addJobs(server, 3_000, "x".repeat(500));
    const versions: string[] = [];
    while (versions.length < 3_000) versions.push((await lines.next())?.object.metadata.resourceVersion ?? "end");
    assert.deepEqual(versions, [...server.store.entries("jobs")].map(({ version }) => server.store.versionText(version)).sort());
    lines.close();
    await unwatched(server);
  });

  test("timeoutSeconds ends the stream politely", async () => {
    const clock = new ManualClock();
    await using server = await startDevserver({ clock });
    const lines = await server.watch("jobs", "timeoutSeconds=5");
    await server.watching(1);
    await clock.advance(5_000);
    assert.equal(await lines.next(), undefined);
  });

  test("closeWatches() ends politely or breaks off", async () => {
    await using server = await startDevserver();
    const polite = await server.watch("jobs");
    server.closeWatches();
    assert.equal(await polite.next(), undefined);
    const broken = await server.watch("jobs");
    await server.watching(1);
    server.closeWatches("destroy");
    await assert.rejects(broken.next());
  });

  test("dropEvents() and forgetEvents() lose silently", async () => {
    await using server = await startDevserver();
    const before = server.store.version;
    const end = server.dropEvents(({ type }) => type === "ADDED");
    addJobs(server, 1);
    end();
    addJobs(server, 1);
    const resumed = await server.watch("jobs", `resourceVersion=${before}`);
    assert.equal((await resumed.next())?.object.metadata.resourceVersion, server.store.versionText());
    resumed.close();
    server.forgetEvents();
    const late = await server.watch("jobs", `resourceVersion=${before}`);
    await server.watching(1);
    addJobs(server, 1);
    assert.equal((await late.next())?.object.metadata.resourceVersion, server.store.versionText());
    late.close();
  });

  test("a reader that stopped reading is cut off", async () => {
    await using server = await startDevserver({ behaviour: { slowReaderMs: 200 } });
    const token = await server.mintToken();
    const url = `${server.apiUrl}${JOBS}?watch=1`;
    const reader = spawn("curl", [
      "-s",
      "-N",
      "--insecure",
      "--http1.1",
      "-H",
      `X-Access-Token: ${token}`,
      "-o",
      "/dev/null",
      url,
    ], { stdio: "ignore" });
    await server.watching(1);
    reader.kill("SIGSTOP");
    while (server.watches > 0) {
      addJobs(server, 20, "x".repeat(20_000));
      await systemClock.sleep(1);
    }
    // Its exit is not awaited: Deno never tells that of a child that was stopped.
    reader.kill("SIGKILL");
  });
});

describe("Devserver", () => {
  test("refuseAuth() refuses as often as it is told", async () => {
    await using server = await startDevserver();
    server.refuseAuth(2);
    const statuses: number[] = [];
    for (let index = 0; index < 3; index++) statuses.push((await server.call("GET", "jobs")).status);
    assert.deepEqual(statuses, [401, 401, 200]);
  });

  test("onRequest sees both servers, and may answer, cut off or keep waiting", async () => {
    await using server = await startDevserver({
      onRequest({ path }) {
        if (path.endsWith("/historicjobs")) {
          return { status: 503, body: "<html>", headers: { "content-type": "text/html", "retry-after": "7" } };
        }
        if (path.endsWith("/repositories")) return "abort";
        return path === "/livez" ? "hang" : undefined;
      },
    });
    const taken = await server.call("GET", "historicjobs");
    assert.deepEqual([taken.status, taken.text, taken.headers["content-type"], taken.headers["retry-after"]], [
      503,
      "<html>",
      "text/html",
      "7",
    ]);
    await assert.rejects(server.call("GET", "repositories"));
    const hanging = server.call("GET", "/livez").then(() => "answered", () => "cut");
    assert.equal((await server.call("GET", "jobs?limit=1")).status, 200);
    await send("POST", server.exchangeUrl, {});
    const seen = server.requests.map(({ server: which, method, path, query }) =>
      `${which} ${method} ${path.split("/").at(-1)} ${query}`.trim()
    );
    assert.deepEqual(seen.sort(), [
      "api GET historicjobs",
      "api GET jobs limit=1",
      "api GET livez",
      "api GET repositories",
      "exchange POST access-token",
    ]);
    await server.close();
    assert.equal(await hanging, "cut");
  });

  test("responses carry the clock's Date, or none", async () => {
    const clock = new ManualClock(Date.UTC(2026, 1, 3, 4, 5, 6, 789));
    await using server = await startDevserver({ clock });
    assert.equal((await server.call("GET", "jobs")).headers["date"], "Tue, 03 Feb 2026 04:05:06 GMT");
    assert.equal((await server.call("GET", "jobs/none/x")).headers["date"], "Tue, 03 Feb 2026 04:05:06 GMT");
    await using silent = await startDevserver({ behaviour: { sendDate: false } });
    assert.equal((await silent.call("GET", "jobs")).headers["date"], undefined);
  });

  test("grantedNamespace and permissions bind what the exchange gives", async () => {
    await using server = await startDevserver({ grantedNamespace: "stacks-1", permissions: ["provisioning.grafana.app/jobs:*"] });
    const headers = { authorization: "Bearer ProvisioningAdminToken" };
    const body = { namespace: "*", audiences: ["provisioning.grafana.app"] };
    const token = (await send("POST", server.exchangeUrl, body, { headers })).json.data?.token ?? "";
    const get = async (path: string) =>
      (await server.call("GET", path, undefined, { headers: { "x-access-token": token } })).status;
    assert.deepEqual([await get("jobs"), await get("namespaces/stacks-1/jobs"), await get("namespaces/stacks-1/historicjobs")], [
      403,
      200,
      403,
    ]);
  });

  test("simulate takes a job to history", async () => {
    await using server = await startDevserver({ simulate: "duration:1ms" });
    const lines = await server.watch("historicjobs");
    await server.watching(1);
    const { metadata } =
      (await server.call("POST", "namespaces/default/repositories/test6/jobs", { action: "pull", pull: {} })).json;
    const historic = (await lines.next())?.object;
    lines.close();
    assert.equal(historic?.metadata.labels?.["provisioning.grafana.app/original-uid"], metadata.uid);
    const past = await server.call("GET", `namespaces/default/repositories/test6/jobs/${metadata.uid}`);
    assert.deepEqual(past.json.status?.["state"], "success");
  });

  test("logRequests writes a line per request, with the behaviours and faults that took part", async () => {
    const written: string[] = [];
    const faults = ["status:503,verb=create"];
    await using server = await startDevserver({ logRequests: true, faults, write: (line) => written.push(line) });
    await server.call("GET", "jobs");
    await server.call("GET", "jobs?limit=x");
    await server.call("POST", "namespaces/default/jobs", {});
    assert.match(written[0] ?? "", new RegExp(`^api GET ${JOBS} 200 \\d+ms rows=\\S*\\bpage-size\\b\\S*$`));
    assert.match(written[1] ?? "", / 400 \d+ms rows=/);
    assert.match(written[2] ?? "", / 503 \d+ms faults=status:503,verb=create$/);
  });

  test("close() breaks open watches and frees the ports", async () => {
    const apiAddress = `127.0.0.1:${await closedPort()}`;
    const server = await startDevserver({ apiAddress });
    const lines = await server.watch("jobs");
    await server.close();
    await assert.rejects(lines.next());
    const again = await startDevserver({ apiAddress });
    await again.close();
  });

  for (const host of ["", "0.0.0.0", "[::]"]) {
    test(`of all interfaces, "${host}:0", localhost is named`, async () => {
      await using server = await startDevserver({ apiAddress: `${host}:0`, exchangeAddress: `${host}:0` });
      assert.match(server.apiUrl, /^https:\/\/localhost:\d+$/);
      assert.match(server.exchangeUrl, /^http:\/\/localhost:\d+\//);
      assert.equal((await server.call("GET", "/livez")).text, "ok");
    });
  }

  test("an address that is taken is named", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as { port: number };
    for (const host of ["127.0.0.1", "localhost"]) {
      const address = `${host}:${port}`;
      for (const [name, options] of [["api", { apiAddress: address }], ["exchange", { exchangeAddress: address }]] as const) {
        await assert.rejects(startDevserver(options), (error) => {
          assert.ok(error instanceof ConfigError);
          assert.match(error.message, new RegExp(`^Cannot listen on --${name}-address "${address}": expected a free port; .* \\(EADDRINUSE\\)$`));
          return true;
        });
      }
    }
    holder.close();
  });

  for (
    const options of [{ apiAddress: "localhost" }, { apiAddress: "localhost:70000" }, { exchangeAddress: ":x" }, {
      repositories: ["a/b/c"],
    }, { repositories: [""] }]
  ) {
    test(`refuses ${JSON.stringify(options)}`, async () => {
      await assert.rejects(startDevserver(options), ConfigError);
    });
  }
});
