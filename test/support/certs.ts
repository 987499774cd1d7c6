// Certificates made at test time: a CA, what it signs, and what it does not. PEM texts out, or files in a directory.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A certificate with its key, both PEM. `cert` holds the leaf alone. */
export interface Pair {
  cert: string;
  key: string;
  /** Upper-case hexadecimal, as `X509Certificate.serialNumber` and a peer's `serialNumber` print it. */
  serial: string;
}

export interface CertOptions {
  /** Common name. Default `test`. */
  name?: string;
  /** Subject alternative names, DNS or IP. Default `localhost`, `127.0.0.1`, `::1` for servers, none for others. */
  hosts?: readonly string[];
  notBefore?: Date;
  notAfter?: Date;
  /** Encrypts the key (PKCS#8). */
  passphrase?: string;
}

const DAY_MS = 86_400_000;
/** Relative to now, for the dates above. */
export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}

/** A CA: signs server and client certificates. */
export interface Authority extends Pair {
  server(options?: CertOptions): Promise<Pair>;
  client(options?: CertOptions): Promise<Pair>;
}

export async function createAuthority(name = "test CA", options: CertOptions = {}): Promise<Authority> {
  const pair = await issue({ name, ...options }, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
  ]);
  return {
    ...pair,
    server: (leaf = {}) => serverPair(leaf, pair),
    client: (leaf = {}) =>
      issue({ name: "test client", ...leaf }, [...LEAF, { name: "extKeyUsage", clientAuth: true }, ...san(leaf.hosts ?? [])], pair),
  };
}

/** A server certificate that signed itself; `certificateAuthority` as `openssl req -x509` makes them by default. */
export function createSelfSigned({ certificateAuthority = false, ...options }: CertOptions & { certificateAuthority?: boolean } = {}): Promise<Pair> {
  const hosts = options.hosts ?? SERVER_HOSTS;
  return certificateAuthority
    ? issue({ name: "test server", ...options }, [{ name: "basicConstraints", cA: true, critical: true }, ...san(hosts)])
    : serverPair(options);
}

const SERVER_HOSTS = ["localhost", "127.0.0.1", "::1"];

function serverPair(options: CertOptions, ca?: Pair): Promise<Pair> {
  const hosts = options.hosts ?? SERVER_HOSTS;
  return issue({ name: "test server", ...options }, [...LEAF, { name: "extKeyUsage", serverAuth: true }, ...san(hosts)], ca);
}

type Extension = NonNullable<NonNullable<Parameters<typeof generate>[1]>["extensions"]>[number];

const LEAF: Extension[] = [
  { name: "basicConstraints", cA: false, critical: true },
  { name: "keyUsage", digitalSignature: true, critical: true },
];

function san(hosts: readonly string[]): Extension[] {
  if (hosts.length === 0) return [];
  return [{ name: "subjectAltName", altNames: hosts.map((host) => (isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host })) }];
}

async function issue(options: CertOptions, extensions: Extension[], ca?: Pair): Promise<Pair> {
  const made = await generate([{ name: "commonName", value: options.name ?? "test" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: options.notBefore ?? daysFromNow(-1),
    notAfterDate: options.notAfter ?? daysFromNow(365),
    extensions,
    passphrase: options.passphrase,
    ca,
  });
  return { cert: made.cert, key: made.private, serial: wholeBytes(new X509Certificate(made.cert).serialNumber) };
}

// Deno leaves a leading zero out.
function wholeBytes(hex: string): string {
  return hex.length % 2 === 0 ? hex : `0${hex}`;
}

/** A directory of its own under the system's temporary one; removed on disposal. */
export interface Directory extends AsyncDisposable {
  path: string;
  /** Writes a text file, readable by its owner only; its absolute path. */
  write(name: string, text: string): Promise<string>;
}

export async function temporaryDirectory(prefix = "job-controller-"): Promise<Directory> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  return {
    path,
    async write(name, text) {
      const file = join(path, name);
      await writeFile(file, text, { mode: 0o600 });
      return file;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A file's text, as main reads it. */
export function readText(path: string): Promise<string> {
  return readFile(path, "utf8");
}
