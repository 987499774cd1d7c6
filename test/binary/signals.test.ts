// Signals: the first drains, the second forces, a drain has its limit; and what other signals do.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { request } from "node:http";
import { describe, test } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import type { Intercepted, RequestFacts } from "../../src/devserver/front.ts";
import { Output, runBinary, sideBySide, Site, start } from "../support/binary.ts";
import { temporaryDirectory } from "../support/certs.ts";
import { ended } from "../support/children.ts";
import { BINARY, type Controller } from "../support/controller.ts";
import { tcpServer } from "../support/servers.ts";

/** Status and body of a health page. */
function page(address: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asking = request(`http://${address}${path}`, { agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
    asking.on("error", reject);
    asking.end();
  });
}

/** A controller with one DELETE under way whose answer is withheld: its drain takes until the grace of five seconds is over. */
async function deleting(flags: readonly string[] = []): Promise<{ site: Site; controller: Controller }> {
  const asked = Promise.withResolvers<void>();
  const withhold = ({ method }: RequestFacts): Intercepted => {
    if (method !== "DELETE") return undefined;
    asked.resolve();
    return "hang";
  };
  const site = await Site.open({ onRequest: withhold });
  site.createRecord("old", 60_000);
  const controller = site.start(["--history-expiration=30s", ...flags]);
  await Promise.all([asked.promise, controller.started()]);
  return { site, controller };
}

const drained = (controller: Controller, signal: string) =>
  controller.until(({ msg, ...line }) => msg === "Received shutdown signal, stopping controllers" && line.signal === signal);

describe("the first signal", () => {
  sideBySide(4, {
    async "lets a DELETE under way have its answer, and ends with 0"() {
      const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
      const { promise: allowed, resolve: allow } = Promise.withResolvers<void>();
      await using site = await Site.open({
        async onRequest({ method }) {
          if (method !== "DELETE") return undefined;
          ask();
          await allowed;
          return undefined;
        },
      });
      site.createRecord("old", 60_000);
      const controller = site.start(["--history-expiration=30s", "--log-level=debug"]);
      await Promise.all([asked, controller.started()]);
      controller.signal("SIGTERM");
      await drained(controller, "SIGTERM");
      allow();
      assert.equal(await controller.exited, 0);
      assert.equal(controller.of("deleted expired historic job").length, 1);
      assert.deepEqual(site.history, []);
      assert.equal(controller.stderr, "");
    },

    async "makes /readyz 503 at once while the work goes on, /livez stays 200"() {
      const address = `127.0.0.1:${await closedPort()}`;
      const { site, controller } = await deleting([`--health-probe-bind-address=${address}`]);
      await using _ = site;
      assert.deepEqual(await page(address, "/readyz"), { status: 200, body: "ok" });
      controller.signal("SIGINT");
      await drained(controller, "SIGINT");
      assert.deepEqual(await page(address, "/readyz"), {
        status: 503,
        body: "[+]token ok\n[+]jobs-list ok\n[+]jobs-watch ok\n[-]shutdown failed: draining\nreadyz check failed\n",
      });
      assert.deepEqual(await page(address, "/livez"), { status: 200, body: "ok" });
      assert.equal(await controller.exited, 0);
    },

    async "ends the watch on the server's side too, and asks for nothing more"() {
      await using site = await Site.open();
      const controller = site.start();
      await controller.started();
      await site.devserver.watching(1);
      const asked = site.devserver.requests.length;
      assert.equal(await controller.stop(), 0);
      while (site.devserver.watches > 0) await new Promise((resolve) => setImmediate(resolve));
      assert.equal(site.devserver.requests.length, asked);
    },
  });
});

describe("the second signal", () => {
  const second: [NodeJS.Signals, number][] = [["SIGINT", 130], ["SIGTERM", 143]];
  sideBySide(2, Object.fromEntries(second.map(([signal, code]) => [`${signal} ends with ${code} though the drain has not`, async () => {
    const { site, controller } = await deleting();
    await using _ = site;
    controller.signal("SIGTERM");
    await drained(controller, "SIGTERM");
    controller.signal(signal);
    assert.deepEqual([await controller.exited, controller.endedBy], [code, null]);
    assert.deepEqual(controller.of("history sweep ended early"), []);
  }])));
});

describe("--shutdown-timeout", () => {
  test("ends a drain that takes longer with 1 and one WARN", async () => {
    const { site, controller } = await deleting(["--shutdown-timeout=100ms"]);
    await using _ = site;
    controller.signal("SIGTERM");
    assert.deepEqual([await controller.exited, controller.endedBy], [1, null]);
    const { time: _time, ...last } = controller.lines.at(-1) ?? {};
    assert.deepEqual(last, {
      level: "WARN",
      msg: "shutdown timeout exceeded, forcing exit",
      logger: "provisioning-job-controller",
      timeout: "100ms",
    });
  });

  test("of zero leaves no time at all", async () => {
    const { site, controller } = await deleting(["--shutdown-timeout=0"]);
    await using _ = site;
    controller.signal("SIGINT");
    assert.equal(await controller.exited, 1);
    assert.equal(controller.of("shutdown timeout exceeded, forcing exit").length, 1);
  });
});

describe("other signals", () => {
  test("SIGQUIT ends at once with 131 and without a core dump", async () => {
    const { site, controller } = await deleting();
    await using _ = site;
    controller.signal("SIGQUIT");
    assert.deepEqual([await controller.exited, controller.endedBy, controller.stderr], [131, null, ""]);
  });

  test("SIGHUP ends as it does any program", async () => {
    await using site = await Site.open();
    const controller = site.start();
    await controller.started();
    controller.signal("SIGHUP");
    assert.deepEqual([await controller.exited, controller.endedBy], [129, "SIGHUP"]);
  });
});

describe("dev", () => {
  const ANYWHERE = ["dev", "--api-address=127.0.0.1:0", "--exchange-address=127.0.0.1:0"];

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`stops with 0 on ${signal} and takes its certificates away`, async () => {
      const child = start(BINARY, ANYWHERE);
      const over = ended(child);
      const [, directory = ""] = await new Output(child).until(/^ +files +(\S+): ca\.pem [^]*Stop with Ctrl-C/m);
      assert.equal(existsSync(`${directory}/ca.pem`), true);
      child.kill(signal);
      const { code, signal: by, stderr } = await over;
      assert.deepEqual([code, by, stderr, existsSync(directory)], [0, null, "", false]);
    });
  }

  test("takes its certificates away, too, when it is made to end at once", async () => {
    const child = start(BINARY, ANYWHERE);
    const over = ended(child);
    const [, directory = ""] = await new Output(child).until(/^ +files +(\S+): ca\.pem [^]*Stop with Ctrl-C/m);
    child.kill("SIGQUIT");
    const { code, stderr } = await over;
    assert.deepEqual([code, stderr, existsSync(directory)], [131, "", false]);
  });

  test("ends with 2 when an address is taken", async () => {
    await using taken = await tcpServer(() => {});
    const address = `127.0.0.1:${taken.port}`;
    const stderr = `Error: Cannot listen on --exchange-address "${address}": expected a free port; stop what uses it or choose another, --port=0 takes free ones (EADDRINUSE)\n`;
    assert.deepEqual(await runBinary([...ANYWHERE, `--exchange-address=${address}`]), { code: 2, signal: null, stdout: "", stderr });
  });
});

describe("a command that answers once", () => {
  for (const args of [["dev", "--print-env", "--ready-file=ready"], ["dev", "fault", "list"], ["dev", "seed", "--jobs=1"], ["ready"]]) {
    test(`${args.join(" ")} ends with 5 and without a word when it is stopped`, async () => {
      const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
      await using silent = await tcpServer(() => ask());
      const address = `127.0.0.1:${silent.port}`;
      const env = { JOB_CONTROLLER_ADMIN_ADDRESS: address, JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS: address };
      await using directory = await temporaryDirectory();
      await directory.write("ready", JSON.stringify({ apiUrl: "", exchangeUrl: `http://${address}/`, files: {} }));
      const child = start(BINARY, args, { env, cwd: directory.path });
      const over = ended(child);
      await asked;
      child.kill("SIGINT");
      assert.deepEqual(await over, { code: 5, signal: null, stdout: "", stderr: "" });
    });
  }
});
