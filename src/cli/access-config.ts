// Where a server is, how it is trusted, what is shown to it, and what of it is meant: the settings that every command has which
// asks one. Reads no file.

import { UsageError } from "../base/errors.ts";
import { credentialOf } from "./credentials.ts";
import type { Credential } from "./credentials.ts";
import { API_VERSION_NAMES } from "./flags.ts";
import type { Environment, Settings } from "./settings.ts";
import { namespaceOf, quoted, refusePlaintext, urlOf, urlText } from "./values.ts";
import type { Source } from "./values.ts";

export interface TlsConfig {
  /** Skip verification of the server's certificate. */
  insecure: boolean;
  /** Whether the user said so, rather than the default. */
  insecureNamed: boolean;
  caFile?: string;
  certFile?: string;
  keyFile?: string;
  serverName?: string;
}

export interface AccessConfig {
  credential: Credential;
  /** Base URL without a slash at its end; undefined only with a kubeconfig, whose own server it overrides. */
  server: string | undefined;
  tls: TlsConfig;
  allowPlaintextToken: boolean;
}

export interface ScopeConfig {
  /** Empty = all, at once. */
  namespaces: string[];
  apiVersion: (typeof API_VERSION_NAMES)[number];
  apiVersionNamed: boolean;
}

/** @throws UsageError */
export function scopeOf(settings: Settings): ScopeConfig {
  return {
    namespaces: [...new Set(settings.list("namespace").map(namespaceOf))],
    apiVersion: settings.enum("api-version", API_VERSION_NAMES),
    apiVersionNamed: settings.named("api-version") !== undefined,
  };
}

/** What goes together, so to be read after all single values. @throws UsageError */
export function accessOf(settings: Settings, env: Environment): AccessConfig {
  const allowPlaintextToken = settings.bool("allow-plaintext-token");
  const credential = credentialOf(settings, env);
  const url = serverOf(settings, credential);
  return { credential, server: url === undefined ? undefined : urlText(url), tls: tlsOf(settings, credential, url), allowPlaintextToken };
}

function serverOf(settings: Settings, credential: Credential): URL | undefined {
  const source = settings.named("provisioning-server-url");
  if (source === undefined) {
    if (credential.kind === "kubeconfig") return undefined;
    throw new UsageError(
      "Missing --provisioning-server-url: expected the provisioning API's base URL, such as https://localhost:6446",
    );
  }
  const url = urlOf(source, "base");
  refusePlaintext(source, url, settings.bool("allow-plaintext-token"));
  return url;
}

function tlsOf(settings: Settings, credential: Credential, url: URL | undefined): TlsConfig {
  const insecure = settings.named("tls-insecure");
  const ca = settings.named("tls-ca-file");
  const cert = settings.named("tls-cert-file");
  const key = settings.named("tls-key-file");
  const name = settings.named("tls-server-name");
  const skip = settings.bool("tls-insecure");
  const material = ca ?? cert ?? key ?? name;
  if (credential.kind === "kubeconfig" && material !== undefined) {
    throw new UsageError(`Cannot combine --kubeconfig with ${material.label}: the kubeconfig file holds the TLS settings`);
  }
  const pointless = material ?? (skip ? undefined : insecure);
  if (url?.protocol === "http:" && pointless !== undefined) {
    throw new UsageError(
      `Cannot combine ${pointless.label} with ${quoted(urlText(url))}: expected an https URL where TLS flags are given`,
    );
  }
  if (insecure !== undefined && skip && ca !== undefined) {
    throw new UsageError(`Cannot combine ${insecure.label} with ${ca.label}: expected either verification against that CA or none`);
  }
  if (cert !== undefined && key === undefined) throw incomplete("--tls-key-file", cert);
  if (key !== undefined && cert === undefined) throw incomplete("--tls-cert-file", key);
  const byDefault = skip && ca === undefined && credential.kind !== "kubeconfig" && url?.protocol !== "http:";
  return {
    insecure: insecure === undefined ? byDefault : skip,
    insecureNamed: insecure !== undefined,
    ...(ca && { caFile: ca.text }),
    ...(cert && { certFile: cert.text }),
    ...(key && { keyFile: key.text }),
    ...(name && { serverName: name.text }),
  };
}

function incomplete(missing: string, given: Source): UsageError {
  return new UsageError(`Missing ${missing}: expected with ${given.label} ${quoted(given.text)}`);
}
