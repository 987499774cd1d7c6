// One run of checks on one server: a look at what it is, a place for each check, results, and nothing left behind. It is
// handed ways to the server and knows neither flags nor files.

import { after, type Clock } from "../base/clock.ts";
import { formatDuration } from "../base/duration.ts";
import { ConfigError, messageOf, TimeoutError } from "../base/errors.ts";
import type { Fetch } from "../base/http.ts";
import { GROUP } from "../provisioning.ts";
import type { Check, Need } from "./check.ts";
import type { ExchangeGround, Grounds, Identity, TlsGround } from "./grounds.ts";
import { Place, removed } from "./place.ts";
import type { Report } from "./result.ts";
import { runChecks, type Step } from "./run-checks.ts";
import { foreignJob, pagesOf, type Survey, survey } from "./survey.ts";
import { withoutTokens } from "./token.ts";
import { type Exchange, Wire } from "./wire.ts";

export interface SessionOptions {
  clock: Clock;
  /** Base URL of the server. */
  server: string;
  /** Ways to it, by whose credential they carry; `self` must be there. */
  fetches: Readonly<Partial<Record<Identity, Fetch>>> & { self: Fetch };
  /** The same on a plain Kubernetes server, where a client certificate is a credential itself: without it. */
  anonymous?: { forged: Fetch; nobody: Fetch };
  exchange?: { fetch: Fetch; url: string; authorization: ExchangeGround["authorization"] };
  tls?: Pick<TlsGround, "host" | "look"> & { verifying: Fetch; uncertified: Fetch | undefined };
  /** Versions of the API that will do, the best first. */
  versions: readonly string[];
  namespace: string;
  /** Write though the namespace holds jobs of others. */
  yes: boolean;
  /** Name of the run: begins with RUN_PREFIX, fits object names, and nobody else has it. */
  run: string;
  profile: string;
  checks: readonly Check[];
  /** What has not been decided within it is an error, ms. */
  timeoutMs: number;
  /** Ends the run; it is reported as far as it came. */
  signal: AbortSignal;
  /** Takes secrets out of texts. */
  clean: (text: string) => string;
  /** How long a line of a watch is awaited, ms. Default 10,000. */
  patienceMs?: number;
  /** Told where it is as each check begins. */
  onStep?: (step: Step) => void;
}

export const RUN_PREFIX = "verify-";
/** Names of what any run makes: its own, the check's, a word. */
const MADE = new RegExp(`^${RUN_PREFIX}[a-z0-9]{6}-[a-z]+-\\d{3}-`);
/** Checks at a time. */
const LANES = 4;
const PATIENCE_MS = 10_000;
/** What is added to a check's own limit for each object that it made, ms: 500 jobs take a slow server longer than one. */
const EACH_LEAVES_MS = 100;
const SWEEP_LIMIT_MS = 15_000;
/** What cleaning gets, ms, once the process was told to end: whoever told it waits for 10 s, and the report is still to be written. */
const HURRY_MS = 2_000;

/** @throws ConfigError where the namespace is in use, ApiError, IncompatibleError and NetworkError where there is nothing to check */
export async function session(given: SessionOptions): Promise<Report> {
  // Checks make tokens of their own.
  const options = { ...given, clean: (text: string) => withoutTokens(given.clean(text)) };
  const { clock, checks, fetches, run, namespace, timeoutMs } = options;
  const [startedAt, startedMs] = [clock.now(), clock.monotonic()];
  const limit = new AbortController();
  const done = after(clock, timeoutMs, () => limit.abort(new TimeoutError(`--timeout ${formatDuration(timeoutMs)} is over`)));
  const signal = AbortSignal.any([options.signal, limit.signal]);
  try {
    const first = wireOf(options, fetches.self, signal, []);
    const seen = await survey(first, options.versions);
    const writes = checks.some(({ needs }) => needs.includes("write"));
    if (writes && !options.yes) await refuseOthers(first, seen, namespace);
    const { results, left } = await runChecks(checks, {
      clock,
      signal,
      lanes: LANES,
      clean: options.clean,
      ...(options.onStep && { onStep: options.onStep }),
      unfit: (check) => unfit(check, seen, options),
      placeFor: (check, own, evidence) => new Place(groundsOf(options, seen, own, evidence), check.id),
      leave: (place, limitMs) => limited(options, limitMs + EACH_LEAVES_MS * place.objects, (own) => place.leave(wireOf(options, fetches.self, own, []))),
    });
    const swept = writes ? await limited(options, SWEEP_LIMIT_MS, (own) => sweep(options, seen, own)) : [];
    // What bears the run's name was looked for once more.
    const others = left.filter((what) => !what.includes(`/${run}-`));
    return {
      server: options.server,
      serverVersion: seen.serverVersion,
      apiVersion: seen.apiVersion,
      flavour: seen.flavour,
      namespace,
      profile: options.profile,
      run,
      startedMs: startedAt,
      ms: Math.round(clock.monotonic() - startedMs),
      results,
      left: [...new Set([...others, ...swept])],
      cut: signal.aborted ? messageOf(signal.reason) : undefined,
    };
  } finally {
    done();
  }
}

function wireOf({ server, clock, clean, patienceMs = PATIENCE_MS }: SessionOptions, fetch: Fetch, signal: AbortSignal, evidence: Exchange[]): Wire {
  return new Wire({ fetch, clock, server, signal, clean, patienceMs, evidence });
}

function groundsOf(options: SessionOptions, { apiVersion, flavour }: Survey, signal: AbortSignal, evidence: Exchange[]): Grounds {
  const { clock, namespace, run, exchange, tls } = options;
  const fetches = flavour === "kubernetes" ? { ...options.fetches, ...options.anonymous } : options.fetches;
  const wire = (fetch: Fetch, server = options.server) => wireOf({ ...options, server }, fetch, signal, evidence);
  const some = (fetch: Fetch | undefined) => fetch && wire(fetch);
  return {
    clock,
    version: apiVersion,
    namespace,
    run,
    wires: { self: wire(fetches.self), lesser: some(fetches.lesser), forged: some(fetches.forged), nobody: some(fetches.nobody) },
    ...(exchange && { exchange: { wire: wire(exchange.fetch, exchange.url), authorization: exchange.authorization } }),
    ...(tls && { tls: { ...tls, verifying: wire(tls.verifying), uncertified: some(tls.uncertified) } }),
  };
}

/** Why a check cannot be tried on this server; undefined if it can. */
function unfit(check: Check, { flavour, history }: Survey, { exchange, fetches, tls }: SessionOptions): string | undefined {
  if (flavour === "kubernetes" && !check.eras.includes("kubernetes")) return "this is Grafana's own behaviour, and the server is a plain Kubernetes API server";
  const missing: Readonly<Record<Need, string | undefined>> = {
    write: undefined,
    history: history ? undefined : "the server keeps no HistoricJobs, as with history in Loki",
    exchange: exchange === undefined ? "no token exchange was given" : undefined,
    lesser: fetches.lesser === undefined ? "no --lesser-token-file was given" : undefined,
    tls: tls !== undefined ? undefined : "the server is reached over plain http",
  };
  return check.needs.map((need) => missing[need]).find((why) => why !== undefined);
}

async function refuseOthers(wire: Wire, { apiVersion }: Survey, namespace: string): Promise<void> {
  const other = await foreignJob(wire, apiVersion, namespace, MADE);
  if (other === undefined) return;
  throw new ConfigError(`Cannot write to namespace "${namespace}": job ${other} is not of this program; give a --namespace for trials, --profile=smoke, or --yes`);
}

/** Deletes what has a name of this run still, as after an answer that was lost. */
async function sweep(options: SessionOptions, { apiVersion, history }: Survey, signal: AbortSignal): Promise<string[]> {
  const { namespace, run, fetches } = options;
  const wire = wireOf(options, fetches.self, signal, []);
  const left: string[] = [];
  for (const resource of history ? ["jobs", "historicjobs"] : ["jobs"]) {
    const path = `/apis/${GROUP}/${apiVersion}/namespaces/${namespace}/${resource}`;
    for await (const reply of pagesOf(wire, path)) {
      if (reply.status !== 200) return [...left, `perhaps ${resource} named ${run}-… in ${namespace} (the list was answered with ${reply.status})`];
      for (const { metadata } of reply.json.items) {
        if (!metadata.name.startsWith(`${run}-`)) continue;
        const why = await removed(wire, `${path}/${metadata.name}`, metadata.uid);
        if (why !== undefined) left.push(`${resource}/${metadata.name} in ${namespace} (${why})`);
      }
    }
  }
  return left;
}

/** What is left behind, as far as it became known within the limit. */
async function limited(options: SessionOptions, limitMs: number, use: (signal: AbortSignal) => Promise<string[]>): Promise<string[]> {
  const { clock, signal, run, namespace } = options;
  const over = new AbortController();
  const within = (ms: number) => after(clock, ms, () => over.abort(new Error(`not cleaned up within ${formatDuration(ms)}`)));
  const timers = [within(limitMs)];
  const hurry = () => void timers.push(within(Math.min(limitMs, HURRY_MS)));
  if (signal.aborted) hurry();
  else signal.addEventListener("abort", hurry);
  try {
    return await use(over.signal);
  } catch (error) {
    return [`perhaps objects named ${run}-… in ${namespace} (${messageOf(over.signal.aborted ? over.signal.reason : error)})`];
  } finally {
    signal.removeEventListener("abort", hurry);
    for (const done of timers) done();
  }
}
