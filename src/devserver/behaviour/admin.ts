// The admin address: orders to a running server as JSON over plain HTTP, on loopback alone. Programs of this machine may
// call it, web pages may not: whatever has an Origin, or a Host that is not loopback, is refused.

import { isIPv4 } from "node:net";
import { AppError, ConfigError, messageOf } from "../../base/errors.ts";
import { RESOURCES } from "../resources.ts";
import type { Answer, Call } from "../wire/call.ts";
import { type Address, formatAddress } from "../wire/listen.ts";
import { Refusal } from "../wire/status.ts";
import type { Store } from "../state/store.ts";
import { type Behaviour, describeBehaviour } from "./eras.ts";
import type { FaultHandles } from "./faults/faults.ts";

/** What an order gives: a status and a value that is sent as JSON. */
type Order = (body: Record<string, unknown>, id: string) => Promise<[status: number, value: unknown]>;

/** Orders by method and path; `*` is one segment, handed over as `id`. */
export type Orders = Readonly<Record<string, Order>>;

/** Orders about faults. */
export function faultOrders(faults: FaultHandles): Orders {
  const list = () => ({ seed: faults.seed, faults: faults.list() });
  return {
    "GET /faults": async () => [200, list()],
    "POST /faults": async ({ fault }) => {
      if (typeof fault !== "string") throw new ConfigError('Cannot add a fault: expected {"fault": "<name>:<arguments>"}');
      return [201, await faults.add(fault)];
    },
    "DELETE /faults": async () => [200, { cleared: await faults.clear() }],
    "DELETE /faults/*": async (_, id) => {
      const cleared = await faults.clear(id);
      if (cleared === 0) throw new Refusal(404, "NotFound", `Cannot clear fault "${id}": there is none of that id; dev fault list (GET /faults) shows them`);
      return [200, { cleared }];
    },
  };
}

export interface State {
  era: string;
  apiUrl: string;
  exchangeUrl: string;
  behaviour: Behaviour;
  store: Store;
  /** Open watches. */
  open: { readonly size: number };
}

/** What the server is, what it holds and how it behaves now. */
export function stateOrder({ store, behaviour, open, ...facts }: State): Orders {
  const objects = () => Object.fromEntries(Object.values(RESOURCES).map(({ name }) => [name, store.count(name)]));
  const now = () => ({ watches: open.size, resourceVersion: store.versionText(), objects: objects() });
  return { "GET /state": async () => [200, { ...facts, ...now(), behaviour: describeBehaviour(behaviour) }] };
}

/** Answers one order. */
export async function answerAdmin(orders: Orders, call: Call): Promise<Answer> {
  const refusal = refusalOf(call);
  if (refusal !== undefined) return answer(403, { error: refusal });
  const [path, id] = known(orders, call);
  const order = orders[`${call.method} ${path}`];
  if (order === undefined) {
    const methods = Object.keys(orders).filter((key) => key.endsWith(` ${path}`)).map((key) => key.split(" ")[0]);
    if (methods.length > 0) return answer(405, { error: `expected ${methods.join(" or ")}` });
    return answer(404, { error: `no such path; there are ${Object.keys(orders).join(", ")}` });
  }
  try {
    const [status, value] = await order(await bodyOf(call), id);
    return answer(status, value);
  } catch (error) {
    if (error instanceof Refusal) return answer(error.code, { error: error.message });
    if (error instanceof AppError) return answer(400, { error: error.message });
    return answer(500, { error: messageOf(error) });
  }
}

function known(orders: Orders, { path }: Call): [path: string, id: string] {
  if (Object.keys(orders).some((key) => key.endsWith(` ${path}`))) return [path, ""];
  const cut = path.lastIndexOf("/");
  return [`${path.slice(0, cut)}/*`, decodeURIComponent(path.slice(cut + 1).replace(/%(?![\da-f]{2})/gi, "%25"))];
}

/** Why a call is none of a program of this machine. */
function refusalOf(call: Call): string | undefined {
  if (call.header("origin") !== undefined) return "no orders from web pages: the request has an Origin";
  const [, host = ""] = /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(call.header("host") ?? "") ?? [];
  return isLoopbackHost(host.replace(/^\[|\]$/g, "")) ? undefined : "no orders for another host: expected localhost in Host";
}

async function bodyOf(call: Call): Promise<Record<string, unknown>> {
  if (call.method !== "POST") return {};
  if (!/^application\/json\b/i.test(call.header("content-type") ?? "")) {
    throw new Refusal(415, "UnsupportedMediaType", "expected Content-Type: application/json");
  }
  return (await call.json()) ?? {};
}

function answer(status: number, value: unknown): Answer {
  return { status, body: `${JSON.stringify(value)}\n` };
}

/** @throws ConfigError for an address that other machines can reach */
export function checkLoopback(address: Address): void {
  if (isLoopbackHost(address.host)) return;
  const rule = `a loopback address, such as localhost:${address.port}, as everybody who reaches it may give them`;
  throw new ConfigError(`Cannot take orders on "${formatAddress(address)}": expected ${rule}`);
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
