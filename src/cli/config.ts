// A command, its arguments and the environment to a checked configuration, or a UsageError. Pure: opens no file,
// touches no network, prints nothing.

import { UsageError } from "../base/errors.ts";
import { LOG_LEVELS } from "../base/log.ts";
import type { LogFormat, LogLevel } from "../base/log.ts";
import type { Secret } from "../base/secret.ts";
import { accessOf, scopeOf } from "./access-config.ts";
import type { AccessConfig, ScopeConfig } from "./access-config.ts";
import { headerSecret } from "./credentials.ts";
import { type DriveConfig, driveOf } from "./drive-config.ts";
import { COMMANDS, LOG_FORMATS, MTLS_MODES, SHELLS, VERSION_FORMATS } from "./flags.ts";
import type { CommandName, FaultCommandName, GroupName } from "./flags.ts";
import type { HistoryConfig } from "./history-config.ts";
import { parseArguments } from "./parse.ts";
import { Settings } from "./settings.ts";
import type { Environment } from "./settings.ts";
import { addressOf, enumOf, portOf, quoted, rateOf, repositoryOf, requiredAddressOf, seedOf } from "./values.ts";
import type { Address, Source } from "./values.ts";
import type { VerifyConfig } from "./verify-config.ts";

export interface RunConfig extends AccessConfig, ScopeConfig {
  command: "run";
  /** 0 = no pruning. */
  historyExpirationMs: number;
  /** Undefined = derived from the expiration. */
  historySweepIntervalMs: number | undefined;
  /** Deletions per second; 0 = no limit. */
  historyDeleteRate: number;
  resyncIntervalMs: number;
  /** 0 = for ever. */
  startupTimeoutMs: number;
  shutdownTimeoutMs: number;
  /** Undefined = off; an empty host = all interfaces. */
  healthAddress: Address | undefined;
  healthAddressNamed: boolean;
  logFormat: LogFormat;
  logLevel: LogLevel;
  dryRun: boolean;
  drive: DriveConfig;
}

export interface DevConfig {
  command: "dev";
  /** `host:port` or `:port`, checked. */
  apiAddress: string;
  exchangeAddress: string;
  /** Undefined = off. */
  adminAddress: string | undefined;
  token: Secret;
  /** Undefined = none is accepted. */
  bearerToken: Secret | undefined;
  mtls: (typeof MTLS_MODES)[number];
  /** Undefined = a new directory among the temporary files. */
  stateDir: string | undefined;
  readyFile: string | undefined;
  /** Wait for the server of the ready file and print its environment instead of serving. */
  printEnv: boolean;
  /** What is played, checked by the dev server; undefined = nothing. */
  simulate: string | undefined;
  tokenLifetimeMs: number;
  /** `name` or `namespace/name`. */
  repositories: string[];
  /** Column of the table of behaviours; checked by the dev server. */
  era: string;
  /** `name=value`; checked by the dev server. */
  settings: string[];
  /** Print the table of behaviours instead of serving. */
  listEras: boolean;
  /** `name:args`; checked by the dev server. */
  faults: string[];
  /** Undefined = a new one. */
  faultSeed: number | undefined;
  /** Print the table of faults instead of serving. */
  listFaults: boolean;
  logRequests: boolean;
}

export interface FaultConfig {
  command: FaultCommandName;
  /** `http://host:port` of the running server. */
  adminUrl: string;
  /** The fault to add, the id to clear; undefined = all. */
  argument: string | undefined;
}

export interface SeedConfig {
  command: "dev seed";
  /** `http://host:port` of the running server. */
  adminUrl: string;
  /** Those that were given, by name; checked by the dev server. */
  numbers: Record<string, string>;
}

export interface ReadyConfig {
  command: "ready";
  /** URL of /readyz. */
  url: string;
  timeoutMs: number;
}

export interface VersionConfig {
  command: "version";
  output: (typeof VERSION_FORMATS)[number];
}

export interface CompletionConfig {
  command: "completion";
  shell: (typeof SHELLS)[number];
}

export interface HelpConfig {
  command: "help";
  /** Undefined = the program itself. */
  topic: CommandName | GroupName | undefined;
}

export type Config = RunConfig | HistoryConfig | VerifyConfig | DevConfig | FaultConfig | SeedConfig | ReadyConfig | VersionConfig | CompletionConfig | HelpConfig;

/** Each watch is a connection and a list; past this many a cluster-wide one is cheaper for both sides. */
export const NAMESPACES_MAX = 100;
const SECOND = { atLeastMs: 1000, least: "at least 1s" };
const NOT_NEGATIVE = { atLeastMs: 0, least: "zero or more" };

/** Reads the arguments of `run`. @throws UsageError */
export function runConfig(argv: readonly string[], env: Environment): RunConfig {
  const settings = new Settings(COMMANDS.run, parseArguments(COMMANDS.run, argv).given, env);
  const sweep = settings.named("history-sweep-interval");
  // Values first, then what goes together: a typing error is told before what is missing.
  const values = {
    command: "run" as const,
    historyExpirationMs: Math.max(settings.durationMs("history-expiration"), 0),
    historySweepIntervalMs: sweep === undefined ? undefined : settings.durationMs("history-sweep-interval", SECOND),
    historyDeleteRate: rateOf(settings.required("history-delete-rate")),
    ...watchedOf(settings),
    resyncIntervalMs: settings.durationMs("resync-interval", SECOND),
    startupTimeoutMs: settings.durationMs("startup-timeout", NOT_NEGATIVE),
    shutdownTimeoutMs: settings.durationMs("shutdown-timeout", NOT_NEGATIVE),
    healthAddress: addressOf(settings.required("health-probe-bind-address")),
    healthAddressNamed: settings.named("health-probe-bind-address") !== undefined,
    logFormat: settings.enum("log-format", LOG_FORMATS),
    logLevel: settings.enum("log-level", LOG_LEVELS),
    dryRun: settings.bool("dry-run"),
    drive: driveOf(settings),
  };
  return { ...values, ...accessOf(settings, env) };
}

function watchedOf(settings: Settings): ScopeConfig {
  const scope = scopeOf(settings);
  if (scope.namespaces.length > NAMESPACES_MAX) {
    throw new UsageError(
      `Cannot watch ${scope.namespaces.length} namespaces: expected at most ${NAMESPACES_MAX}, as each is a watch of its own; ` +
        "leave --namespace out to watch all of them in one, or share them among several controllers",
    );
  }
  return scope;
}

/** Reads the arguments of `dev`. @throws UsageError */
export function devConfig(argv: readonly string[], env: Environment): DevConfig {
  const settings = new Settings(COMMANDS.dev, parseArguments(COMMANDS.dev, argv).given, env);
  const bearer = settings.named("bearer-token");
  const seed = settings.source("fault-seed");
  const port = settings.source("port");
  const api = settings.required("api-address");
  const apiPort = port === undefined ? undefined : portOf(port);
  const printEnv = settings.bool("print-env");
  const readyFile = settings.text("ready-file");
  if (printEnv && readyFile === undefined) {
    throw new UsageError("Cannot use --print-env alone: expected --ready-file=<file>, the file of the server whose environment it prints");
  }
  return {
    command: "dev",
    apiAddress: addressText(settings, "api-address", apiPort),
    exchangeAddress: addressText(settings, "exchange-address", anyPort(settings, "exchange-address", port, apiPort)),
    adminAddress: addressOf(settings.required("admin-address")) === undefined
      ? undefined
      : addressText(settings, "admin-address", anyPort(settings, "admin-address", port ?? api, apiPort ?? requiredAddressOf(api).port)),
    token: headerSecret(settings.required("token")),
    bearerToken: bearer === undefined ? undefined : headerSecret(bearer),
    mtls: settings.enum("mtls", MTLS_MODES),
    stateDir: settings.text("state-dir"),
    readyFile,
    printEnv,
    simulate: settings.parts("simulate"),
    tokenLifetimeMs: settings.durationMs("token-lifetime", SECOND),
    repositories: [...new Set(settings.list("repository").map(repositoryOf))],
    era: settings.required("era").text,
    settings: settings.list("set").map(({ text }) => text),
    listEras: settings.bool("list-eras"),
    faults: settings.list("fault").map(({ text }) => text),
    faultSeed: seed === undefined ? undefined : seedOf(seed),
    listFaults: settings.bool("list-faults"),
    logRequests: settings.bool("log-requests"),
  };
}

/** The address as text, with another port if one is given. */
function addressText(settings: Settings, name: string, port?: number): string {
  const source = settings.required(name);
  requiredAddressOf(source);
  return port === undefined ? source.text : source.text.replace(/\d+$/, String(port));
}

/**
 * `--port=0` means any port for every address that was not named, or named less loudly: the port by a flag, the address by a
 * variable, such as that of a server which runs already.
 */
function anyPort(settings: Settings, name: string, port: Source | undefined, apiPort: number | undefined): 0 | undefined {
  const named = settings.named(name);
  const isFlag = ({ label }: Source) => label.startsWith("--");
  const free = named === undefined || (port !== undefined && isFlag(port) && !isFlag(named));
  return apiPort === 0 && free ? 0 : undefined;
}

/** Reads the arguments of `dev fault add` and its like. @throws UsageError */
export function faultConfig(command: FaultCommandName, argv: readonly string[], env: Environment): FaultConfig {
  const { given, argument } = parseArguments(COMMANDS[command], argv);
  const settings = new Settings(COMMANDS[command], given, env);
  return { command, adminUrl: urlOfAddress(settings.required("admin-address"), "dev"), argument };
}

/** Reads the arguments of `dev seed`. @throws UsageError */
export function seedConfig(argv: readonly string[], env: Environment): SeedConfig {
  const settings = new Settings(COMMANDS["dev seed"], parseArguments(COMMANDS["dev seed"], argv).given, env);
  const names = COMMANDS["dev seed"].flags.map(({ name }) => name).filter((name) => name !== "admin-address");
  const given = names.map((name) => [name, settings.named(name)?.text] as const).filter(([, text]) => text !== undefined);
  return {
    command: "dev seed",
    adminUrl: urlOfAddress(settings.required("admin-address"), "dev"),
    numbers: Object.fromEntries(given) as Record<string, string>,
  };
}

/** `http://host:port` of an address that a command listens on; one on all interfaces is asked on loopback. */
function urlOfAddress(source: Source, listener: CommandName): string {
  const { host, port } = requiredAddressOf(source);
  if (port === 0) throw new UsageError(`Cannot use ${source.label} ${quoted(source.text)}: expected the port that ${listener} listens on`);
  const asked = host === "" || host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${asked.includes(":") ? `[${asked}]` : asked}:${port}`;
}

/** Reads the arguments of `ready`. @throws UsageError */
export function readyConfig(argv: readonly string[], env: Environment): ReadyConfig {
  const settings = new Settings(COMMANDS.ready, parseArguments(COMMANDS.ready, argv).given, env);
  return {
    command: "ready",
    url: `${urlOfAddress(settings.required("health-probe-bind-address"), "run")}/readyz`,
    timeoutMs: settings.durationMs("timeout", { atLeastMs: 1, least: "at least 1ms" }),
  };
}

/** Reads the arguments of `version`. @throws UsageError */
export function versionConfig(argv: readonly string[], env: Environment): VersionConfig {
  const settings = new Settings(COMMANDS.version, parseArguments(COMMANDS.version, argv).given, env);
  return { command: "version", output: settings.enum("output", VERSION_FORMATS) };
}

/** Reads the arguments of `completion`. @throws UsageError */
export function completionConfig(argv: readonly string[]): CompletionConfig {
  const { argument = "" } = parseArguments(COMMANDS.completion, argv);
  return { command: "completion", shell: enumOf({ label: "<shell>", text: argument }, SHELLS) };
}
