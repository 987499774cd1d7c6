// The reader of standard output goes away: the program ends in order with 141, as a shell says of any other in its place.

import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { sideBySide, Site, start } from "../support/binary.ts";
import { ended } from "../support/children.ts";
import { BINARY, NOTIFICATION, STARTED } from "../support/controller.ts";

/** Runs the binary in a pipe with `reader`; what the reader wrote, and the binary's own exit code, 124 if it does not end. */
async function piped(reader: string, flags: readonly string[], meanwhile: Promise<unknown> = Promise.resolve()) {
  const script = `timeout 50 "$@" | ${reader}; code=\${PIPESTATUS[0]}; echo "code $code"`;
  const child = start("bash", ["-c", script, "bash", BINARY, ...flags]);
  const [{ stdout, stderr }] = await Promise.all([ended(child), meanwhile]);
  const [, lines = "", code] = /^([^]*)code (\d+)\n$/.exec(stdout) ?? [];
  return { lines: lines.split("\n").slice(0, -1), code: Number(code), stderr };
}

/** Resolves once no watch is open any more. */
async function left({ devserver }: Site): Promise<void> {
  while (devserver.watches > 0) await new Promise((resolve) => setImmediate(resolve));
}

describe("the reader of standard output is gone", () => {
  sideBySide(4, {
    async "a controller that has lines to write ends with 141"() {
      await using site = await Site.open();
      for (let nth = 0; nth < 10; nth++) site.createJob(`job-${nth}`);
      const flags = [...site.credential, ...site.server, "--health-probe-bind-address=0"];
      let over = false;
      const writing = (async () => {
        await site.devserver.watching(1);
        for (let nth = 10; !over; nth++) {
          site.createJob(`job-${nth}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      })();
      const pipe = piped(`grep -m1 '"job":"job-3"'`, flags).finally(() => (over = true));
      const { lines, code, stderr } = await pipe;
      await writing;
      assert.equal(lines.length, 1);
      assert.equal((JSON.parse(lines[0] ?? "") as Record<string, unknown>).msg, NOTIFICATION);
      assert.deepEqual([code, stderr], [141, ""]);
    },

    async "a controller that has nothing to say ends with 141 all the same, its watch closed"() {
      await using site = await Site.open();
      const flags = [...site.credential, ...site.server, "--health-probe-bind-address=0"];
      const { lines, code, stderr } = await piped(`grep -m1 "${STARTED}"`, flags, site.devserver.watching(1).then(() => left(site)));
      assert.equal((JSON.parse(lines[0] ?? "") as Record<string, unknown>).msg, STARTED);
      assert.deepEqual([lines.length, code, stderr], [1, 141, ""]);
    },

    async "a DELETE under way has its answer before the end"() {
      const asked = Promise.withResolvers<void>();
      const goOn = Promise.withResolvers<void>();
      await using site = await Site.open({
        async onRequest({ method }) {
          if (method !== "DELETE") return undefined;
          asked.resolve();
          await goOn.promise;
          return undefined;
        },
      });
      site.createRecord("old", 60_000);
      const flags = [...site.credential, ...site.server, "--health-probe-bind-address=0", "--history-expiration=30s"];
      const child = start(BINARY, flags);
      const over = once(child, "exit");
      await Promise.all([asked.promise, site.devserver.watching(1)]);
      child.stdout?.destroy();
      // The watch is closed once the program knows: only then may the answer come.
      await left(site);
      goOn.resolve();
      assert.deepEqual(await over, [141, null]);
      assert.deepEqual(site.history, []);
    },

    async "a controller that cannot reach its server ends with 141"() {
      await using site = await Site.open({ onRequest: () => "hang" as const });
      const flags = [...site.credential, ...site.server, "--health-probe-bind-address=0"];
      const { lines, code, stderr } = await piped("head -n1", flags);
      assert.deepEqual([lines.length, code, stderr], [1, 141, ""]);
    },

    async "the dev server ends with 141"() {
      const { lines, code, stderr } = await piped("grep -m1 Ctrl-C", ["dev", "--api-address=127.0.0.1:0", "--exchange-address=127.0.0.1:0"]);
      assert.deepEqual([lines, code, stderr], [["Stop with Ctrl-C"], 141, ""]);
    },

    async "help that nobody reads ends without a complaint"() {
      const { code, stderr } = await piped("true", ["help"]);
      assert.ok(code === 0 || code === 141, `${code}`);
      assert.equal(stderr, "");
    },
  });
});

describe("standard output cannot be written", () => {
  const full = (flags: readonly string[]) => ended(start("sh", ["-c", '"$@" >/dev/full', "sh", BINARY, ...flags]));
  const expected = { code: 1, signal: null, stdout: "", stderr: "Error: Cannot write to standard output: ENOSPC\n" };

  test("version and help end with 1", { skip: !existsSync("/dev/full") && "there is no /dev/full" }, async () => {
    assert.deepEqual(await full(["version"]), expected);
    assert.deepEqual(await full(["help"]), expected);
  });

  test("a controller ends with 1", { skip: !existsSync("/dev/full") && "there is no /dev/full" }, async () => {
    await using site = await Site.open();
    assert.deepEqual(await full([...site.credential, ...site.server, "--health-probe-bind-address=0"]), expected);
  });
});
