import assert from "node:assert/strict";
import { createPrivateKey } from "node:crypto";
import { describe, test } from "node:test";
import { expiryWarning, isoSeconds, loadTlsMaterial, type TlsFiles } from "../../src/runtime/tls-material.ts";
import { createAuthority, daysFromNow } from "../support/certs.ts";

const ca = await createAuthority();
const client = await ca.client();

/** Loads from texts instead of files. */
function load(texts: Record<string, string>, files: Partial<TlsFiles>, nowMs = Date.now()) {
  const read = async (path: string) => {
    const text = texts[path];
    if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
    return text;
  };
  return loadTlsMaterial({ insecure: false, ...files }, read, nowMs);
}

const PAIR = { certFile: "c", keyFile: "k" };

// What no server is needed for beyond the rows of tls-matrix.test.ts.
describe("loadTlsMaterial()", () => {
  test("passes serverName and insecure on and needs no file", async () => {
    const { material, warnings } = await load({}, { serverName: "api.example", insecure: true });
    assert.deepEqual(material, { serverName: "api.example", insecure: true });
    assert.deepEqual(warnings, []);
  });

  test("takes every certificate of a bundle and nothing else in it", async () => {
    const other = await createAuthority("other");
    const text = `# Two of them\n${ca.cert}\n\nsubject=CN=other\r\n${other.cert.replaceAll("\n", "\r\n")}\n`;
    const { material } = await load({ ca: text }, { caFile: "ca" });
    const blocks = material.ca?.match(/-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n/g);
    assert.equal(blocks?.length, 2);
    assert.equal(blocks.join(""), material.ca);
  });

  test("gives serial and end of the client certificate", async () => {
    const notAfter = new Date("2030-01-02T03:04:05Z");
    const pair = await ca.client({ notAfter });
    const loaded = await load({ c: pair.cert, k: pair.key }, PAIR);
    assert.equal(loaded.serial, pair.serial);
    assert.equal(loaded.notAfterMs, notAfter.getTime());
  });

  for (const [name, type] of [["PKCS#8", "pkcs8"], ["SEC1", "sec1"]] as const) {
    test(`reads ${name} keys`, async () => {
      const key = createPrivateKey(client.key).export({ type, format: "pem" }) as string;
      const { material } = await load({ c: client.cert, k: key }, PAIR);
      assert.match(material.key ?? "", /^-----BEGIN (EC )?PRIVATE KEY-----\n/);
    });
  }

  test("finds the key behind the parameters that openssl writes before it", async () => {
    const key = createPrivateKey(client.key).export({ type: "sec1", format: "pem" }) as string;
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    const { material } = await load({ c: client.cert, k: parameters + key }, PAIR);
    assert.equal(material.key, key);
  });

  test("refuses a traditional encrypted key", async () => {
    const key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
    await assert.rejects(load({ c: client.cert, k: key }, PAIR), {
      message: 'Cannot use --tls-key-file "k": the key is encrypted, expected one without a passphrase; decrypt it with: openssl pkey -in k -out k.plain',
    });
  });

  test("refuses a key that cannot be decoded", async () => {
    const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    await assert.rejects(load({ c: client.cert, k: key }, PAIR), {
      message: 'Cannot use --tls-key-file "k": the private key cannot be decoded; replace the file',
    });
  });

  test("asks for the client's own certificate first", async () => {
    await assert.rejects(load({ c: ca.cert + client.cert, k: client.key }, PAIR), {
      message: 'Cannot use --tls-cert-file "c": expected the client\'s own certificate first, found it as number 2; reorder the file',
    });
  });

  test("says how to convert DER", async () => {
    await assert.rejects(load({ ca: "0\u0082\u0001" }, { caFile: "ca" }), {
      message:
        'Cannot use --tls-ca-file "ca": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found none; ' +
        "convert it with: openssl x509 -inform der -in ca -out ca.pem",
    });
  });

  test("names the flags that the caller names", async () => {
    await assert.rejects(load({}, { caFile: "ca", names: { ca: "--token-exchange-ca-file" } }), {
      message: 'Cannot read --token-exchange-ca-file "ca": no such file; check the path',
    });
  });

  test("warns of a client certificate that ends soon", async () => {
    const notAfter = new Date(Math.floor(daysFromNow(6).getTime() / 1000) * 1000);
    const pair = await ca.client({ notAfter });
    const { warnings } = await load({ c: pair.cert, k: pair.key }, PAIR, notAfter.getTime() - 5.5 * 86_400_000);
    assert.deepEqual(warnings, [`client certificate in --tls-cert-file "c" expires at ${isoSeconds(notAfter.getTime())}, in 5 days`]);
  });

  test("warns of a CA bundle in which everything has expired", async () => {
    const old = await createAuthority("old", { notBefore: daysFromNow(-10), notAfter: daysFromNow(-1) });
    assert.deepEqual((await load({ ca: old.cert }, { caFile: "ca" })).warnings, [
      'every certificate in --tls-ca-file "ca" has expired: no server can be verified with it',
    ]);
    assert.deepEqual((await load({ ca: old.cert + ca.cert }, { caFile: "ca" })).warnings, []);
  });
});

describe("expiryWarning()", () => {
  const END = Date.UTC(2026, 0, 31, 12);
  const DAY = 86_400_000;
  for (const [leftMs, days, text] of [
    [30 * DAY + 1, undefined, undefined],
    [30 * DAY, 30, "expires at 2026-01-31T12:00:00Z, in 30 days"],
    [7 * DAY + 1, 30, "expires at 2026-01-31T12:00:00Z, in 7 days"],
    [7 * DAY, 7, "expires at 2026-01-31T12:00:00Z, in 7 days"],
    [1.5 * DAY, 7, "expires at 2026-01-31T12:00:00Z, in 36 hours"],
    [DAY, 1, "expires at 2026-01-31T12:00:00Z, in 24 hours"],
    [0, 1, "expired at 2026-01-31T12:00:00Z"],
    [-DAY, 1, "expired at 2026-01-31T12:00:00Z"],
  ] as const) {
    test(`says ${text ?? "nothing"} with ${leftMs} ms left`, () => {
      assert.deepEqual(expiryWarning(END, END - leftMs), days === undefined ? undefined : { days, text });
    });
  }
});
