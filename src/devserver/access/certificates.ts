// The server's own CA, what it signs, and the files a client needs. EC P-256 throughout.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { generate } from "selfsigned";

/** Certificate and key, PEM. */
export interface Pair {
  cert: string;
  key: string;
  /** Upper-case hexadecimal, as requests report it. */
  serial: string;
}

export interface Certificates {
  /** CA certificate, PEM. */
  ca: string;
  server: Pair;
  client: Pair;
  /** A further server pair of the same CA, good until `untilMs` (wall clock; default: for years). */
  issueServer(hosts: readonly string[], options?: { untilMs?: number }): Promise<Pair>;
  /** A further client pair of the same CA. */
  issueClient(name: string): Promise<Pair>;
}

type Extension = NonNullable<NonNullable<Parameters<typeof generate>[1]>["extensions"]>[number];

/** Ten years to both sides: whoever verifies may have another clock than the one given here. */
const VALIDITY_MS = 10 * 365 * 86_400_000;

/** CAs that are trusted together need names of their own: who verifies looks them up by name, and tries one. */
export async function createCertificates(nowMs: number, hosts: readonly string[], name = "job-controller dev CA"): Promise<Certificates> {
  const ca = await issue(nowMs, name, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
  ]);
  const leaf = (name: string, extensions: Extension[], untilMs?: number) =>
    issue(nowMs, name, [{ name: "keyUsage", digitalSignature: true, critical: true }, ...extensions], ca, untilMs);
  const issueClient = (name: string) => leaf(name, [{ name: "extKeyUsage", clientAuth: true }]);
  const issueServer: Certificates["issueServer"] = (names, { untilMs } = {}) => {
    const altNames = names.map((host) => (isIP(host) === 0 ? { type: 2 as const, value: host } : { type: 7 as const, ip: host }));
    return leaf(names[0] ?? "", [{ name: "extKeyUsage", serverAuth: true }, { name: "subjectAltName", altNames }], untilMs);
  };
  const [server, client] = await Promise.all([issueServer(hosts), issueClient("job-controller")]);
  return { ca: ca.cert, server, client, issueServer, issueClient };
}

async function issue(nowMs: number, name: string, extensions: Extension[], ca?: Pair, untilMs = nowMs + VALIDITY_MS): Promise<Pair> {
  const made = await generate([{ name: "commonName", value: name }], {
    keyType: "ec",
    curve: "P-256",
    algorithm: "sha256",
    notBeforeDate: new Date(nowMs - VALIDITY_MS),
    notAfterDate: new Date(untilMs),
    extensions,
    ca,
  });
  return { cert: made.cert, key: made.private, serial: new X509Certificate(made.cert).serialNumber.toUpperCase() };
}
