// The program from source under `deno run`, with no permission beyond those listed here.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { closedPort } from "../../scripts/ports.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { Controller, NOTIFICATION } from "../support/controller.ts";
import { startDevserver } from "../support/devserver.ts";
import { parseExposition } from "../support/exposition.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** No look for a newer Deno. */
const QUIET = { DENO_NO_UPDATE_CHECK: "1" };
const HOST = "Deno" in globalThis ? "deno" : "bun";

/** Addresses and paths of one use of the program, and what they need of Deno. */
interface Use {
  api: string;
  exchange: string;
  tokenFile: string;
  caFile: string;
  certFile: string;
  keyFile: string;
}

const VARIABLES = ["TERM", "TEST", "CI"];

/**
 * Everything that `run` is granted. A dependency asks for the variables while it is loaded; settings by environment
 * want `JOB_CONTROLLER_*` beside them, proxies their variables, health pages another --allow-net.
 */
function permissions({ api, exchange, tokenFile, caFile, certFile, keyFile }: Use): string[] {
  return [
    "--no-prompt",
    `--allow-net=${new URL(api).host},${new URL(exchange).host}`,
    `--allow-read=${[tokenFile, caFile, certFile, keyFile].join(",")}`,
    `--allow-env=${VARIABLES.join(",")}`,
  ];
}

function flags({ api, exchange, tokenFile, caFile, certFile, keyFile }: Use): string[] {
  return [
    `--token-file=${tokenFile}`,
    `--token-exchange-url=${exchange}`,
    `--provisioning-server-url=${api}`,
    `--tls-ca-file=${caFile}`,
    `--tls-cert-file=${certFile}`,
    `--tls-key-file=${keyFile}`,
    "--history-expiration=1h",
  ];
}

describe(`the program under deno run, as ${HOST} starts it`, () => {
  test("permissions are addresses and names, never a whole kind", () => {
    const use = { api: "https://a:1", exchange: "http://b:2/x", tokenFile: "/t", caFile: "/a", certFile: "/c", keyFile: "/k" };
    const granted = permissions(use).filter((flag) => flag.startsWith("--allow-"));
    assert.deepEqual(granted.filter((flag) => !/^--allow-(?:net|read|env)=[^*]+$/.test(flag)), []);
    assert.equal(granted.length, 3);
  });

  // Where Bun runs the tests, Deno may be missing.
  if (HOST === "deno") {
    test("notifies, prunes and ends in order over mutual TLS with these permissions alone", { timeout: 120_000 }, async () => {
      await using directory = await temporaryDirectory();
      await using dev = await startDevserver({ mtls: "required", stateDir: directory.path });
      assert.ok(dev.files);
      const { ca: caFile, cert: certFile, key: keyFile } = dev.files;
      const tokenFile = await directory.write("token", "ProvisioningAdminToken\n");
      const use = { api: dev.apiUrl, exchange: dev.exchangeUrl, tokenFile, caFile, certFile, keyFile };

      const spec = { action: "pull", repository: "test6", pull: {} };
      const metadata = { name: "old", namespace: "default", creationTimestamp: "2020-01-01T00:00:00Z" };
      dev.store.create("historicjobs", { metadata, spec, status: { state: "success" } });
      const { uid } = dev.store.create("jobs", { metadata: { name: "one", namespace: "default" }, spec });

      const controller = new Controller(["run", ...permissions(use), MAIN, ...flags(use), "--health-probe-bind-address=0"], {
        program: [process.execPath],
        env: QUIET,
      });
      try {
        assert.equal((await controller.notified(uid)).trigger, "initial");
        const live = dev.store.create("jobs", { metadata: { name: "two", namespace: "default" }, spec });
        await controller.started();
        assert.match(String((await controller.notified(live.uid)).trigger), /^(?:live|initial)$/);
        const swept = await controller.until((line) => line.msg === "history sweep complete");
        assert.deepEqual([swept.seen, swept.deleted], [1, 1]);
        assert.equal(dev.store.count("historicjobs"), 0);
        assert.deepEqual([...new Set(dev.requests.filter(({ server }) => server === "api").map(({ serial }) => serial))], [
          dev.certificates.client.serial,
        ]);
      } finally {
        // Not child.kill(): under Deno that also decides what the child is said to have ended with.
        process.kill(controller.pid, "SIGTERM");
      }
      assert.equal(await controller.exited, 0, controller.tail());
      assert.equal(controller.of(NOTIFICATION).length, 2);
      assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
    });

    test("serves /metrics with leave to listen, and asks for nothing else", { timeout: 120_000 }, async () => {
      await using directory = await temporaryDirectory();
      await using dev = await startDevserver({ mtls: "required", stateDir: directory.path });
      assert.ok(dev.files);
      const { ca: caFile, cert: certFile, key: keyFile } = dev.files;
      const tokenFile = await directory.write("token", "ProvisioningAdminToken\n");
      const use = { api: dev.apiUrl, exchange: dev.exchangeUrl, tokenFile, caFile, certFile, keyFile };
      const address = `127.0.0.1:${await closedPort()}`;
      const granted = permissions(use).map((flag) => (flag.startsWith("--allow-net=") ? `${flag},${address}` : flag));
      const controller = new Controller(["run", ...granted, MAIN, ...flags(use), `--health-probe-bind-address=${address}`], {
        program: [process.execPath],
        env: QUIET,
      });
      try {
        await controller.started();
        const families = parseExposition(await (await fetch(`http://${address}/metrics`)).text());
        assert.match(families.get("job_controller_build_info")?.samples[0]?.labels.runtime ?? "", /^deno /);
        assert.equal(families.get("job_controller_watch_connected")?.samples[0]?.value, 1);
        assert.ok((families.get("process_resident_memory_bytes")?.samples[0]?.value ?? 0) > 0);
        assert.equal(families.has("process_open_fds"), false, "reading /proc would need a permission");
      } finally {
        process.kill(controller.pid, "SIGTERM");
      }
      assert.equal(await controller.exited, 0, controller.tail());
      assert.deepEqual([controller.garbage, controller.stderr], [[], ""]);
    });

    for (const variable of VARIABLES) {
      test(`does not start without leave to read ${variable}`, { timeout: 60_000 }, async () => {
        const others = VARIABLES.filter((name) => name !== variable).join(",");
        const { exited, stderr } = new Controller(["run", "--no-prompt", `--allow-env=${others}`, MAIN, "version"], {
          program: [process.execPath],
          env: QUIET,
        });
        assert.equal(await exited, 1, stderr);
      });
    }
  }
});
