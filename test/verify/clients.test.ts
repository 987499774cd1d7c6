// The clients that the command lends to checks, on servers that ask for client certificates.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Redactor } from "../../src/base/secret.ts";
import { verifyConfig } from "../../src/cli/verify-config.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { verify } from "../../src/verifying.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { readText, temporaryDirectory } from "../support/certs.ts";
import { startDevserver } from "../support/devserver.ts";

/** What the command prints of these areas, and its code. */
async function verified(options: Partial<DevserverOptions>, credential: "exchange" | "kubeconfig"): Promise<{ code: number; lines: string[] }> {
  await using directory = await temporaryDirectory();
  await using devserver = await startDevserver({ ...options, stateDir: directory.path });
  const { files } = devserver;
  assert.ok(files);
  const given = credential === "kubeconfig"
    ? [`--kubeconfig=${files.kubeconfig}`]
    : [
      `--provisioning-server-url=${devserver.apiUrl}`,
      `--token-exchange-url=${devserver.exchangeUrl}`,
      `--token-file=${files.token}`,
      `--tls-ca-file=${files.ca}`,
      `--tls-cert-file=${files.cert}`,
      `--tls-key-file=${files.key}`,
    ];
  const lines: string[] = [];
  const config = verifyConfig([...given, "--namespace=trials", "--profile=full", "--focus=TLS,RIGHTS"], {});
  const code = await verify(config, {
    host: await detectHost(),
    clock: systemClock,
    random: Math.random,
    redactor: new Redactor(),
    readText,
    writeText: () => Promise.reject(new Error("nothing is to be written")),
    env: {},
    out: (text) => void lines.push(text),
    err: { write: () => {}, show: () => {}, clear: () => {} },
    signal: new AbortController().signal,
  });
  return { code, lines };
}

describe("the clients of verify", () => {
  for (const credential of ["exchange", "kubeconfig"] as const) {
    test(`have the client certificate or not, as they should, beside ${credential}`, async () => {
      const { code, lines } = await verified({ mtls: "required" }, credential);
      assert.equal(code, 0, lines.join("\n"));
      assert.equal(lines.some((line) => line.includes("TLS-004")), false);
    });
  }

  test("a server that does not insist on the certificate is noticed", async () => {
    const { code, lines } = await verified({ mtls: "optional" }, "exchange");
    assert.equal(code, 1);
    assert.ok(lines.some((line) => line.startsWith("FAIL TLS-004")), lines.join("\n"));
  });

  test("nobody has no certificate on a Kubernetes server, and says so where none gets in without one", async () => {
    // Without jobs below repositories a server is a plain one.
    const plain = { era: "kubernetes", faults: ["answer:resources.3.name=repositories/files"] };
    const closed = await verified({ ...plain, mtls: "required" }, "exchange");
    assert.equal(closed.code, 0, closed.lines.join("\n"));
    assert.ok(closed.lines.includes("  RIGHTS-001 RIGHTS-002 RIGHTS-003 RIGHTS-004: nobody gets in without a client certificate"), closed.lines.join("\n"));
    const open = await verified({ ...plain, mtls: "optional" }, "exchange");
    assert.equal(open.lines.some((line) => line.includes("RIGHTS-001")), false, open.lines.join("\n"));
  });
});
