// One call from its head to its line in the log: faults, whoever watches requests, the handler, the form of the answer.

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { ServerName } from "./behaviour/faults/fault.ts";
import type { Faults } from "./behaviour/faults/faults.ts";
import type { RowNotes } from "./behaviour/row-notes.ts";
import { type Answer, Call, ClientGone, type Request, type Response } from "./wire/call.ts";
import { compressed, indented } from "./wire/finish.ts";
import { Refusal } from "./wire/status.ts";

/** What is known of a request before it is handled. */
export interface RequestFacts {
  server: ServerName;
  method: string;
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Serial number of the client certificate of its connection, upper-case hexadecimal. */
  serial: string | undefined;
}

/** Takes a request over: an answer to send, `abort` to cut the connection, `hang` never to answer; undefined lets it pass. */
export type Intercepted = Answer | "abort" | "hang" | undefined;

/** Answers a call; undefined when a watch took the response over. @throws Refusal */
type Handle = (call: Call) => Promise<Answer | undefined>;

export interface FrontOptions {
  clock: Pick<Clock, "monotonic">;
  faults: Faults;
  /** Value of `Date`; undefined sends none. */
  date: () => string | undefined;
  /** Sees every request first. */
  onRequest?: ((facts: RequestFacts) => Intercepted | Promise<Intercepted>) | undefined;
  /** Takes a line for each call, `notes` the behaviours that it read; absent = no log. */
  log?: { write: (line: string) => void; notes: RowNotes } | undefined;
}

type Listener = (request: Request, response: Response) => void;

/** A listener for requests to the API or the exchange. */
export function createFront(options: FrontOptions, server: ServerName, handle: Handle): Listener {
  return listenerOf(options.date, (call) => meet(options, server, handle, call));
}

/** A listener that no fault and no log stands in front of. */
export function createPlainFront(date: FrontOptions["date"], handle: (call: Call) => Promise<Answer>): Listener {
  return listenerOf(date, async (call) => call.answer(await handle(call)));
}

function listenerOf(date: FrontOptions["date"], serve: (call: Call) => Promise<void>): Listener {
  return (request, response) => {
    const call = new Call(request, response, date);
    // What fails here is the answer itself: the client left while it was made.
    serve(call).catch(() => call.abort());
  };
}

async function meet({ clock, faults, onRequest, log }: FrontOptions, server: ServerName, handle: Handle, call: Call): Promise<void> {
  const startedMs = clock.monotonic();
  const scene = faults.meet(server, call);
  const taken = (await onRequest?.(factsOf(server, call))) ?? (await faults.take(scene));
  const rows = new Set<string>();
  const handling = () => handle(call).catch(refusalToAnswer);
  const made = taken ?? (await (log?.notes.during(rows, handling) ?? handling()));
  const answer = typeof made === "object" ? await faults.change(scene, made) : made;
  if (answer === "abort") call.abort();
  if (typeof answer === "object") {
    const shown = server === "api" ? indented(call, answer) : answer;
    const streamed = faults.streams(scene);
    call.answer(streamed ? shown : await compressed(call.header("accept-encoding"), shown), streamed);
  }
  if (log === undefined) return;
  const outcome = typeof answer === "object" ? answer.status : (answer ?? "watch");
  const took = named("rows", rows, ",") + named("faults", scene.took, " ");
  log.write(`${server} ${call.method} ${scene.target} ${outcome} ${Math.round(clock.monotonic() - startedMs)}ms${took}`);
}

/** As they came: faults may change what the rest sees of them later. */
function factsOf(server: ServerName, { method, path, query, headers, peer }: Call): RequestFacts {
  return { server, method, path, query: new URLSearchParams(query), headers: { ...headers }, serial: peer?.serial };
}

/** ` rows=a,b`, or nothing for no names. */
function named(what: string, names: ReadonlySet<string>, separator: string): string {
  return names.size === 0 ? "" : ` ${what}=${[...names].join(separator)}`;
}

function refusalToAnswer(error: unknown): Answer | "abort" {
  if (error instanceof ClientGone) return "abort";
  const refusal = error instanceof Refusal
    ? error
    : new Refusal(500, "InternalError", `Internal error occurred: ${messageOf(error)}`);
  const { retryAfterSeconds } = refusal.body.details ?? {};
  const delay: Record<string, string> = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return { status: refusal.code, body: JSON.stringify(refusal.body), headers: { ...delay, ...refusal.headers } };
}
