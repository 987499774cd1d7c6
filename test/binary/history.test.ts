// `history` as people and scripts call it: what comes on which stream, and with which code it ends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { describe } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { BEARER, refusal, runBinary, sideBySide, Site, start } from "../support/binary.ts";
import { ended } from "../support/children.ts";
import { BINARY } from "../support/controller.ts";

const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

/** Five characters as a server adds them, another for each number. */
function suffix(nth: number): string {
  return Array.from({ length: 5 }, (_, place) => ALPHABET[Math.floor(nth / ALPHABET.length ** place) % ALPHABET.length]).join("");
}

/** Adds so many records to a site. */
function fill(site: Site, count: number): void {
  for (let nth = 0; nth < count; nth++) {
    site.devserver.store.create("historicjobs", {
      metadata: { name: `demo-sync-${suffix(nth)}`, namespace: "default" },
      spec: { action: "pull", repository: "demo", pull: { incremental: false } },
      status: { state: "success", started: 1_756_111_200_000, finished: 1_756_111_201_000 + nth },
    });
  }
}

/** How `history` ends on a server of its own. */
async function outcome(options: Partial<DevserverOptions>, flags: (site: Site) => string[]) {
  await using site = await Site.open(options);
  const { code, stdout, stderr } = await runBinary(["history", ...flags(site)]);
  assert.ok(!`${stdout}${stderr}`.includes(site.token));
  return { code, stdout, stderr };
}

const whole = (site: Site) => [...site.credential, ...site.server];

describe("history ends with", () => {
  sideBySide(4, {
    async "0 and a table, what it does not show on standard error"() {
      await using site = await Site.open();
      fill(site, 3);
      const { code, stdout, stderr } = await runBinary(["history", ...whole(site), "--limit=2", "-n", "default"]);
      assert.match(stdout, /^JOB +ACTION +OUTCOME +AGE +DURATION +CHANGES +FIRST ERROR +URL\ndemo-sync +pull +success +\d+d +1s +- +- +-\ndemo-sync .*\n$/);
      assert.deepEqual([code, stderr], [0, "Older ones that are not shown: 1; give a larger --limit\n"]);
    },

    async "0 and one document, and not a word beside it"() {
      await using site = await Site.open();
      fill(site, 3);
      const { code, stdout, stderr } = await runBinary(["history", ...whole(site), "--limit=2", "-o", "json"]);
      const { schemaVersion, summary } = JSON.parse(stdout) as { schemaVersion: number; summary: Record<string, number> };
      assert.deepEqual([code, stderr, schemaVersion, summary.shown, summary.matched], [0, "", 1, 2, 3]);
    },

    async "0 over the environment of run, with mutual TLS"() {
      await using site = await Site.open({ mtls: "required" });
      fill(site, 1);
      const env = {
        JOB_CONTROLLER_TOKEN: site.token, JOB_CONTROLLER_TOKEN_EXCHANGE_URL: site.devserver.exchangeUrl,
        JOB_CONTROLLER_PROVISIONING_SERVER_URL: site.devserver.apiUrl, JOB_CONTROLLER_TLS_CA_FILE: site.files.ca,
        JOB_CONTROLLER_TLS_CERT_FILE: site.files.cert, JOB_CONTROLLER_TLS_KEY_FILE: site.files.key, JOB_CONTROLLER_HISTORY_OUTPUT: "wide",
      };
      const { code, stdout, stderr } = await runBinary(["history"], { env });
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /^NAMESPACE .*\ndefault +demo-sync +demo +pull +success +2025-08-25T08:40:01Z /);
    },

    async "0 without verification only when told so, and then with a warning"() {
      const { code, stderr } = await outcome({}, (site) => [...site.credential, site.address, "--tls-insecure"]);
      assert.equal(code, 0);
      assert.match(stderr, /^\S+ WARN {2}TLS certificate of the provisioning server is not verified /);
    },

    async "7 where the server's certificate is not trusted"() {
      const { code, stdout, stderr } = await outcome({}, (site) => [...site.credential, site.address]);
      assert.deepEqual([code, stdout], [7, ""]);
      assert.match(stderr, /^Error: Cannot connect to 127\.0\.0\.1:\d+: its certificate was issued by .*; give that CA with --tls-ca-file\n$/);
    },

    async "7 where nobody listens, of the API or the exchange"() {
      const port = await closedPort();
      const api = await outcome({}, (site) => [...site.credential, `--provisioning-server-url=https://127.0.0.1:${port}`]);
      assert.equal(api.code, 7);
      assert.match(api.stderr, /^Error: Cannot connect to 127\.0\.0\.1:\d+: connection refused; [^\n]*\n$/);
      const exchange = await outcome({}, (site) => [...site.server, `--token=${site.token}`, `--token-exchange-url=http://127.0.0.1:${port}/`]);
      assert.equal(exchange.code, 7);
      assert.match(exchange.stderr, /^Error: Cannot reach the token exchange at .*connection refused; [^\n]*\n$/);
    },

    async "3 where the exchange, the API or its rules refuse"() {
      const rows: [Partial<DevserverOptions>, (site: Site) => string[], RegExp][] = [
        [{}, (site) => [...site.server, "--token=wrong", `--token-exchange-url=${site.devserver.exchangeUrl}`], /the server answered 401 Unauthorized/],
        [{ onRequest: ({ server }) => (server === "api" ? refusal(401, "Unauthorized", "no") : undefined) }, whole, /Cannot list historicjobs in all namespaces: server answered 401/],
        [{ grantedNamespace: "team-a" }, whole, /server answered 403 .*; if only some namespaces are granted, name them with --namespace\n$/],
      ];
      for (const [options, flags, message] of rows) {
        const { code, stdout, stderr } = await outcome(options, flags);
        assert.deepEqual([code, stdout], [3, ""], stderr);
        assert.match(stderr, message);
      }
    },

    async "6 where the history is in Loki, and where there is no such API"() {
      const loki = await outcome({ settings: ["history=loki"] }, whole);
      assert.deepEqual([loki.code, loki.stdout, loki.stderr.split(";")[0]], [
        6, "", "Error: Cannot show the history: this server has Jobs and no HistoricJobs, as a Grafana that keeps its history in Loki",
      ]);
      const none = await outcome({ onRequest: ({ server }) => (server === "api" ? { status: 404, body: "404 page not found\n" } : undefined) }, whole);
      assert.equal(none.code, 6);
      assert.match(none.stderr, /^Error: Cannot list historicjobs in all namespaces: server answered 404; expected a provisioning API: check /);
    },

    async "1 where an answer is of no use"() {
      for (const answer of [{ status: 200, headers: { "content-type": "text/html" }, body: "<title>Sign in</title>" }, refusal(500, "InternalError", "database is locked")]) {
        const { code, stdout, stderr } = await outcome({ onRequest: ({ server }) => (server === "api" ? answer : undefined) }, whole);
        assert.deepEqual([code, stdout], [1, ""]);
        assert.match(stderr, /^Error: Cannot list historicjobs in all namespaces: [^\n]*\n$/);
      }
    },

    async "2 before anything is sent where the command line is no good"() {
      const { code, stderr } = await outcome({}, (site) => [...whole(site), "--outcome=failed"]);
      assert.deepEqual([code, stderr.split("\n").slice(0, 2)], [2, [
        'Error: Cannot parse --outcome "failed": expected one of success, warning, error', 'Run "job-controller history --help" for the flags',
      ]]);
    },

    async "5 at Ctrl-C, whatever it waits for"() {
      const asked = Promise.withResolvers<void>();
      await using site = await Site.open({
        onRequest: ({ server }) => {
          if (server !== "api") return undefined;
          asked.resolve();
          return "hang";
        },
      });
      const child = start(BINARY, ["history", ...whole(site)]);
      const over = ended(child);
      await asked.promise;
      child.kill("SIGINT");
      const { code, stdout, stderr } = await over;
      assert.deepEqual([code, stdout, stderr], [5, "", ""]);
    },

    async "141 when its reader leaves"() {
      await using site = await Site.open();
      fill(site, 4_000);
      const child = start("bash", ["-c", '"$@" | head -n 2; exit ${PIPESTATUS[0]}', "bash", BINARY, "history", ...whole(site), "--limit=4000"]);
      const { code, stdout } = await ended(child);
      assert.deepEqual([code, stdout.split("\n").length], [141, 3]);
    },

    async "3 with a bearer token that a stock Grafana does not know, 0 with the right one"() {
      await using site = await Site.open({ bearerToken: BEARER });
      for (const [token, expected] of [["another", 3], [BEARER.reveal(), 0]] as const) {
        const file = await site.directory.write(`bearer-${expected}`, token);
        const child = start(BINARY, ["history", ...site.server, `--bearer-token-file=${file}`]);
        const [code] = (await once(child, "exit")) as [number];
        assert.equal(code, expected);
      }
    },
  });
});
