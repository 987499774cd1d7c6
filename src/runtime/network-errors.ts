// A host's failure to one sentence: who (host:port), what happened, what to do next. The only file that matches the
// codes and texts of Bun and Deno.

import { NetworkError, messageOf, type NetworkReason } from "../base/errors.ts";
import { bareHost, hostPort, type ProxyChoice } from "./proxy.ts";
import type { Finding, Peer } from "./probe.ts";
import type { TlsMaterial } from "./runtime.ts";
import { isoSeconds, type TlsNames } from "./tls-material.ts";

/** What the host's error says, in words of our own. */
export type Failure =
  | { kind: "refused" | "unreachable" | "timed-out" | "dns" | "dns-later" | "reset" | "handshake" | "not-http" }
  | { kind: "untrusted" | "ca-as-leaf" | "expired" | "not-yet-valid" | "name" }
  | { kind: "alert"; alert: string }
  | { kind: "tunnel"; status: number }
  | { kind: "other"; text: string };

const BUN_CODES: Record<string, Exclude<Failure["kind"], "alert" | "tunnel" | "other">> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  ETIMEDOUT: "timed-out",
  ENOTFOUND: "dns",
  EAI_NONAME: "dns",
  ENODATA: "dns",
  EAI_AGAIN: "dns-later",
  ESERVFAIL: "dns-later",
  ETIMEOUT: "dns-later",
  ECONNRESET: "reset",
  EPIPE: "reset",
  EPROTO: "handshake",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "untrusted",
  SELF_SIGNED_CERT_IN_CHAIN: "untrusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "untrusted",
  CERT_UNTRUSTED: "untrusted",
  CERT_SIGNATURE_FAILURE: "untrusted",
  INVALID_CA: "untrusted",
  INVALID_PURPOSE: "untrusted",
  CERT_HAS_EXPIRED: "expired",
  CERT_NOT_YET_VALID: "not-yet-valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "name",
  HOSTNAME_MISMATCH: "name",
  IP_ADDRESS_MISMATCH: "name",
  Malformed_HTTP_Response: "not-http",
  InvalidHTTPResponse: "not-http",
};

const DENO_TEXTS: [RegExp, Exclude<Failure["kind"], "alert" | "tunnel" | "other">][] = [
  [/CaUsedAsEndEntity/, "ca-as-leaf"],
  [/certificate expired/, "expired"],
  [/certificate not valid yet/, "not-yet-valid"],
  [/certificate not valid for name/, "name"],
  [/invalid peer certificate/, "untrusted"],
  [/corrupt message|tls handshake eof/, "handshake"],
  [/Connection refused/, "refused"],
  [/Name or service not known|No address associated|nodename nor servname/, "dns"],
  [/dns error/, "dns-later"],
  [/No route to host|Network is unreachable|Cannot assign requested address/, "unreachable"],
  [/timed out/, "timed-out"],
  [/close_notify|connection closed before message completed|reset by peer|Broken pipe|error reading a body|connection error|end of file/, "reset"],
  [/invalid HTTP|parsed/, "not-http"],
];

/** Reads a host's error. */
export function readFailure(error: unknown): Failure {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const kind = BUN_CODES[code];
  if (kind !== undefined) return { kind };
  if (code === "ERR_PROXY_TUNNEL") return { kind: "tunnel", status: error instanceof Error && "status" in error ? Number(error.status) : 0 };
  const text = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
  const alert = /received fatal alert: (\w+)/.exec(text)?.[1];
  if (alert !== undefined) return { kind: "alert", alert: alert.replace(/CA$/, "Ca").replace(/(?!^)[A-Z]/g, "_$&").toLowerCase() };
  if (text.includes("unsuccessful tunnel")) return { kind: "tunnel", status: 0 };
  if (text.includes("proxy authorization required")) return { kind: "tunnel", status: 407 };
  for (const [pattern, known] of DENO_TEXTS) if (pattern.test(text)) return { kind: known };
  return { kind: "other", text: code === "" || text.startsWith(code) ? text : `${code} ${text}` };
}

export interface Circumstances {
  url: URL;
  tls: TlsMaterial;
  names: TlsNames;
  proxy: ProxyChoice | false;
  /** Subject of our client certificate and its end, if one is configured. */
  client: { subject: string; notAfterMs: number } | undefined;
  nowMs: number;
}

/** How a probe would help with this failure; undefined if the failure is clear. */
export function probeMode(failure: Failure, { url, proxy }: Circumstances): "look" | "same" | undefined {
  if (proxy !== false) return undefined;
  if (url.protocol === "http:") return failure.kind === "reset" || failure.kind === "not-http" ? "look" : undefined;
  switch (failure.kind) {
    case "untrusted":
    case "ca-as-leaf":
    case "expired":
    case "not-yet-valid":
    case "name":
      return "look";
    case "reset":
    case "handshake":
      return "same";
    default:
      return undefined;
  }
}

/** The sentence for a request that got no response. */
export function requestError(cause: unknown, failure: Failure, at: Circumstances, finding?: Finding): NetworkError {
  const where = hostPort(at.url);
  const make = (reason: NetworkReason, text: string) => new NetworkError(`Cannot connect to ${where}: ${text}`, reason, { cause });
  if (at.proxy !== false) {
    const { address, variable } = at.proxy;
    const hint = `check ${variable}, or add ${bareHost(at.url)} to NO_PROXY`;
    if (failure.kind === "tunnel") {
      return make("proxy", `the proxy ${address} refuses it${failure.status === 0 ? "" : ` with status ${failure.status}`}; ${hint}`);
    }
    if (failure.kind === "refused" || failure.kind === "unreachable" || failure.kind === "dns" || failure.kind === "dns-later") {
      return make("proxy", `${REACH[failure.kind]} at the proxy ${address}; ${hint}`);
    }
  }
  if (at.url.protocol === "http:") return plainError(failure, at, finding, make);
  switch (failure.kind) {
    case "untrusted":
    case "ca-as-leaf":
      return untrusted(failure, finding?.peer, at, make);
    case "expired":
      return make("tls-expired", `its certificate expired${time(" at", finding?.peer?.notAfterMs)}; renew it on the server, or correct this machine's clock`);
    case "not-yet-valid":
      return make(
        "tls-not-yet-valid",
        `its certificate is not valid yet${time(", only from", finding?.peer?.notBeforeMs)}; correct this machine's clock, or renew it on the server`,
      );
    case "name":
      return wrongName(finding?.peer, at, make);
    case "alert":
      return refusedByServer(failure.alert, at, make);
    case "reset":
    case "handshake":
      return handshakeError(failure, at, finding, make);
    default:
      return commonError(failure, make);
  }
}

type Make = (reason: NetworkReason, text: string) => NetworkError;

const REACH = {
  refused: "connection refused",
  unreachable: "no route to the host",
  dns: "the host name is unknown",
  "dns-later": "the host name cannot be resolved now",
} as const;

function commonError(failure: Failure, make: Make): NetworkError {
  switch (failure.kind) {
    case "refused":
      return make("refused", `${REACH.refused}; check that the server is running and that host and port are right`);
    case "unreachable":
      return make("unreachable", `${REACH.unreachable}; check the address and this machine's network`);
    case "timed-out":
      return make("timeout", "no answer; check the address and that no firewall is in between");
    case "dns":
      return make("dns", `${REACH.dns}; check its spelling and this machine's DNS`);
    case "dns-later":
      return make("dns", `${REACH["dns-later"]}; check this machine's DNS`);
    case "not-http":
      return make("other", "the answer is not HTTP; check the port");
    case "other":
      return make("other", failure.text);
    default:
      return make("closed", "the server closed the connection without an answer; check its log");
  }
}

function plainError(failure: Failure, at: Circumstances, finding: Finding | undefined, make: Make): NetworkError {
  if (finding?.handshake || finding?.alert !== undefined) return tlsExpected(at, make);
  return commonError(failure, make);
}

function tlsExpected(at: Circumstances, make: Make): NetworkError {
  return make("not-tls", `the server speaks TLS on this port; use https://${at.url.host}`);
}

/** The sentence for a proxy that answered in the server's place (status 407). */
export function proxyRefusal(at: Circumstances, status: number): NetworkError {
  return requestError(undefined, { kind: "tunnel", status }, at);
}

/** Go's and nginx's answer to HTTP on their TLS port is a 400 that says so; undefined for any other. */
export function plainOnTls(at: Circumstances, status: number, body: string): NetworkError | undefined {
  if (at.url.protocol !== "http:" || status !== 400) return undefined;
  if (!/HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port/.test(body)) return undefined;
  return tlsExpected(at, (reason, text) => new NetworkError(`Cannot connect to ${hostPort(at.url)}: ${text}`, reason));
}

function untrusted(failure: Failure, peer: Peer | undefined, at: Circumstances, make: Make): NetworkError {
  const give = (what: string) => (at.names.ca === undefined ? `trust ${what}` : `give ${what} with ${at.names.ca}`);
  if (failure.kind === "ca-as-leaf") {
    return make("tls-self-signed", "its certificate is a CA and not a server's, which Deno does not accept; have the server use one issued by that CA");
  }
  if (peer?.selfSigned) return make("tls-self-signed", `its certificate is self-signed (${peer.subject}); ${give("that certificate")}`);
  const issuer = peer === undefined ? "an unknown CA" : `"${peer.issuer}"`;
  if (at.tls.ca === undefined) return make("tls-untrusted", `its certificate was issued by ${issuer}, which this machine does not trust; ${give("that CA")}`);
  return make("tls-untrusted", `its certificate was issued by ${issuer}, which is not in ${at.names.ca ?? "the given CA file"}; ${give("that CA")}`);
}

function wrongName(peer: Peer | undefined, at: Circumstances, make: Make): NetworkError {
  const asked = at.tls.serverName ?? bareHost(at.url);
  const source = at.tls.serverName === undefined ? "" : ` (${at.names.serverName ?? "server name"})`;
  const override = at.names.serverName === undefined ? "" : `, or name one of them with ${at.names.serverName}`;
  if (peer === undefined) return make("tls-name", `its certificate is not for "${asked}"${source}; use a name it is for`);
  if (peer.names.length === 0) return make("tls-name", `its certificate is for no host at all (no subjectAltName); have one issued for "${asked}"`);
  const names = peer.names.length > 8 ? [...peer.names.slice(0, 8), "…"] : peer.names;
  return make("tls-name", `its certificate is for ${names.join(", ")} and not for "${asked}"${source}; use such a host in the URL${override}`);
}

function handshakeError(failure: Failure, at: Circumstances, finding: Finding | undefined, make: Make): NetworkError {
  if (finding?.alert !== undefined) return refusedByServer(finding.alert, at, make);
  if (finding?.plain) return make("not-tls", "the server does not speak TLS on this port; check the port, or use http:// if it is meant to be unencrypted");
  if (finding?.closed) {
    const reason = finding.handshake ? "tls-client-cert" : "tls-handshake";
    return make(reason, `the server closed the connection during the TLS handshake without a reason; ${clientAdvice(at)}`);
  }
  if (failure.kind === "handshake" && finding?.handshake !== true) return make("tls-handshake", "the TLS handshake failed; check that the server speaks TLS on this port");
  return commonError(failure, make);
}

function clientAdvice(at: Circumstances): string {
  const { cert, key } = at.names;
  if (at.client === undefined) {
    return cert === undefined ? "check its log" : `if it requires a client certificate, give one with ${cert} and ${key}, else check its log`;
  }
  return `if it checks client certificates, it does not accept ${at.client.subject}${expiredNote(at)}; check ${cert ?? "the client certificate"} against the CA that the server trusts, and its log`;
}

function expiredNote(at: Circumstances): string {
  return at.client !== undefined && at.client.notAfterMs <= at.nowMs ? ` (expired at ${isoSeconds(at.client.notAfterMs)})` : "";
}

// Alerts with which a server turns down a client certificate. src: RFC 8446, 6.2
const CLIENT_ALERTS = new Set([
  "bad_certificate",
  "unsupported_certificate",
  "certificate_revoked",
  "certificate_expired",
  "certificate_unknown",
  "unknown_ca",
  "access_denied",
  "decrypt_error",
]);

function refusedByServer(alert: string, at: Circumstances, make: Make): NetworkError {
  const { cert, key } = at.names;
  const give = cert === undefined ? "this connection has none to give" : `give one with ${cert} and ${key}`;
  if (at.client !== undefined && CLIENT_ALERTS.has(alert)) {
    return make(
      "tls-client-cert",
      `the server does not accept the client certificate ${at.client.subject}${expiredNote(at)} (TLS alert ${alert}); ` +
        `give one from a CA that it trusts${cert === undefined ? "" : ` with ${cert} and ${key}`}`,
    );
  }
  if (alert === "certificate_required") return make("tls-client-cert", `the server requires a client certificate and none was given; ${give}`);
  if (at.client === undefined && (alert === "handshake_failure" || CLIENT_ALERTS.has(alert))) {
    return make("tls-client-cert", `the server refused the TLS handshake (alert ${alert}), probably because it requires a client certificate; ${give}`);
  }
  return make("tls-handshake", `the server refused the TLS handshake (alert ${alert}); check its TLS versions and its log`);
}

function time(before: string, ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? "" : `${before} ${isoSeconds(ms)}`;
}

/** The sentence for a response that ended before it was complete. */
export function bodyError(cause: unknown, url: URL): NetworkError {
  const failure = readFailure(cause);
  const text = failure.kind === "other" ? failure.text : failure.kind === "not-http" ? "the response is malformed" : "it broke off in the middle of the response";
  return new NetworkError(`Lost the connection to ${hostPort(url)}: ${text}`, "cut", { cause });
}
