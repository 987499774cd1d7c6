// What the dev server can be told. The command line's flags are mapped to DevOptions; nothing is parsed here.

import type { Clock, Random } from "../base/clock.ts";
import { Secret } from "../base/secret.ts";
import { DEFAULT_ERA } from "./behaviour/eras.ts";

/** Whether the API asks for a client certificate: never, takes one when given, refuses the handshake without one. */
type MtlsMode = "off" | "optional" | "required";

export interface DevOptions {
  /** `host:port` of the API (TLS); port 0 = any free one. `localhost` listens on 127.0.0.1 and, where there is one, ::1. */
  apiAddress: string;
  /** `host:port` of the token exchange (plain HTTP). */
  exchangeAddress: string;
  /** `host:port` where orders about faults are taken (plain HTTP, loopback alone); undefined = nowhere. */
  adminAddress: string | undefined;
  /** The credential that the exchange accepts. */
  token: Secret;
  mtls: MtlsMode;
  /** Where the files for clients are written; undefined = a fresh temporary directory. */
  stateDir: string | undefined;
  /** JSON for programs, written once the server serves; undefined = none. */
  readyFile: string | undefined;
  /** Play Grafana's own parts, such as `errors:10%,drivers:1`; `on` = all as they are, undefined = none. */
  simulate: string | undefined;
  /** Life of minted tokens when the request does not say `expiresIn`, ms. */
  tokenLifetimeMs: number;
  /** Healthy repositories to start with: `name` (namespace `default`) or `namespace/name`. */
  repositories: readonly string[];
  /** Accepted as `Authorization: Bearer` with all rights, as a stock Grafana takes service-account tokens; undefined = none. */
  bearerToken: Secret | undefined;
  /** Which age of server this is: a column of the table of behaviours. */
  era: string;
  /** Behaviours set alone, such as `page-size=3`. */
  settings: readonly string[];
  /** Faults that are active from the start, such as `cut:rst`. */
  faults: readonly string[];
  /** Seeds the dice of the faults; undefined = a seed of its own. */
  faultSeed: number | undefined;
  /** Write one line per request. */
  logRequests: boolean;
}

/** The addresses and credential that the original's README uses. */
export const DEV_DEFAULTS: DevOptions = {
  apiAddress: "localhost:6446",
  exchangeAddress: "localhost:6481",
  adminAddress: undefined,
  token: new Secret("ProvisioningAdminToken"),
  mtls: "optional",
  stateDir: undefined,
  readyFile: undefined,
  simulate: undefined,
  tokenLifetimeMs: 600_000,
  repositories: ["test6"],
  bearerToken: undefined,
  era: DEFAULT_ERA,
  settings: [],
  faults: [],
  faultSeed: undefined,
  logRequests: false,
};

/** What the process lends to the `dev` command. */
export interface DevEnv {
  clock: Clock;
  random: Random;
  /** Takes one finished line for the person who started the server. */
  write: (line: string) => void;
  /** Takes a line of the access log; may lose it when its reader is slow. */
  log: (line: string) => void;
  /** Ends the server. */
  signal: AbortSignal;
  /** How this program is called, in commands to paste. */
  program: string;
  /** Of this process, for the ready file. */
  pid: number;
  /** Has this called at the very end, also when a second signal or a bug ends the process at once. */
  atExit: (clean: () => void) => void;
}
