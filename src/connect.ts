// From the configuration to an open way to the server: TLS files, credential, exchange. Sends nothing yet.

import { authorize } from "./auth/authorize.ts";
import { accessToken, bearer, type Credential, fixedSecret, type SecretSource } from "./auth/credential.ts";
import { createExchange } from "./auth/exchange.ts";
import { type KubeconfigAccess, loadKubeconfig, type PemSource } from "./auth/kubeconfig.ts";
import { refusePlaintext } from "./auth/plaintext.ts";
import { createSecretFile } from "./auth/secret-file.ts";
import { createTokenSource, type TokenSource } from "./auth/token-source.ts";
import type { Clock, Random } from "./base/clock.ts";
import type { Count } from "./base/counts.ts";
import { ApiError, ConfigError } from "./base/errors.ts";
import type { Fetch } from "./base/http.ts";
import type { Logger } from "./base/log.ts";
import type { Redactor } from "./base/secret.ts";
import type { AccessConfig, ScopeConfig } from "./cli/access-config.ts";
import { buildInfo } from "./cli/build-info.ts";
import { type Api, createApi } from "./kube/api.ts";
import { countedFetch } from "./observe/counted-fetch.ts";
import { API_VERSIONS, GROUP } from "./provisioning.ts";
import { type Finding, probe } from "./runtime/probe.ts";
import { createRotatingTransport, type RotatingTransport, type RotationEvent } from "./runtime/rotating-transport.ts";
import type { Host } from "./runtime/runtime.ts";
import type { TlsFiles } from "./runtime/tls-material.ts";

/** What the process lends. */
export interface ConnectEnv {
  host: Host;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Told of everything that is secret, so that no line can hold it. */
  redactor: Redactor;
  readText: (path: string) => Promise<string>;
  env: Readonly<Record<string, string | undefined>>;
  count: Count;
}

/** A server, and a way to it that carries a credential where the client certificate is not all. */
export interface Connection {
  server: string;
  fetch: Fetch;
  /** The same way without a credential; the header in which one is sent, if one is. */
  bare: Fetch;
  header: Credential["header"] | undefined;
  /** The same ways, with and without the credential, with other TLS settings and on connections of their own. @throws ConfigError */
  otherwise(change: Partial<TlsFiles>): Promise<{ fetch: Fetch; bare: Fetch }>;
  /** What the server shows to whoever connects. */
  look(): Promise<Finding | undefined>;
  /** The TLS settings that are in use. */
  tls: TlsFiles;
  /** Where access tokens come from, if there is an exchange. */
  exchange: { url: string; fetch: Fetch; subject: SecretSource } | undefined;
  /** Ends of life, ms since the epoch; undefined where there is none, or none is known. */
  readonly tokenExpiresAtMs: number | undefined;
  readonly certificateExpiresAtMs: number | undefined;
  close(): void;
}

/** Everything that a file can spoil is found here, before the first request. @throws ConfigError */
export async function connect(config: AccessConfig, env: ConnectEnv): Promise<Connection> {
  const kubeconfig = config.credential.kind === "kubeconfig" ? await loadKubeconfig({ ...config.credential, readText: env.readText }) : undefined;
  const server = config.server ?? kubeconfig?.server;
  if (server === undefined) throw new ConfigError("Missing --provisioning-server-url");
  const tls = kubeconfig === undefined ? { files: config.tls, readText: env.readText } : kubeconfigTls(kubeconfig, config, env.readText);
  const transport = await open(tls.files, tls.readText, env);
  if (tls.files.insecure && server.startsWith("https:")) {
    env.log.warn("TLS certificate of the provisioning server is not verified", { next: "give --tls-ca-file, or --tls-insecure=false for public roots" });
  }
  const { credential, tokens, exchange, close } = await credentialOf(config, kubeconfig, server, env);
  const fetch = countedFetch(transport.fetch, "api", env.count);
  const entitled = (way: Fetch) => (credential === undefined ? way : authorize(way, credential, env.count));
  const opened = [transport];
  return {
    server,
    fetch: entitled(fetch),
    bare: fetch,
    async otherwise(change) {
      const other = await open({ ...tls.files, ...change }, tls.readText, env);
      opened.push(other);
      return { fetch: entitled(other.fetch), bare: other.fetch };
    },
    look: () => probe({ url: new URL(server), tls: { serverName: tls.files.serverName, insecure: true }, clock: env.clock, mode: "look" }),
    tls: tls.files,
    header: credential?.header,
    exchange,
    get tokenExpiresAtMs() {
      return tokens?.expiresAtMs;
    },
    get certificateExpiresAtMs() {
      return transport.notAfterMs;
    },
    close() {
      close?.();
      for (const one of opened) one.close();
    },
  };
}

/** The provisioning API at the other end; `onVersion` as in ApiOptions. */
export function apiOf(config: ScopeConfig, { server, fetch }: Connection, clock: Clock, onVersion?: (version: string) => void): Api {
  const { apiVersion, apiVersionNamed } = config;
  const others = apiVersionNamed ? [] : API_VERSIONS.filter((version) => version !== apiVersion);
  const userAgent = `job-controller/${buildInfo.version}`;
  return createApi({ server, group: GROUP, versions: [apiVersion, ...others], fetch, clock, userAgent, ...(onVersion && { onVersion }) });
}

/** Who may not list everywhere may still be allowed to list somewhere. */
export function advised(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.status !== 403) return error;
  const { message, status, reason } = error;
  return new ApiError(`${message}; if only some namespaces are granted, name them with --namespace`, { status, reason, cause: error });
}

function open(files: TlsFiles, readText: ConnectEnv["readText"], env: ConnectEnv): Promise<RotatingTransport> {
  const { host, clock } = env;
  return createRotatingTransport({ host, files, readText, clock, env: env.env, onEvent: (event) => tellRotation(event, env) });
}

function tellRotation(event: RotationEvent, { log, count }: Pick<ConnectEnv, "log" | "count">): void {
  switch (event.kind) {
    case "rotated":
      count("tls-reloaded", {});
      log.info("certificates changed, in use from the next request on", { serial: event.serial });
      break;
    case "kept":
      count("tls-reload-failed", {});
      log.warn("changed certificates cannot be used, keeping those before", { error: event.reason });
      break;
    case "warning":
      log.warn(event.text);
      break;
    default:
      event satisfies never;
  }
}

async function credentialOf(
  config: AccessConfig,
  kubeconfig: KubeconfigAccess | undefined,
  server: string,
  env: ConnectEnv,
): Promise<{ credential: Credential | undefined; tokens?: TokenSource; exchange?: Connection["exchange"]; close?: () => void }> {
  const { clock, random, log, count } = env;
  const onStale = (error: ConfigError) => {
    count("secret-unreadable", {});
    log.warn("keeping the last good secret", { error: error.message });
  };
  const file = (path: string, name: string) => createSecretFile({ path, readText: env.readText, clock, name, onStale });
  const given = config.credential;
  switch (given.kind) {
    case "exchange": {
      const subject = redacted(given.token.kind === "value" ? fixedSecret(given.token.value) : file(given.token.path, "--token-file"), env.redactor);
      await subject.current();
      const files = { caFile: given.exchangeCaFile, insecure: false, names: { ca: "--token-exchange-ca-file" } };
      const transport = await open(files, env.readText, env);
      const fetch = countedFetch(transport.fetch, "exchange", count);
      const exchange = createExchange({ fetch, url: given.exchangeUrl, subject, clock, random, allowPlaintext: config.allowPlaintextToken, count });
      const tokens = createTokenSource({ exchange, clock, random });
      const credential = accessToken(tokens);
      const close = () => {
        tokens.close();
        transport.close();
      };
      const ways = { url: given.exchangeUrl, fetch, subject };
      return { credential: { ...credential, ...redacted(credential, env.redactor) }, tokens, exchange: ways, close };
    }
    case "bearer": {
      const source = redacted(file(given.path, "--bearer-token-file"), env.redactor);
      await source.current();
      return { credential: bearer(source) };
    }
    case "kubeconfig": {
      const found = kubeconfig?.bearer;
      if (found === undefined) return { credential: undefined };
      refusePlaintext(new URL(server), config.allowPlaintextToken);
      const source = redacted("file" in found ? file(found.file, "tokenFile of --kubeconfig") : fixedSecret(found.secret), env.redactor);
      await source.current();
      return { credential: bearer(source) };
    }
  }
}

/** Tells the redactor of every secret that passes. */
function redacted(source: SecretSource, redactor: Redactor): SecretSource {
  return {
    async current(signal) {
      const secret = await source.current(signal);
      redactor.add(secret);
      return secret;
    },
    async renewed(rejected, signal) {
      const secret = await source.renewed(rejected, signal);
      if (secret !== undefined) redactor.add(secret);
      return secret;
    },
  };
}

/** TLS settings of a kubeconfig. What it holds as text gets a name that readText knows. */
function kubeconfigTls(access: KubeconfigAccess, config: AccessConfig, readText: ConnectEnv["readText"]): { files: TlsFiles; readText: ConnectEnv["readText"] } {
  const texts = new Map<string, string>();
  const pathOf = (source: PemSource | undefined, field: string) => {
    if (source === undefined || "file" in source) return source?.file;
    const name = `${field} of context ${access.context}`;
    texts.set(name, source.text);
    return name;
  };
  // What is quoted behind it is a path of that field's own, or the field in the kubeconfig itself.
  const nameOf = (source: PemSource | undefined, field: string) => (source !== undefined && "file" in source ? `${field} of --kubeconfig` : "--kubeconfig");
  const files: TlsFiles = {
    caFile: pathOf(access.ca, "certificate-authority-data"),
    certFile: pathOf(access.cert, "client-certificate-data"),
    keyFile: pathOf(access.key, "client-key-data"),
    serverName: access.serverName,
    insecure: config.tls.insecureNamed ? config.tls.insecure : access.insecure,
    names: {
      ca: nameOf(access.ca, "certificate-authority"),
      cert: nameOf(access.cert, "client-certificate"),
      key: nameOf(access.key, "client-key"),
      serverName: "tls-server-name of the kubeconfig",
    },
  };
  return { files, readText: (path) => (texts.has(path) ? Promise.resolve(texts.get(path) ?? "") : readText(path)) };
}
