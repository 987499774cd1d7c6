import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { ConfigError, NetworkError } from "../../src/base/errors.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { loadTlsMaterial } from "../../src/runtime/tls-material.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { readText } from "../support/certs.ts";
import { createStage, TLS_ROWS } from "../support/tls-rows.ts";

const host = await detectHost();
const stage = await createStage();
const TIMEOUT_MS = 300;

async function get(url: string, files: { caFile?: string; certFile?: string; keyFile?: string }, timeoutMs: number | false): Promise<string> {
  const { material } = await loadTlsMaterial({ ...files, insecure: false }, readText, Date.now());
  const transport = createTransport({ host, tls: material, clock: systemClock, env: {} });
  try {
    const response = await transport.fetch(url, { headersTimeoutMs: timeoutMs });
    return await response.text();
  } finally {
    transport.close();
  }
}

describe("transport, what can be wrong with a server", () => {
  after(() => stage[Symbol.asyncDispose]());

  for (const row of TLS_ROWS) {
    test(row.name, async () => {
      const arranged = await row.arrange(stage, TIMEOUT_MS);
      const expected = host.name === "deno" && row.deno !== undefined ? row.deno.expected(arranged) : arranged.expected;
      // Only the black hole may end by its deadline: elsewhere a slow machine must not turn one failure into another.
      const timeoutMs = row.name === "black hole" ? TIMEOUT_MS : 20_000;
      await assert.rejects(get(arranged.url, arranged.files, timeoutMs), (error: Error) => {
        assert.equal(error.message, expected);
        assert.ok(error instanceof (row.kind === "config" ? ConfigError : NetworkError), error.name);
        return true;
      });
    });
  }

  test("names each row once", () => {
    assert.equal(new Set(TLS_ROWS.map(({ name }) => name)).size, TLS_ROWS.length);
  });
});
