// The ways to a server: kinds of credentials and files that change, trust, versions; each against a dev server.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import type { Answer } from "../../src/devserver/wire/call.ts";
import type { RequestFacts } from "../../src/devserver/front.ts";
import { createAuthority } from "../support/certs.ts";
import { BEARER, Output, runBinary, Site, start } from "../support/binary.ts";
import { BINARY, type Controller, STARTED } from "../support/controller.ts";

const NO_PAGES = "--health-probe-bind-address=0";
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** Follows, tells of one job, and ends in order. */
async function works(site: Site, controller: Controller): Promise<void> {
  await controller.started();
  const job = site.createJob("one");
  await controller.notified(job.uid);
  assert.equal(await controller.stop(), 0);
  assert.deepEqual([...controller.counts()], [[job.uid, 1]]);
  assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
}

function apiRequests(site: Site): RequestFacts[] {
  return site.devserver.requests.filter(({ server }) => server === "api");
}

/** What an exchange says that has signed. */
async function signed(site: Site): Promise<Answer> {
  return { status: 200, body: JSON.stringify({ status: "success", data: { token: await site.devserver.mintToken() } }) };
}

describe("credentials", () => {
  test("--bearer-token-file is sent as Authorization, and no exchange is asked", async () => {
    await using site = await Site.open({ bearerToken: BEARER });
    const file = await site.directory.write("bearer", `${BEARER.reveal()}\n`);
    await works(site, site.launch([`--bearer-token-file=${file}`, ...site.server, NO_PAGES]));
    assert.deepEqual([...new Set(apiRequests(site).map(({ headers }) => headers.authorization))], [`Bearer ${BEARER.reveal()}`]);
    assert.deepEqual(apiRequests(site).filter(({ headers }) => headers["x-access-token"] !== undefined), []);
    assert.equal(site.devserver.requests.length, apiRequests(site).length);
  });

  test("--kubeconfig with embedded CA, client certificate and token, mutual TLS required", async () => {
    await using site = await Site.open({ bearerToken: BEARER, mtls: "required" });
    const { ca, client } = site.devserver.certificates;
    const kubeconfig = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "nowhere", cluster: { server: "https://127.0.0.1:9" } },
        { name: "here", cluster: { server: site.devserver.apiUrl, "certificate-authority-data": base64(ca) } },
      ],
      users: [{
        name: "us",
        user: { token: BEARER.reveal(), "client-certificate-data": base64(client.cert), "client-key-data": base64(client.key) },
      }],
      contexts: [
        { name: "wrong", context: { cluster: "nowhere", user: "us" } },
        { name: "right", context: { cluster: "here", user: "us" } },
      ],
      "current-context": "wrong",
    };
    const file = await site.directory.write("kubeconfig", JSON.stringify(kubeconfig));
    await works(site, site.launch([`--kubeconfig=${file}`, "--context=right", NO_PAGES]));
    assert.deepEqual([...new Set(apiRequests(site).map(({ serial }) => serial))], [client.serial]);
    const { code, stderr } = await runBinary([`--kubeconfig=${file}`, "--context=rigth", NO_PAGES]);
    assert.equal(code, 2);
    assert.match(stderr, /^Error: Cannot .*"rigth".*right.*\n$/);
  });

  test("a token file that changed is read again when the exchange refuses what was in it", async () => {
    let accepted = "first";
    const site = await Site.open({
      onRequest({ server, headers }) {
        if (server === "api") return undefined;
        const known = headers.authorization === `Bearer ${accepted}`;
        return known ? signed(site) : { status: 401, body: '{"status":"error","error":"revoked"}' };
      },
    });
    await using _ = site;
    const file = await site.directory.write("token", "first\n");
    const controller = site.launch([`--token-file=${file}`, `--token-exchange-url=${site.devserver.exchangeUrl}`, ...site.server, NO_PAGES]);
    await controller.started();
    accepted = "second";
    await writeFile(file, "second\n");
    site.devserver.refuseAuth();
    site.devserver.closeWatches();
    await site.devserver.watching(1);
    await works(site, controller);
    const sent = site.devserver.requests.filter(({ server }) => server === "exchange").map(({ headers }) => headers.authorization);
    assert.deepEqual(sent, ["Bearer first", "Bearer first", "Bearer second"]);
    assert.deepEqual(controller.lines.filter(({ level }) => level !== "INFO"), []);
  });

  test("--token-file=- takes the token from standard input, once", async () => {
    await using site = await Site.open();
    const flags = ["--token-file=-", `--token-exchange-url=${site.devserver.exchangeUrl}`, ...site.server, NO_PAGES];
    const child = start(BINARY, flags, { input: `${site.token}\n` });
    await new Output(child).until(new RegExp(STARTED));
    site.devserver.refuseAuth();
    site.devserver.closeWatches();
    await site.devserver.watching(1);
    child.kill("SIGTERM");
    assert.equal(await new Promise((resolve) => child.once("exit", resolve)), 0);
  });

  test("$CREDENTIALS_DIRECTORY/token is taken where none is named", async () => {
    await using site = await Site.open();
    await site.directory.write("token", site.token);
    const flags = [`--token-exchange-url=${site.devserver.exchangeUrl}`, ...site.server, NO_PAGES];
    await works(site, site.launch(flags, { env: { CREDENTIALS_DIRECTORY: site.directory.path } }));
  });
});

describe("trust", () => {
  test("without a CA the server is not verified, and that is said", async () => {
    await using site = await Site.open();
    const controller = site.launch([...site.credential, site.address, NO_PAGES]);
    await works(site, controller);
    const told = controller.lines.filter(({ level }) => level !== "INFO").map(({ msg }) => msg);
    assert.deepEqual(told, ["TLS certificate of the provisioning server is not verified"]);
  });

  test("a client certificate is shown where it is required", async () => {
    await using site = await Site.open({ mtls: "required" });
    await works(site, site.start(site.clientCertificate));
    assert.deepEqual([...new Set(apiRequests(site).map(({ serial }) => serial))], [site.devserver.certificates.client.serial]);
  });

  test("an exchange with TLS is verified by its own CA, never by the API's flags", async () => {
    await using site = await Site.open();
    const ca = await createAuthority("exchange CA");
    const server = createServer(await ca.server(), (request, response) => {
      request.resume();
      void signed(site).then(({ status, body }) => response.writeHead(status, { "content-type": "application/json" }).end(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/sign`;
    try {
      const flags = [`--token=${site.token}`, `--token-exchange-url=${url}`, ...site.server, NO_PAGES];
      const untrusting = site.launch(flags);
      const { error } = await untrusting.until(({ level }) => level === "WARN");
      assert.match(String(error), /^Cannot reach the token exchange at ".*": .*its certificate was issued by "CN=exchange CA"/);
      assert.match(String(error), /give that CA with --token-exchange-ca-file$/);
      assert.equal(await untrusting.stop(), 0);
      await works(site, site.launch([...flags, `--token-exchange-ca-file=${await site.directory.write("exchange-ca.pem", ca.cert)}`]));
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("--api-version", () => {
  const noAlpha = ({ path }: RequestFacts) => (path.includes("/v0alpha1/") ? { status: 404, body: "404 page not found\n" } : undefined);

  test("v1beta1 is taken where the default is not served", async () => {
    await using site = await Site.open({ onRequest: noAlpha });
    const controller = site.start();
    await works(site, controller);
    assert.deepEqual(controller.of("API version chosen").map(({ version }) => version), ["v1beta1"]);
  });

  test("one that was named is the only one", async () => {
    await using site = await Site.open({ onRequest: noAlpha });
    const controller = site.start(["--api-version=v0alpha1"]);
    const { error } = await controller.until(({ level }) => level === "WARN");
    assert.equal(error, "Cannot list jobs in all namespaces: server answered 404");
    assert.equal(await controller.stop(), 0);
    assert.deepEqual(apiRequests(site).filter(({ path }) => !path.includes("/v0alpha1/")), []);
  });
});
