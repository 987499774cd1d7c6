// The dev server put together: options in, two listening servers out, with handles for those who run it in process.

import { createServer } from "node:http";
import { createSecureServer, type SecureServerOptions } from "node:http2";
import type { Clock, Random } from "../base/clock.ts";
import { ConfigError } from "../base/errors.ts";
import { ALL_NAMESPACES, AUDIENCE } from "../provisioning.ts";
import { ACCESS_POLICY, ALL_PERMISSIONS } from "./access/access.ts";
import { type Certificates, createCertificates } from "./access/certificates.ts";
import { exchange, EXCHANGE_PATH } from "./access/exchange.ts";
import { type Claims, Tokens } from "./access/tokens.ts";
import type { ApiContext } from "./api/asked.ts";
import { isObjectName } from "./api/names.ts";
import { answerApi } from "./api/routes.ts";
import { WatchSet } from "./api/watch-set.ts";
import { answerAdmin, checkLoopback, faultOrders, stateOrder } from "./behaviour/admin.ts";
import { type Behaviour, behaviourOf, parseEra, parseSettings } from "./behaviour/eras.ts";
import type { ServerName } from "./behaviour/faults/fault.ts";
import { type FaultHandles, Faults } from "./behaviour/faults/faults.ts";
import { createFaultHost } from "./behaviour/faults/server.ts";
import { Overrides } from "./behaviour/overrides.ts";
import { RowNotes } from "./behaviour/row-notes.ts";
import { createFront, createPlainFront, type FrontOptions, type Intercepted, type RequestFacts } from "./front.ts";
import { DEV_DEFAULTS, type DevOptions } from "./options.ts";
import { parseParts } from "./plays/parts.ts";
import { seedOrder } from "./plays/seed-order.ts";
import { simulate } from "./plays/simulate.ts";
import { repositoryOf } from "./plays/specs.ts";
import { Events } from "./state/events.ts";
import { type Change, Store } from "./state/store.ts";
import { type Address, listen, type Listening, parseAddress, type Server } from "./wire/listen.ts";

export interface DevserverOptions extends Partial<DevOptions> {
  clock: Clock;
  random: Random;
  /** Behaviours set alone, over those of `era` and `settings`. */
  behaviour?: Partial<Behaviour>;
  /** Claim `permissions` of minted tokens. Default: everything. */
  permissions?: readonly string[];
  /** Claim `namespace` of minted tokens whatever was asked for. */
  grantedNamespace?: string;
  /** Sees every request first. */
  onRequest?: (facts: RequestFacts) => Intercepted | Promise<Intercepted>;
  /** Takes the lines of `logRequests`. */
  write?: (line: string) => void;
}

export interface Devserver {
  /** `https://host:port`, without a slash at the end. */
  apiUrl: string;
  /** The whole URL of the token exchange. */
  exchangeUrl: string;
  /** `http://host:port` where orders are taken; undefined = nowhere. */
  adminUrl: string | undefined;
  certificates: Certificates;
  /** Told when clients need another CA: a fault has rotated it, perhaps before this was called. */
  onRotation(follow: (ca: string) => void): void;
  /** Objects without the detour over HTTP: no admission, no rights; watches see the changes. */
  store: Store;
  /** How many watches are open. */
  readonly watches: number;
  /** Resolves once `count` watches are open. */
  watching(count: number): Promise<void>;
  /** Ends all watches: politely, or by breaking their connections. */
  closeWatches(how?: "end" | "destroy"): void;
  /** Changes that match reach no watch, now or later, until the returned function is called. */
  dropEvents(match: (change: Change) => boolean): () => void;
  /** Empties the ring: a watch that resumes misses everything before now. */
  forgetEvents(): void;
  /** Faults that are active: more, which, fewer. */
  faults: FaultHandles;
  /** Answers the next `times` API requests that carry a token with 401. */
  refuseAuth(times?: number): void;
  /** An access token of this server; by default as the exchange would give. */
  mintToken(claims?: Partial<Claims>, lifetimeMs?: number): Promise<string>;
  close(): Promise<void>;
}

/** Starts the server. @throws ConfigError for addresses and repository names that cannot be used */
export async function createDevserver(given: DevserverOptions): Promise<Devserver> {
  const { options, overrides, notes, behaviour, clock, parts, addresses } = planOf(given);
  const { random } = options;
  const store = new Store(clock, behaviour);
  for (const repository of options.repositories) addRepository(store, repository, clock.now());
  const hosts = new Set(["localhost", "127.0.0.1", "::1", addresses.api.host]);
  const [certificates, tokens] = await Promise.all([createCertificates(given.clock.now(), [...hosts]), Tokens.create(clock)]);

  const open = new WatchSet();
  const events = new Events(store, behaviour);
  const access = { tokens, bearerToken: options.bearerToken };
  const context: ApiContext = { store, events, clock, random, behaviour, open, access, startedMs: clock.now() };
  const exchangeContext = { ...options, clock, tokens, grantedNamespace: given.grantedNamespace };
  const listening = Promise.withResolvers<Record<ServerName, Listening>>();
  const rotations = new Set<(ca: string) => void>();
  let rotatedTo: string | undefined;
  const faults = new Faults(
    options.faultSeed ?? Math.floor(random() * 2 ** 32),
    createFaultHost({
      clock: given.clock,
      store,
      overrides,
      certificates,
      hosts: [...hosts],
      listening: listening.promise,
      rotated(ca) {
        rotatedTo = ca;
        for (const follow of rotations) follow(ca);
      },
    }),
  );
  faults.check(options.faults);
  // Before the first request can come; some are in force only once the servers listen.
  const inForce = options.faults.map((fault) => faults.add(fault));
  store.lose((change) => faults.loses(change));

  const front: FrontOptions = {
    clock,
    faults,
    date: () => (behaviour.sendDate ? new Date(clock.now()).toUTCString() : undefined),
    onRequest: given.onRequest,
    log: notes === undefined ? undefined : { notes, write: options.write ?? (() => {}) },
  };
  const closing = new AbortController();
  const opened: Listening[] = [];
  const closeAll = async () => void (await Promise.all(opened.map((server) => server.close())));
  const opening = async (make: () => Server, address: Address, name: string): Promise<Listening> => {
    const server = await listen(make, address, name);
    opened.push(server);
    return server;
  };
  const start = async () => {
    const onApi = createFront(front, "api", (call) => answerApi(context, call));
    const onExchange = createFront(front, "exchange", (call) => exchange(call, exchangeContext));
    const api = await opening(() => createSecureServer(tlsOf(certificates, options.mtls), onApi), addresses.api, "--api-address");
    const exchanging = await opening(() => createServer(onExchange), addresses.exchange, "--exchange-address");
    const urls = { apiUrl: `https://${api.at}`, exchangeUrl: `http://${exchanging.at}${EXCHANGE_PATH}` };
    listening.resolve({ api, exchange: exchanging });
    await Promise.all(inForce);
    if (addresses.admin === undefined) return { ...urls, adminUrl: undefined };
    const seeding = seedOrder({ store, clock, random, behaviour, signal: closing.signal });
    const orders = { ...stateOrder({ ...urls, era: options.era, behaviour, store, open }), ...faultOrders(faults), ...seeding };
    const onAdmin = createPlainFront(front.date, (call) => answerAdmin(orders, call));
    const admin = await opening(() => createServer(onAdmin), addresses.admin, "--admin-address");
    return { ...urls, adminUrl: `http://${admin.at}` };
  };
  const urls = await start().catch(async (error: unknown) => {
    faults.close();
    await closeAll();
    throw error;
  });
  if (parts !== undefined) simulate({ store, clock, random, behaviour, parts, signal: closing.signal });

  return {
    ...urls,
    certificates,
    onRotation(follow) {
      rotations.add(follow);
      if (rotatedTo !== undefined) follow(rotatedTo);
    },
    store,
    get watches() {
      return open.size;
    },
    watching: (count) => open.reaching(count),
    closeWatches(how = "end") {
      for (const watch of [...open]) watch[how]();
    },
    dropEvents: (match) => events.lose(match),
    forgetEvents: () => events.forget(),
    faults,
    refuseAuth(times = 1) {
      void faults.add(`token-refused:count=${times}`);
    },
    mintToken: (claims = {}, lifetimeMs = options.tokenLifetimeMs) =>
      tokens.mint(
        { subject: ACCESS_POLICY, namespace: ALL_NAMESPACES, audiences: [AUDIENCE], permissions: options.permissions, ...claims },
        lifetimeMs,
      ),
    async close() {
      closing.abort(new Error("the dev server was closed"));
      faults.close();
      for (const watch of [...open]) watch.destroy();
      await closeAll();
    },
  };
}

/** What was asked for, read. @throws ConfigError */
function planOf(given: DevserverOptions) {
  const options = { ...DEV_DEFAULTS, permissions: ALL_PERMISSIONS, ...given };
  const overrides = new Overrides({ ...behaviourOf(parseEra(options.era)), ...parseSettings(options.settings), ...given.behaviour });
  const notes = options.logRequests ? new RowNotes() : undefined;
  const behaviour = notes?.observe(overrides.behaviour) ?? overrides.behaviour;
  const parts = options.simulate === undefined ? undefined : parseParts(options.simulate);
  const clock: Clock = {
    now: () => given.clock.now() + behaviour.clockSkewMs,
    monotonic: () => given.clock.monotonic(),
    sleep: (ms, signal) => given.clock.sleep(ms, signal),
  };
  const addresses = {
    api: parseAddress(options.apiAddress),
    exchange: parseAddress(options.exchangeAddress),
    admin: options.adminAddress === undefined ? undefined : parseAddress(options.adminAddress),
  };
  if (addresses.admin !== undefined) checkLoopback(addresses.admin);
  return { options, overrides, notes, behaviour, clock, parts, addresses };
}

function tlsOf({ ca, server: { cert, key } }: Certificates, mtls: DevOptions["mtls"]): SecureServerOptions {
  return { allowHTTP1: true, ca, cert, key, requestCert: mtls !== "off", rejectUnauthorized: mtls === "required" };
}

/** A healthy repository that allows every workflow. `text` is `name` or `namespace/name`. */
function addRepository(store: Store, text: string, nowMs: number): void {
  const [name = "", namespace = "default", ...rest] = text.split("/").reverse();
  if (rest.length > 0 || !isObjectName(name) || !isObjectName(namespace)) {
    throw new ConfigError(`Cannot create repository "${text}": expected <name> or <namespace>/<name>`);
  }
  store.create("repositories", repositoryOf(name, namespace, nowMs));
}
