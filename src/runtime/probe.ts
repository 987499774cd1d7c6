// One look at a server after a request to it failed, through node:tls, which names alerts and shows certificates where
// the hosts' fetch does not. Sends no request. The same on both hosts.

import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect, type ConnectionOptions } from "node:tls";
import type { Clock } from "../base/clock.ts";
import { bareHost, portOf } from "./proxy.ts";
import type { TlsMaterial } from "./runtime.ts";

/** What the server showed. */
export interface Finding {
  /** Our side of the handshake came to its end: the server speaks TLS. */
  handshake: boolean;
  /** The server ended or broke the connection. */
  closed: boolean;
  /** It answered, but not with TLS. */
  plain: boolean;
  /** Name of the TLS alert that it sent, as `certificate_required`. */
  alert?: string;
  peer?: Peer;
}

/** The server's own certificate. */
export interface Peer {
  subject: string;
  issuer: string;
  /** DNS names and IP addresses it is valid for. */
  names: string[];
  notBeforeMs: number;
  notAfterMs: number;
  selfSigned: boolean;
}

export interface ProbeOptions {
  url: URL;
  tls: TlsMaterial;
  clock: Clock;
  signal?: AbortSignal | null;
  /** `look` accepts any certificate and shows no client certificate; `same` does what the request did. */
  mode: "look" | "same";
}

const CONNECT_MS = 3_000;
/** TLS 1.3 servers refuse a client certificate only after the handshake: how long to wait for that. */
const REFUSAL_MS = 1_000;

/** Connects once; undefined if nothing was learnt. Never rejects. */
export async function probe({ url, tls, clock, signal, mode }: ProbeOptions): Promise<Finding | undefined> {
  const host = bareHost(url);
  const options: ConnectionOptions = {
    host,
    port: portOf(url),
    servername: tls.serverName ?? (isIP(host) === 0 ? host : undefined),
    ALPNProtocols: ["http/1.1"],
    ...(mode === "look"
      ? { rejectUnauthorized: false }
      : { rejectUnauthorized: !tls.insecure, ca: tls.ca, cert: tls.cert, key: tls.key }),
  };
  const timers = new AbortController();
  const stop = () => timers.abort();
  signal?.addEventListener("abort", stop, { once: true });
  const finding: Finding = { handshake: false, closed: false, plain: false };
  let socket: ReturnType<typeof connect> | undefined;
  try {
    return await new Promise<Finding | undefined>((resolve) => {
      const after = (ms: number, value: Finding | undefined) => clock.sleep(ms, timers.signal).then(() => resolve(value), () => resolve(undefined));
      const opened = (socket = connect(options));
      void after(CONNECT_MS, undefined);
      opened.on("secureConnect", () => {
        finding.handshake = true;
        finding.peer = peerOf(opened.getPeerX509Certificate());
        if (mode === "look") resolve(finding);
        else void after(REFUSAL_MS, finding);
      });
      opened.on("end", () => {
        finding.closed = true;
        // An alert is told after the end on Bun: let the error event come first.
        setImmediate(() => resolve(finding));
      });
      opened.on("close", () => {
        finding.closed = true;
        resolve(finding);
      });
      opened.on("error", (error: Error & { code?: string }) => {
        const text = `${error.code ?? ""} ${error.message}`;
        finding.alert = /ALERT_([A-Z_]+)/.exec(text)?.[1]?.toLowerCase();
        finding.plain = text.includes("WRONG_VERSION_NUMBER") || text.includes("HTTP_REQUEST");
        finding.closed ||= error.code === "ECONNRESET";
        const learnt = finding.alert !== undefined || finding.plain || finding.closed || finding.handshake;
        resolve(learnt ? finding : undefined);
      });
    });
  } catch {
    return undefined;
  } finally {
    stop();
    signal?.removeEventListener("abort", stop);
    socket?.destroy();
  }
}

function peerOf(certificate: X509Certificate | undefined): Peer | undefined {
  if (certificate === undefined) return undefined;
  const subject = oneLine(certificate.subject);
  const issuer = oneLine(certificate.issuer);
  return {
    subject,
    issuer,
    names: namesOf(certificate.subjectAltName),
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
    selfSigned: subject === issuer && verifies(certificate),
  };
}

function verifies(certificate: X509Certificate): boolean {
  try {
    return certificate.verify(certificate.publicKey);
  } catch {
    return false;
  }
}

// One relative name a line in, as `CN=a` and `O=b`; control characters of a hostile certificate out.
function oneLine(name: string): string {
  return name.trim().split("\n").join(", ").replace(/[\u0000-\u001f\u007f]/g, "?").slice(0, 200);
}

function namesOf(subjectAltName: string | undefined): string[] {
  return (subjectAltName ?? "")
    .split(", ")
    .map((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1])
    .filter((name) => name !== undefined)
    .map((name) => (isIP(name) === 6 ? new URL(`http://[${name}]/`).hostname.slice(1, -1) : oneLine(name)));
}
