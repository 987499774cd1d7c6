// The time before the first list: what is retried and how often it is said, how --startup-timeout ends it, and signals.

import assert from "node:assert/strict";
import { describe } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import type { Answer } from "../../src/devserver/wire/call.ts";
import { type Directory, temporaryDirectory } from "../support/certs.ts";
import { BEARER, refusal, sideBySide, Site } from "../support/binary.ts";
import { Controller } from "../support/controller.ts";
import { tcpServer } from "../support/servers.ts";

const REFUSED = "connection refused; check that the server is running and that host and port are right";
const HTML: Answer = { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: "<!doctype html><title>Sign in</title>" };
const NO_SUCH_API: Answer = { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };

/** Flags with a credential that needs no exchange. */
async function bearerFlags(directory: Directory): Promise<string[]> {
  return [`--bearer-token-file=${await directory.write("bearer", BEARER.reveal())}`, "--health-probe-bind-address=0"];
}

/** A site whose API answers everything alike until it is mended. */
async function broken(answer: Answer): Promise<{ site: Site; mend(): void }> {
  let whole = false;
  const site = await Site.open({ onRequest: ({ server }) => (whole || server === "exchange" ? undefined : answer) });
  return { site, mend: () => void (whole = true) };
}

/** Three attempts fail and one WARN says so; once mended, all comes to a good end. */
async function retriedWithOneWarning(controller: Controller, mend: () => unknown, what: { error: RegExp; next?: RegExp }): Promise<void> {
  let attempts = 0;
  await controller.until(({ msg }) => msg === "attempt failed" && ++attempts === 3);
  const [warning, ...more] = controller.lines.filter(({ level, msg }) => level === "WARN" && msg.includes("retrying"));
  assert.deepEqual(more, []);
  assert.equal(warning?.what, "jobs: watch");
  assert.match(String(warning?.error), what.error);
  assert.match(String(warning?.since), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(?:Z|[+-]\d\d:\d\d)$/);
  if (what.next === undefined) assert.equal(warning?.next, undefined);
  else assert.match(String(warning?.next), what.next);
  await mend();
  await controller.started();
  assert.match(String((await controller.until(({ msg }) => msg === "provisioning API usable again")).after), /^\d+(?:\.\d+)?m?s$/);
  assert.equal(await controller.stop(), 0);
  assert.equal(controller.stderr, "");
}

const PATIENT = ["--resync-interval=1s", "--log-level=debug"];

describe("a server that is not there yet", () => {
  sideBySide(4, {
    async "nobody listens"() {
      const [api, exchange] = [await closedPort(), await closedPort()];
      const url = `http://127.0.0.1:${exchange}/sign/access-token`;
      const flags = [`--provisioning-server-url=https://127.0.0.1:${api}`, `--token-exchange-url=${url}`, "--health-probe-bind-address=0"];
      const controller = new Controller(["--token=ProvisioningAdminToken", ...flags, ...PATIENT]);
      let site: Site | undefined;
      const mend = async () => {
        site = await Site.open({ apiAddress: `127.0.0.1:${api}`, exchangeAddress: `127.0.0.1:${exchange}` });
      };
      try {
        await retriedWithOneWarning(controller, mend, {
          error: new RegExp(`^Cannot reach the token exchange at "http://127\\.0\\.0\\.1:${exchange}/sign/access-token": .*: ${REFUSED}$`),
        });
      } finally {
        controller.signal("SIGKILL");
        await site?.[Symbol.asyncDispose]();
      }
    },

    async "a page for people answers"() {
      const { site, mend } = await broken(HTML);
      await using _ = site;
      await retriedWithOneWarning(site.start(PATIENT), mend, {
        error: /^Cannot list jobs in all namespaces: expected .*html/,
        next: /^check that --provisioning-server-url is the API server itself/,
      });
    },

    async "no such API is served"() {
      const { site, mend } = await broken(NO_SUCH_API);
      await using _ = site;
      await retriedWithOneWarning(site.start(PATIENT), mend, {
        error: /^Cannot list jobs in all namespaces: server answered 404$/,
        next: /^check --provisioning-server-url and that provisioning is switched on there$/,
      });
    },

    async "the API is in trouble"() {
      const { site, mend } = await broken(refusal(503, "ServiceUnavailable", "starting"));
      await using _ = site;
      await retriedWithOneWarning(site.start(PATIENT), mend, {
        error: /^Cannot list jobs in all namespaces: server answered 503 ServiceUnavailable: starting$/,
      });
    },
  });
});

/** Code and last words of a controller that gives up. */
async function givenUp(controller: Controller, code: number, cause: string): Promise<void> {
  assert.equal(await controller.exited, code);
  const message = `Jobs were not listed and watched within --startup-timeout 5s${cause}`;
  assert.equal(controller.stderr, `Error: ${message}\n`);
  const { time: _, ...last } = controller.lines.at(-1) ?? {};
  assert.deepEqual(last, { level: "ERROR", msg: message, logger: "provisioning-job-controller", kind: "timeout", code });
}

const GIVE_UP = "--startup-timeout=5s";

describe("--startup-timeout", () => {
  sideBySide(8, {
    async "ends with 7 and the cause when the server is not reached"() {
      await using directory = await temporaryDirectory();
      const port = await closedPort();
      const flags = [...(await bearerFlags(directory)), `--provisioning-server-url=https://127.0.0.1:${port}`, GIVE_UP];
      await givenUp(new Controller(flags), 7, `: Cannot connect to 127.0.0.1:${port}: ${REFUSED}`);
    },

    async "ends with 7 when TLS is what fails"() {
      await using site = await Site.open();
      const flags = [...site.credential, site.address, "--tls-insecure=false", "--health-probe-bind-address=0"];
      const { host } = new URL(site.devserver.apiUrl);
      const issuer = 'its certificate was issued by "CN=job-controller dev CA"';
      const cause = `: Cannot connect to ${host}: ${issuer}, which this machine does not trust; give that CA with --tls-ca-file`;
      await givenUp(site.launch([...flags, GIVE_UP]), 7, cause);
    },

    async "ends with 7 when the exchange is not reached"() {
      await using site = await Site.open();
      const url = `http://127.0.0.1:${await closedPort()}/sign`;
      const { host } = new URL(url);
      const flags = [`--token=${site.token}`, `--token-exchange-url=${url}`, ...site.server, "--health-probe-bind-address=0"];
      await givenUp(site.launch([...flags, GIVE_UP]), 7, `: Cannot reach the token exchange at "${url}": Cannot connect to ${host}: ${REFUSED}`);
    },

    async "ends with 124 and the cause when the server answers, but not with success"() {
      const { site } = await broken(NO_SUCH_API);
      await using _ = site;
      await givenUp(site.start([GIVE_UP]), 124, ": Cannot list jobs in all namespaces: server answered 404");
    },

    async "ends with 7 when nothing has answered at all"() {
      await using directory = await temporaryDirectory();
      await using silent = await tcpServer(() => {});
      const flags = [...(await bearerFlags(directory)), `--provisioning-server-url=https://127.0.0.1:${silent.port}`, GIVE_UP];
      await givenUp(new Controller(flags), 7, ": no answer has come yet; check the addresses and that no firewall is in between");
    },

    async "ends with 124 when the list takes longer"() {
      await using site = await Site.open({ onRequest: ({ query }) => (query.has("limit") && query.get("limit") !== "1" ? "hang" : undefined) });
      await givenUp(site.start([GIVE_UP]), 124, ": the first list is not complete yet");
    },

    async "is over once the start has succeeded"() {
      await using site = await Site.open();
      const controller = site.start([GIVE_UP]);
      await controller.started();
      const over = performance.now() + 5_500;
      for (let nth = 0; performance.now() < over; nth++) {
        await controller.notified(site.createJob(`job-${nth}`).uid);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.equal(await controller.stop(), 0);
    },
  });
});

describe("a signal before the first list is complete", () => {
  sideBySide(4, {
    async "while the list hangs"() {
      const asked = Promise.withResolvers<void>();
      await using site = await Site.open({
        onRequest({ server }) {
          if (server === "exchange") return undefined;
          asked.resolve();
          return "hang";
        },
      });
      const controller = site.start();
      await asked.promise;
      controller.signal("SIGTERM");
      assert.deepEqual([await controller.exited, controller.endedBy, controller.stderr], [0, null, ""]);
    },

    async "while the exchange hangs"() {
      const asked = Promise.withResolvers<void>();
      await using site = await Site.open({ onRequest: () => (asked.resolve(), "hang" as const) });
      const controller = site.start();
      await asked.promise;
      controller.signal("SIGINT");
      assert.deepEqual([await controller.exited, controller.endedBy, controller.stderr], [0, null, ""]);
    },

    async "while waiting for the next attempt"() {
      const { site } = await broken(NO_SUCH_API);
      await using _ = site;
      const controller = site.start();
      await controller.until(({ level, msg }) => level === "WARN" && msg.includes("retrying"));
      controller.signal("SIGTERM");
      assert.deepEqual([await controller.exited, controller.endedBy, controller.stderr], [0, null, ""]);
    },
  });
});
