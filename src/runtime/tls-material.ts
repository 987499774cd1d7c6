// PEM files to checked TLS material: everything that a host would report badly, or not at all, is found here and named.
// In: paths and a reader. Out: texts that fit together. Knows no connection.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { ConfigError, messageOf } from "../base/errors.ts";
import type { TlsMaterial } from "./runtime.ts";

/** How a person sets each part; printed in messages. */
export interface TlsNames {
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  insecure?: string;
}

export const TLS_FLAGS: TlsNames = {
  ca: "--tls-ca-file",
  cert: "--tls-cert-file",
  key: "--tls-key-file",
  serverName: "--tls-server-name",
  insecure: "--tls-insecure",
};

export interface TlsFiles {
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  serverName?: string;
  insecure: boolean;
  /** Default: TLS_FLAGS. */
  names?: TlsNames;
}

export interface LoadedTls {
  material: TlsMaterial;
  /** Lines for a person: certificates that end soon or have ended without being of use yet. */
  warnings: string[];
  /** End of the client certificate's life, ms since the epoch. */
  notAfterMs?: number;
  /** Serial number of the client certificate, upper-case hexadecimal of whole bytes. */
  serial?: string;
}

/**
 * Reads and checks the files as a set.
 * @throws ConfigError naming the file and its flag: unreadable, not PEM, encrypted, key and certificate that do not belong together, expired.
 */
export async function loadTlsMaterial(files: TlsFiles, readText: (path: string) => Promise<string>, nowMs: number): Promise<LoadedTls> {
  const names = { ...TLS_FLAGS, ...files.names };
  const { caFile, certFile, keyFile } = files;
  if (certFile !== undefined && keyFile === undefined) {
    throw new ConfigError(`Cannot use ${names.cert} "${certFile}" alone: expected its private key too; give it with ${names.key}`);
  }
  if (keyFile !== undefined && certFile === undefined) {
    throw new ConfigError(`Cannot use ${names.key} "${keyFile}" alone: expected its certificate too; give it with ${names.cert}`);
  }
  const material: TlsMaterial = { serverName: files.serverName, insecure: files.insecure };
  const loaded: LoadedTls = { material, warnings: [] };
  if (caFile !== undefined) {
    const bundle = parseCertificates(await read(caFile, names.ca, readText), caFile, names.ca);
    material.ca = bundle.pem;
    if (bundle.certificates.every((certificate) => Date.parse(certificate.validTo) <= nowMs)) {
      loaded.warnings.push(`every certificate in ${names.ca} "${caFile}" has expired: no server can be verified with it`);
    }
  }
  if (certFile !== undefined && keyFile !== undefined) {
    const chain = parseCertificates(await read(certFile, names.cert, readText), certFile, names.cert);
    const key = parseKey(await read(keyFile, names.key, readText), keyFile, names.key);
    const at = chain.certificates.findIndex((certificate) => belongs(certificate, key.object));
    if (at === -1) {
      throw new ConfigError(
        `Cannot use ${names.key} "${keyFile}": it does not match the certificate in ${names.cert} "${certFile}"; ` +
          "give the key that the certificate was issued for",
      );
    }
    if (at > 0) {
      throw new ConfigError(`Cannot use ${names.cert} "${certFile}": expected the client's own certificate first, found it as number ${at + 1}; reorder the file`);
    }
    const leaf = chain.certificates[0] as X509Certificate;
    checkDates(leaf, `${names.cert} "${certFile}"`, nowMs);
    material.cert = chain.pem;
    material.key = key.pem;
    // Deno leaves a leading zero out, Bun and a server's view of it do not.
    loaded.serial = leaf.serialNumber.padStart(leaf.serialNumber.length + (leaf.serialNumber.length % 2), "0");
    loaded.notAfterMs = Date.parse(leaf.validTo);
    const warning = expiryWarning(loaded.notAfterMs, nowMs);
    if (warning !== undefined) loaded.warnings.push(`client certificate in ${names.cert} "${certFile}" ${warning.text}`);
  }
  return loaded;
}

const DAY_MS = 86_400_000;
/** Days before a certificate's end at which a person is told, once each. */
export const EXPIRY_DAYS = [1, 7, 30] as const;

/** The smallest of EXPIRY_DAYS that the end lies within, and what to say; undefined while it is further away. */
export function expiryWarning(notAfterMs: number, nowMs: number): { days: number; text: string } | undefined {
  const leftMs = notAfterMs - nowMs;
  const days = EXPIRY_DAYS.find((limit) => leftMs <= limit * DAY_MS);
  if (days === undefined) return undefined;
  const left = leftMs < 2 * DAY_MS ? `${Math.max(0, Math.floor(leftMs / 3_600_000))} hours` : `${Math.floor(leftMs / DAY_MS)} days`;
  return { days, text: leftMs <= 0 ? `expired at ${isoSeconds(notAfterMs)}` : `expires at ${isoSeconds(notAfterMs)}, in ${left}` };
}

/** `2026-01-31T12:00:00Z`: certificates have whole seconds. */
export function isoSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

async function read(path: string, name: string | undefined, readText: (path: string) => Promise<string>): Promise<string> {
  try {
    return await readText(path);
  } catch (error) {
    throw new ConfigError(`Cannot read ${name} "${path}": ${unreadable(error)}`, { cause: error });
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "no such file; check the path";
  if (code === "EACCES" || code === "EPERM") return "permission denied; let the user of this process read it";
  if (code === "EISDIR") return "it is a directory; give a PEM file";
  return messageOf(error);
}

interface Block {
  label: string;
  pem: string;
}

function blocksOf(text: string): Block[] {
  const blocks = text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \1-----/g);
  return [...blocks].map(([pem, label = ""]) => ({ label, pem: `${pem.replaceAll("\r\n", "\n")}\n` }));
}

function parseCertificates(text: string, path: string, name: string | undefined): { certificates: X509Certificate[]; pem: string } {
  const blocks = blocksOf(text);
  const wanted = blocks.filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE");
  if (wanted.length === 0) {
    const found = blocks[0]?.label.toLowerCase();
    throw new ConfigError(
      `Cannot use ${name} "${path}": expected a PEM certificate (-----BEGIN CERTIFICATE-----), found ${found === undefined ? notPem(text) : `a ${found}`}` +
        (found === undefined && text.startsWith("0") ? `; convert it with: openssl x509 -inform der -in ${path} -out ${path}.pem` : ""),
    );
  }
  const certificates = wanted.map(({ pem }, index) => {
    try {
      return new X509Certificate(pem);
    } catch (error) {
      const which = wanted.length === 1 ? "the certificate" : `certificate ${index + 1} of ${wanted.length}`;
      throw new ConfigError(`Cannot use ${name} "${path}": ${which} cannot be decoded; replace the file`, { cause: error });
    }
  });
  return { certificates, pem: wanted.map(({ pem }) => pem).join("") };
}

function notPem(text: string): string {
  if (text.trim() === "") return "an empty file";
  return "none";
}

function parseKey(text: string, path: string, name: string | undefined): { object: KeyObject; pem: string } {
  const blocks = blocksOf(text);
  const block = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) {
    const found = blocks[0]?.label.toLowerCase();
    throw new ConfigError(
      `Cannot use ${name} "${path}": expected a PEM private key (-----BEGIN PRIVATE KEY-----), found ${found === undefined ? notPem(text) : `a ${found}`}`,
    );
  }
  if (block.label === "ENCRYPTED PRIVATE KEY" || /^Proc-Type: 4,ENCRYPTED/m.test(block.pem)) {
    throw new ConfigError(
      `Cannot use ${name} "${path}": the key is encrypted, expected one without a passphrase; decrypt it with: openssl pkey -in ${path} -out ${path}.plain`,
    );
  }
  try {
    return { object: createPrivateKey(block.pem), pem: block.pem };
  } catch (error) {
    throw new ConfigError(`Cannot use ${name} "${path}": the private key cannot be decoded; replace the file`, { cause: error });
  }
}

function belongs(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

function checkDates(certificate: X509Certificate, what: string, nowMs: number): void {
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  if (to <= nowMs) throw new ConfigError(`Cannot use ${what}: the certificate expired at ${isoSeconds(to)}; renew it`);
  if (from > nowMs) {
    throw new ConfigError(`Cannot use ${what}: the certificate is valid only from ${isoSeconds(from)}; wait, or correct this machine's clock`);
  }
}
