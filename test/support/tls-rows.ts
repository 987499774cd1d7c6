// What can be wrong between this program and a server, one row each: how to arrange it with a server that is not ours, and the
// whole sentence that must come out. Used against the transport and against the compiled binary.

import { lookup } from "node:dns/promises";
import { closedPort } from "../../scripts/ports.ts";
import { formatDuration } from "../../src/base/duration.ts";
import { isoSeconds } from "../../src/runtime/tls-material.ts";
import { type Authority, createAuthority, createSelfSigned, type Directory, daysFromNow, type Pair, temporaryDirectory } from "./certs.ts";
import { blackHole, type Listening, opensslServer, tcpServer, tlsPeer, writePair } from "./servers.ts";
import { X509Certificate } from "node:crypto";

/** What the rows share: two CAs that do not know each other, and a directory. */
export interface Stage extends AsyncDisposable {
  directory: Directory;
  ca: Authority;
  caFile: string;
  otherCa: Authority;
  otherCaFile: string;
  /** A good client's files, issued by `ca`. */
  client: { certFile: string; keyFile: string };
  /** Keeps a server until the stage is disposed. */
  keep<T extends Listening>(server: T): T;
}

export async function createStage(): Promise<Stage> {
  const directory = await temporaryDirectory();
  const ca = await createAuthority("test CA");
  const otherCa = await createAuthority("other CA");
  const kept: Listening[] = [];
  return {
    directory,
    ca,
    caFile: await directory.write("ca.crt", ca.cert),
    otherCa,
    otherCaFile: await directory.write("other-ca.crt", otherCa.cert),
    client: await writePair(directory, await ca.client()),
    keep(server) {
      kept.push(server);
      return server;
    },
    async [Symbol.asyncDispose]() {
      for (const server of kept) await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

export interface Arranged {
  url: string;
  /** TLS files to give; verification is always on. */
  files: { caFile?: string; certFile?: string; keyFile?: string };
  /** The whole message. */
  expected: string;
}

export interface TlsRow {
  name: string;
  /** `config`: found before any network use, exit 2. `network`: a NetworkError, retried for ever by `run`. */
  kind: "config" | "network";
  /** `timeoutMs` is the deadline for headers that the caller will use. */
  arrange(stage: Stage, timeoutMs: number): Promise<Arranged>;
  /** Where Deno says something else: the message, and why. */
  deno?: { why: string; expected(arranged: Arranged): string };
}

type Files = Arranged["files"];

const CONNECT = (port: number, text: string, host = "localhost") => `Cannot connect to ${host}:${port}: ${text}`;
const GIVE_CLIENT = "give one with --tls-cert-file and --tls-key-file";

function tlsRow(name: string, pair: (stage: Stage) => Promise<Pair>, text: (stage: Stage, pair: Pair) => string, host = "localhost", files?: (stage: Stage) => Files): TlsRow {
  return {
    name,
    kind: "network",
    async arrange(stage) {
      const made = await pair(stage);
      const { port } = stage.keep(await opensslServer(stage.directory, made));
      return { url: `https://${host}:${port}`, files: files?.(stage) ?? { caFile: stage.caFile }, expected: CONNECT(port, text(stage, made), host) };
    },
  };
}

function until(pair: Pair): string {
  return isoSeconds(Date.parse(new X509Certificate(pair.cert).validTo));
}

function since(pair: Pair): string {
  return isoSeconds(Date.parse(new X509Certificate(pair.cert).validFrom));
}

const server = (stage: Stage) => stage.ca.server();

const SERVER_ROWS: TlsRow[] = [
  tlsRow(
    "unknown CA, none given",
    server,
    () => 'its certificate was issued by "CN=test CA", which this machine does not trust; give that CA with --tls-ca-file',
    "localhost",
    () => ({}),
  ),
  tlsRow(
    "unknown CA, another one given",
    server,
    () => 'its certificate was issued by "CN=test CA", which is not in --tls-ca-file; give that CA with --tls-ca-file',
    "localhost",
    (stage) => ({ caFile: stage.otherCaFile }),
  ),
  tlsRow(
    "self-signed",
    () => createSelfSigned(),
    () => "its certificate is self-signed (CN=test server); give that certificate with --tls-ca-file",
  ),
  tlsRow(
    "expired",
    (stage) => stage.ca.server({ notBefore: daysFromNow(-10), notAfter: daysFromNow(-1) }),
    (_stage, pair) => `its certificate expired at ${until(pair)}; renew it on the server, or correct this machine's clock`,
  ),
  tlsRow(
    "not yet valid",
    (stage) => stage.ca.server({ notBefore: daysFromNow(2), notAfter: daysFromNow(10) }),
    (_stage, pair) => `its certificate is not valid yet, only from ${since(pair)}; correct this machine's clock, or renew it on the server`,
  ),
  tlsRow(
    "wrong host",
    (stage) => stage.ca.server({ hosts: ["a.example", "b.example"] }),
    () => 'its certificate is for a.example, b.example and not for "localhost"; use such a host in the URL, or name one of them with --tls-server-name',
  ),
  tlsRow(
    "wrong IP",
    (stage) => stage.ca.server({ hosts: ["a.example", "127.0.0.9", "::2"] }),
    () => 'its certificate is for a.example, 127.0.0.9, ::2 and not for "127.0.0.1"; use such a host in the URL, or name one of them with --tls-server-name',
    "127.0.0.1",
  ),
  tlsRow(
    "no name in the certificate",
    (stage) => stage.ca.server({ hosts: [] }),
    () => 'its certificate is for no host at all (no subjectAltName); have one issued for "localhost"',
  ),
];

function clientRow(
  name: string,
  how: { version: "1.2" | "1.3"; alert: boolean; foreign: boolean },
  text: string,
): TlsRow {
  return {
    name: `${name}, TLS ${how.version}, ${how.alert ? "with an alert" : "connection lost"}`,
    kind: "network",
    async arrange(stage) {
      const pair = await stage.ca.server();
      const { version } = how;
      const { port } = stage.keep(
        how.alert
          ? await opensslServer(stage.directory, pair, { version, clientCaFile: stage.caFile })
          : await tlsPeer(stage.directory, pair, stage.caFile, { version, refuse: true }),
      );
      const client = how.foreign ? await writePair(stage.directory, await stage.otherCa.client()) : {};
      return { url: `https://localhost:${port}`, files: { caFile: stage.caFile, ...client }, expected: CONNECT(port, text) };
    },
  };
}

const NONE = "client certificate wanted, none given";
const FOREIGN = "client certificate of another CA";
const LOST_NONE = `the server closed the connection during the TLS handshake without a reason; if it requires a client certificate, ${GIVE_CLIENT}, else check its log`;
const LOST_FOREIGN =
  "the server closed the connection during the TLS handshake without a reason; if it checks client certificates, " +
  'it does not accept "CN=test client"; check --tls-cert-file against the CA that the server trusts, and its log';
const ALERT_FOREIGN =
  'the server does not accept the client certificate "CN=test client" (TLS alert unknown_ca); ' +
  "give one from a CA that it trusts with --tls-cert-file and --tls-key-file";

const CLIENT_ROWS: TlsRow[] = [
  clientRow(NONE, { version: "1.3", alert: true, foreign: false }, `the server requires a client certificate and none was given; ${GIVE_CLIENT}`),
  clientRow(
    NONE,
    { version: "1.2", alert: true, foreign: false },
    `the server refused the TLS handshake (alert handshake_failure), probably because it requires a client certificate; ${GIVE_CLIENT}`,
  ),
  clientRow(NONE, { version: "1.3", alert: false, foreign: false }, LOST_NONE),
  clientRow(NONE, { version: "1.2", alert: false, foreign: false }, LOST_NONE),
  clientRow(FOREIGN, { version: "1.3", alert: true, foreign: true }, ALERT_FOREIGN),
  clientRow(FOREIGN, { version: "1.2", alert: true, foreign: true }, ALERT_FOREIGN),
  clientRow(FOREIGN, { version: "1.3", alert: false, foreign: true }, LOST_FOREIGN),
  clientRow(FOREIGN, { version: "1.2", alert: false, foreign: true }, LOST_FOREIGN),
];

function fileRow(name: string, files: (stage: Stage) => Promise<{ files: Files; expected: string }>): TlsRow {
  return {
    name,
    kind: "config",
    // A server stands ready, so that only the files can be what fails.
    async arrange(stage) {
      const { port } = stage.keep(await opensslServer(stage.directory, await stage.ca.server()));
      return { url: `https://localhost:${port}`, ...(await files(stage)) };
    },
  };
}

const FILE_ROWS: TlsRow[] = [
  fileRow("key mismatch", async ({ directory, ca, caFile }) => {
    const { certFile } = await writePair(directory, await ca.client());
    const { keyFile } = await writePair(directory, await ca.client());
    return {
      files: { caFile, certFile, keyFile },
      expected:
        `Cannot use --tls-key-file "${keyFile}": it does not match the certificate in --tls-cert-file "${certFile}"; ` +
        "give the key that the certificate was issued for",
    };
  }),
  fileRow("garbage PEM, no block at all", async ({ directory }) => {
    const caFile = await directory.write("garbage.crt", "certainly not a certificate\n");
    return { files: { caFile }, expected: `Cannot use --tls-ca-file "${caFile}": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found none` };
  }),
  fileRow("garbage PEM, second block of a bundle", async ({ directory, ca }) => {
    const caFile = await directory.write("half.crt", `${ca.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`);
    return { files: { caFile }, expected: `Cannot use --tls-ca-file "${caFile}": certificate 2 of 2 cannot be decoded; replace the file` };
  }),
  fileRow("empty CA file", async ({ directory }) => {
    const caFile = await directory.write("empty.crt", "\n");
    return { files: { caFile }, expected: `Cannot use --tls-ca-file "${caFile}": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found an empty file` };
  }),
  fileRow("key where the certificate should be", async ({ caFile, client: { keyFile } }) => ({
    files: { caFile, certFile: keyFile, keyFile },
    expected: `Cannot use --tls-cert-file "${keyFile}": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found a private key`,
  })),
  fileRow("certificate where the key should be", async ({ caFile, client: { certFile } }) => ({
    files: { caFile, certFile, keyFile: certFile },
    expected: `Cannot use --tls-key-file "${certFile}": expected a PEM private key (-----BEGIN PRIVATE KEY-----), found a certificate`,
  })),
  fileRow("encrypted key", async ({ directory, ca, caFile }) => {
    const { certFile, keyFile } = await writePair(directory, await ca.client({ passphrase: "secret" }));
    return {
      files: { caFile, certFile, keyFile },
      expected:
        `Cannot use --tls-key-file "${keyFile}": the key is encrypted, expected one without a passphrase; ` +
        `decrypt it with: openssl pkey -in ${keyFile} -out ${keyFile}.plain`,
    };
  }),
  fileRow("missing file", async ({ directory, caFile, client: { certFile } }) => {
    const keyFile = `${directory.path}/absent.key`;
    return { files: { caFile, certFile, keyFile }, expected: `Cannot read --tls-key-file "${keyFile}": no such file; check the path` };
  }),
  fileRow("a directory", async ({ directory }) => ({
    files: { caFile: directory.path },
    expected: `Cannot read --tls-ca-file "${directory.path}": it is a directory; give a PEM file`,
  })),
  fileRow("certificate without key", async ({ caFile, client: { certFile } }) => ({
    files: { caFile, certFile },
    expected: `Cannot use --tls-cert-file "${certFile}" alone: expected its private key too; give it with --tls-key-file`,
  })),
  fileRow("key without certificate", async ({ caFile, client: { keyFile } }) => ({
    files: { caFile, keyFile },
    expected: `Cannot use --tls-key-file "${keyFile}" alone: expected its certificate too; give it with --tls-cert-file`,
  })),
  fileRow("client certificate expired", async ({ directory, ca, caFile }) => {
    const pair = await ca.client({ notBefore: daysFromNow(-10), notAfter: daysFromNow(-1) });
    const client = await writePair(directory, pair);
    return { files: { caFile, ...client }, expected: `Cannot use --tls-cert-file "${client.certFile}": the certificate expired at ${until(pair)}; renew it` };
  }),
  fileRow("client certificate not yet valid", async ({ directory, ca, caFile }) => {
    const pair = await ca.client({ notBefore: daysFromNow(2), notAfter: daysFromNow(10) });
    const client = await writePair(directory, pair);
    return {
      files: { caFile, ...client },
      expected: `Cannot use --tls-cert-file "${client.certFile}": the certificate is valid only from ${since(pair)}; wait, or correct this machine's clock`,
    };
  }),
];

const HTTP_ON_TLS = (port: number) => CONNECT(port, `the server speaks TLS on this port; use https://localhost:${port}`);

const NETWORK_ROWS: TlsRow[] = [
  {
    name: "plain HTTP on a TLS port, connection lost",
    kind: "network",
    async arrange(stage) {
      const { port } = stage.keep(await opensslServer(stage.directory, await stage.ca.server()));
      return { url: `http://localhost:${port}`, files: {}, expected: HTTP_ON_TLS(port) };
    },
  },
  {
    name: "plain HTTP on a TLS port, answered as Go servers do",
    kind: "network",
    async arrange(stage) {
      const answer = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
      const { port } = stage.keep(await tcpServer((socket) => socket.once("data", () => socket.end(answer))));
      return { url: `http://localhost:${port}`, files: {}, expected: HTTP_ON_TLS(port) };
    },
  },
  {
    name: "TLS on a plain port",
    kind: "network",
    async arrange(stage) {
      const answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
      const { port } = stage.keep(await tcpServer((socket) => socket.once("data", () => socket.end(answer))));
      return {
        url: `https://localhost:${port}`,
        files: { caFile: stage.caFile },
        expected: CONNECT(port, "the server does not speak TLS on this port; check the port, or use http:// if it is meant to be unencrypted"),
      };
    },
  },
  {
    name: "refused",
    kind: "network",
    async arrange(stage) {
      const port = await closedPort();
      return {
        url: `https://localhost:${port}`,
        files: { caFile: stage.caFile },
        expected: CONNECT(port, "connection refused; check that the server is running and that host and port are right"),
      };
    },
  },
  {
    name: "DNS failure",
    kind: "network",
    async arrange(stage) {
      const host = "no-such-host.invalid";
      // Without a DNS server in reach, a name is not unknown but unanswered.
      const code = await lookup(host).then(
        () => "",
        (error: NodeJS.ErrnoException) => error.code,
      );
      const text =
        code === "ENOTFOUND" ? "the host name is unknown; check its spelling and this machine's DNS" : "the host name cannot be resolved now; check this machine's DNS";
      return { url: `https://${host}:6446`, files: { caFile: stage.caFile }, expected: CONNECT(6446, text, host) };
    },
  },
  {
    name: "black hole",
    kind: "network",
    async arrange(stage, timeoutMs) {
      const { port } = stage.keep(await blackHole());
      return {
        url: `https://localhost:${port}`,
        files: { caFile: stage.caFile },
        expected: CONNECT(port, `no answer within ${formatDuration(timeoutMs)}; check the address and that no firewall is in between`),
      };
    },
  },
];

/** Every row; names are unique. */
export const TLS_ROWS: readonly TlsRow[] = [...SERVER_ROWS, ...CLIENT_ROWS, ...FILE_ROWS, ...NETWORK_ROWS];

/** What Deno does differently; the rows above come out the same on both hosts. Printed in the README. */
export const DENO_DIFFERENCES = {
  insecure: {
    what: "--tls-insecure",
    deno: "refused: Deno can skip verification for the whole process only",
    message:
      "Cannot skip certificate verification for one connection under Deno: expected a CA to verify with; " +
      "give it with --tls-ca-file, or start Deno with --unsafely-ignore-certificate-errors=<host>",
  },
  serverName: {
    what: "--tls-server-name",
    deno: "refused: Deno verifies the URL's host",
    message:
      'Cannot use server name "api.example" under Deno: expected the URL\'s own host; ' +
      "use a URL whose host is in the certificate, or start Deno with --unsafely-ignore-certificate-errors=<host>",
  },
  selfSignedCa: {
    what: "a self-signed server certificate that is a CA, given with --tls-ca-file",
    deno: "refused: Deno wants a server's certificate to be no CA",
    message: "its certificate is a CA and not a server's, which Deno does not accept; have the server use one issued by that CA",
  },
  ca: { what: "--tls-ca-file", deno: "trusted beside the machine's roots, not instead of them", message: undefined },
  proxyVariables: {
    what: "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY and their lower-case forms",
    deno: "followed by Deno itself, for loopback too, unless --allow-env names them",
    message: undefined,
  },
  tunnel: { what: "a proxy that refuses a tunnel", deno: "the sentence lacks the proxy's status", message: undefined },
} as const;
