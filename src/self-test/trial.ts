// Checks on an embedded server of their own, which is healthy or broken by flips. Clock, dice and ways to the server are lent.

import type { Clock, Random } from "../base/clock.ts";
import type { Fetch } from "../base/http.ts";
import { createDevserver, type Devserver, type DevserverOptions } from "../devserver/serve.ts";
import { GROUP } from "../provisioning.ts";
import type { Check, Era } from "../verify/check.ts";
import type { ShownCertificate } from "../verify/grounds.ts";
import type { Report } from "../verify/result.ts";
import { RUN_PREFIX, session } from "../verify/session.ts";
import { type Flip } from "./flip.ts";

/** What the process lends. */
export interface Lent {
  clock: Clock;
  random: Random;
  /** Connections of one set of TLS material. */
  connect(tls: { ca?: string; cert?: string; key?: string }): { fetch: Fetch; close(): void };
  /** The certificate that a server shows, unverified. */
  look(url: URL): Promise<ShownCertificate | undefined>;
}

export interface TrialOptions extends Partial<DevserverOptions> {
  era?: Era;
  flip?: Flip;
  namespace?: string;
  /** How long a line of a watch is awaited, ms. */
  patienceMs?: number;
  /** What has not been decided within it is an error, ms. */
  timeoutMs?: number;
  /** Is at work beside the checks until the signal ends it. */
  beside?: (devserver: Devserver, signal: AbortSignal) => void;
}

/** How long a broken server is waited for in vain, ms: longer than any watch here is asked to last, which is 1 s. */
export const FLIPPED_PATIENCE_MS = 1_500;
/** Seconds that pass in one where checks take long. */
export const SPEED = 10;
/** Rights of the second token. */
const LESSER = ["jobs:get", "jobs:list", "jobs:watch"].map((right) => `${GROUP}/${right}`);
const SECRET = "ProvisioningAdminToken";
const TIMEOUT_MS = 60_000;

/** They wait, or make much: they say themselves that they need more time than others. */
export function takesLong({ limitMs }: Pick<Check, "limitMs">): boolean {
  return limitMs !== undefined;
}

/** @throws what `session` throws */
export async function tryChecks(checks: readonly Check[], lent: Lent, options: TrialOptions = {}): Promise<Report> {
  const { era = "2026-09", flip, namespace = "trials", patienceMs, timeoutMs = TIMEOUT_MS, beside, ...rest } = options;
  const { settings = [], faults = [] } = rest;
  const devserver = await createDevserver({
    clock: lent.clock,
    random: lent.random,
    apiAddress: "127.0.0.1:0",
    exchangeAddress: "127.0.0.1:0",
    repositories: [`${namespace}/site`],
    ...rest,
    era: flip !== undefined && "era" in flip ? flip.era : era,
    // Added once there is a connection.
    faults: [],
    mtls: "required",
    settings: flip !== undefined && "set" in flip ? [...settings, ...flip.set.split(" ")] : settings,
    ...(flip !== undefined && "mtls" in flip ? flip : {}),
  });
  const { ca, client } = devserver.certificates;
  const certified = { ca, cert: client.cert, key: client.key };
  const ways = { api: lent.connect(certified), plain: lent.connect({}), verifying: lent.connect(certified), uncertified: lent.connect({ ca }) };
  const [self, lesser] = await Promise.all([devserver.mintToken(), devserver.mintToken({ permissions: LESSER })]);
  const url = new URL(devserver.apiUrl);
  const over = new AbortController();
  try {
    // On the connection that stays, the certificate of a healthy server was seen.
    await (await ways.api.fetch(`${devserver.apiUrl}/version`)).text();
    for (const fault of flip !== undefined && "fault" in flip ? [...faults, flip.fault] : faults) await devserver.faults.add(fault);
    beside?.(devserver, over.signal);
    return await session({
      clock: lent.clock,
      server: devserver.apiUrl,
      fetches: { self: withToken(ways.api, self), lesser: withToken(ways.api, lesser), forged: withToken(ways.api, "forged"), nobody: ways.api.fetch },
      tls: { host: url.hostname, look: () => lent.look(url), verifying: withToken(ways.verifying, self), uncertified: withToken(ways.uncertified, self) },
      exchange: { fetch: ways.plain.fetch, url: devserver.exchangeUrl, authorization: () => Promise.resolve(`Bearer ${SECRET}`) },
      versions: ["v0alpha1"],
      namespace,
      yes: true,
      run: `${RUN_PREFIX}test`,
      profile: "full",
      checks,
      timeoutMs,
      signal: over.signal,
      clean: (text) => text.replaceAll(SECRET, "***"),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
  } finally {
    over.abort(new Error("the trial is over"));
    for (const way of Object.values(ways)) way.close();
    await devserver.close();
  }
}

function withToken({ fetch }: { fetch: Fetch }, token: string): Fetch {
  return (url, init = {}) => fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), "x-access-token": `Bearer ${token}` } });
}
