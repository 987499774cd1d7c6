// What the dev server can be told. The command line's flags are mapped to DevOptions; nothing is parsed here.

import type { Clock, Random } from "../base/clock.ts";
import { Secret } from "../base/secret.ts";

/** Whether the API asks for a client certificate: never, takes one when given, refuses the handshake without one. */
export type MtlsMode = "off" | "optional" | "required";

export interface DevOptions {
  /** `host:port` of the API (TLS); port 0 = any free one. `localhost` listens on 127.0.0.1 and, where there is one, ::1. */
  apiAddress: string;
  /** `host:port` of the token exchange (plain HTTP). */
  exchangeAddress: string;
  /** The credential that the exchange accepts. */
  token: Secret;
  mtls: MtlsMode;
  /** Where CA and client certificate are written; undefined = a fresh temporary one, removed at the end. */
  certDir: string | undefined;
  /** Complete jobs as Grafana's driver would. */
  simulate: boolean;
  /** How long a simulated job works, ms. */
  simulateDurationMs: number;
  /** Life of minted tokens when the request does not say `expiresIn`, ms. */
  tokenLifetimeMs: number;
  /** Healthy repositories to start with: `name` (namespace `default`) or `namespace/name`. */
  repositories: readonly string[];
  /** Accepted as `Authorization: Bearer` with all rights, as a stock Grafana takes service-account tokens; undefined = none. */
  bearerToken: Secret | undefined;
  /** Write one line per request. */
  logRequests: boolean;
}

/** The addresses and credential that the original's README uses. */
export const DEV_DEFAULTS: DevOptions = {
  apiAddress: "localhost:6446",
  exchangeAddress: "localhost:6481",
  token: new Secret("ProvisioningAdminToken"),
  mtls: "optional",
  certDir: undefined,
  simulate: false,
  simulateDurationMs: 2_000,
  tokenLifetimeMs: 600_000,
  repositories: ["test6"],
  bearerToken: undefined,
  logRequests: false,
};

/** What the process lends to the `dev` command. */
export interface DevEnv {
  clock: Clock;
  random: Random;
  /** Takes one finished line for the person who started the server. */
  write: (line: string) => void;
  /** Ends the server. */
  signal: AbortSignal;
}

/** Numbers in which servers differ, apart from what the API promises. Defaults: upstream main, September 2026. */
export interface Behaviour {
  /** Items of a page when the request has no `limit`. */
  pageSize: number;
  /** A page ends once its items reach this size, bytes. */
  pageBytes: number;
  /** Events kept for watches that resume, all resources together; what fell out is skipped without a word. */
  ringEvents: number;
  /** Answer such a watch with an ERROR event, code 410, instead. */
  tellsGaps: boolean;
  /** Pause between bookmarks, ms; one is sent only if the version moved. */
  bookmarkIntervalMs: number;
  /** A watch with more undelivered events than this for `slowReaderMs` is ended. */
  slowReaderEvents: number;
  slowReaderMs: number;
  /** Whether responses carry `Date`. */
  sendDate: boolean;
}

export const BEHAVIOUR: Behaviour = {
  pageSize: 500,
  pageBytes: 2 * 1024 * 1024,
  ringEvents: 500,
  tellsGaps: false,
  bookmarkIntervalMs: 10_000,
  slowReaderEvents: 100,
  slowReaderMs: 1_000,
  sendDate: true,
};
