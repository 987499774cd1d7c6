import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { NetworkError } from "../../src/base/errors.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { createRotatingTransport, type RotationEvent } from "../../src/runtime/rotating-transport.ts";
import { isoSeconds, type TlsFiles } from "../../src/runtime/tls-material.ts";
import { daysFromNow, type Pair } from "../support/certs.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { opensslServer, tlsPeer } from "../support/servers.ts";
import { createStage } from "../support/tls-rows.ts";

const host = await detectHost();
const stage = await createStage();

/** Files in memory that can be exchanged, and the transport over them. */
async function rotating(pair: Pair | undefined, options: { clock?: ManualClock; pollMs?: number; beforeRead?: () => Promise<void> } = {}) {
  const texts: Record<string, string> = { ca: stage.ca.cert };
  const put = (next: { cert: string; key: string }) => {
    texts["crt"] = next.cert;
    texts["key"] = next.key;
  };
  if (pair !== undefined) put(pair);
  const files: TlsFiles = pair === undefined ? { caFile: "ca", insecure: false } : { caFile: "ca", certFile: "crt", keyFile: "key", insecure: false };
  const events: RotationEvent[] = [];
  let reads = 0;
  const transport = await createRotatingTransport({
    host,
    files,
    async readText(path) {
      reads++;
      await options.beforeRead?.();
      const text = texts[path];
      if (text === undefined) throw Object.assign(new Error(path), { code: "ENOENT" });
      return text;
    },
    clock: options.clock ?? systemClock,
    env: {},
    onEvent: (event) => events.push(event),
    pollMs: options.pollMs ?? 0,
  });
  return { transport, texts, put, events, reads: () => reads };
}

describe("createRotatingTransport()", () => {
  after(() => stage[Symbol.asyncDispose]());

  test("shows a new certificate at the next request while a running body keeps its connection", async () => {
    const [first, second] = [await stage.ca.client(), await stage.ca.client()];
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const url = `https://localhost:${server.port}`;
    const { transport, put, events } = await rotating(first);
    const stream = await transport.fetch(`${url}/stream`, { silenceTimeoutMs: false });
    const reader = (stream.body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, `${first.serial}\n`);
    assert.equal(transport.serial, first.serial);

    put(second);
    assert.equal(await (await transport.fetch(`${url}/serial`)).text(), second.serial);
    assert.equal(transport.serial, second.serial);
    await (await transport.fetch(`${url}/push`, { method: "POST" })).text();
    assert.equal((await reader.read()).value, "pushed\n");
    assert.equal(await server.connections(), 2);
    assert.deepEqual(
      events.map((event) => event.kind === "rotated" && event.serial),
      [second.serial],
    );
    await reader.cancel();
    transport.close();
  });

  test("keeps the old set while the new files do not fit together, and says so once", async () => {
    const [first, second] = [await stage.ca.client(), await stage.ca.client()];
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const { transport, put, texts, events } = await rotating(first);
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    put({ cert: second.cert, key: first.key });
    assert.equal(await ask(), first.serial);
    assert.equal(await ask(), first.serial);
    assert.equal(await server.connections(), 1);
    const mismatch =
      'Cannot use --tls-key-file "key": it does not match the certificate in --tls-cert-file "crt"; give the key that the certificate was issued for';
    assert.deepEqual(events, [{ kind: "kept", reason: mismatch }]);

    texts["crt"] = "half a fi";
    assert.equal(await ask(), first.serial);
    delete texts["crt"];
    assert.equal(await ask(), first.serial);
    assert.deepEqual(
      events.slice(1).map((event) => event.kind === "kept" && event.reason),
      [
        'Cannot use --tls-cert-file "crt": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found none',
        'Cannot read --tls-cert-file "crt": no such file; check the path',
      ],
    );
    put(second);
    assert.equal(await ask(), second.serial);
    assert.equal(events.at(-1)?.kind, "rotated");
    transport.close();
  });

  test("says it again when files that were good in between break again", async () => {
    const first = await stage.ca.client();
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const { transport, put, texts, events } = await rotating(first);
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    for (let round = 0; round < 2; round++) {
      texts["crt"] = "broken";
      await ask();
      put(first);
      await ask();
    }
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["kept", "kept"],
    );
  });

  test("reads the files at most once in the time given, one look for many requests", async () => {
    const first = await stage.ca.client();
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const clock = new ManualClock(Date.now());
    const { transport, reads } = await rotating(first, { clock, pollMs: 1000 });
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    assert.equal(reads(), 3);
    await ask();
    await clock.advance(999);
    await ask();
    assert.equal(reads(), 3);
    await clock.advance(1);
    await Promise.all([ask(), ask(), ask()]);
    assert.equal(reads(), 6);
  });

  test("lets requests that come during a look wait for what it finds", async () => {
    const [first, second] = [await stage.ca.client(), await stage.ca.client()];
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const clock = new ManualClock(Date.now());
    let opened = Promise.resolve();
    const { transport, put } = await rotating(first, { clock, pollMs: 1000, beforeRead: () => opened });
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    put(second);
    await clock.advance(1000);
    let open: () => void = () => {};
    opened = new Promise((resolve) => {
      open = resolve;
    });
    const both = Promise.all([ask(), ask()]);
    await settle();
    open();
    assert.deepEqual(await both, [second.serial, second.serial]);
  });

  test("reads the files again at once after a TLS failure", async () => {
    const [foreign, good] = [await stage.otherCa.client(), await stage.ca.client()];
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile, { refuse: true });
    const { transport, put } = await rotating(foreign, { pollMs: 3_600_000 });
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    await assert.rejects(ask(), NetworkError);
    put(good);
    assert.equal(await ask(), good.serial);
  });

  test("trusts a new CA from the next request on", async () => {
    await using server = await opensslServer(stage.directory, await stage.otherCa.server());
    const { transport, texts, events } = await rotating(undefined);
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/`)).text();
    await assert.rejects(ask(), { reason: "tls-untrusted" });
    texts["ca"] = stage.ca.cert + stage.otherCa.cert;
    await ask();
    assert.deepEqual(events, [{ kind: "rotated", serial: undefined, notAfterMs: undefined }]);
  });

  test("refuses to start with files that cannot be used", async () => {
    const [first, second] = [await stage.ca.client(), await stage.ca.client()];
    await assert.rejects(rotating({ ...first, key: second.key }), { name: "ConfigError" });
  });

  test("warns when 30, 7 and 1 days are left, once each, and anew for a new certificate", async () => {
    const startMs = Date.now();
    const clock = new ManualClock(startMs);
    const notAfter = new Date(Math.floor(daysFromNow(40).getTime() / 1000) * 1000);
    const pair = await stage.ca.client({ notAfter });
    await using server = await tlsPeer(stage.directory, await stage.ca.server(), stage.caFile);
    const { transport, put, events } = await rotating(pair, { clock });
    const ask = async () => (await transport.fetch(`https://localhost:${server.port}/serial`)).text();
    const end = isoSeconds(notAfter.getTime());
    await ask();
    assert.equal(events.length, 0);
    for (const days of [11, 3, 20, 1, 4.5]) {
      clock.jump(days * 86_400_000);
      await ask();
      await ask();
    }
    assert.deepEqual(events, [
      { kind: "warning", text: `client certificate expires at ${end}, in 28 days` },
      { kind: "warning", text: `client certificate expires at ${end}, in 5 days` },
      { kind: "warning", text: `client certificate expires at ${end}, in 11 hours` },
    ]);
    const next = new Date(notAfter.getTime() + 86_400_000 * 5);
    put(await stage.ca.client({ notAfter: next }));
    await ask();
    assert.deepEqual(events.at(-2), { kind: "warning", text: `client certificate in --tls-cert-file "crt" expires at ${isoSeconds(next.getTime())}, in 5 days` });
    assert.equal(events.at(-1)?.kind, "rotated");
  });
});
