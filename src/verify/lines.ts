// The body of a watch, line by line, as a check reads it. What is late is lost: whoever waits longer than the patience is
// told so. Knows nothing of what the events mean.

import type { Clock } from "../base/clock.ts";
import { NetworkError } from "../base/errors.ts";
import { Refuted } from "./check.ts";
import type { Body } from "./body.ts";

export interface WatchEvent {
  type: string;
  object: Body;
}

/** A watch that is being read. */
export interface Lines {
  status: number;
  /** Value of a header; "" if it is absent. */
  header(name: string): string;
  /** The next event; undefined at a polite end. @throws Refuted where none comes in time, or something else does */
  next(): Promise<WatchEvent | undefined>;
  /** The next event, which must be there; bookmarks are passed over. @throws Refuted */
  event(): Promise<WatchEvent>;
  /** The next event of which this holds, in words `what`; it must come within this time, ms, or the patience, whatever else comes. @throws Refuted */
  find(wanted: (event: WatchEvent) => boolean, what?: string, withinMs?: number): Promise<WatchEvent>;
  /** What comes within this time, ms, or until it ends or breaks. @throws Refuted */
  during(ms: number): Promise<WatchEvent[]>;
  close(): void;
}

export interface LinesOptions {
  clock: Clock;
  signal: AbortSignal;
  /** How long an event is awaited, ms. */
  patienceMs: number;
  onLine: (line: string) => void;
}

/** Longest line, in characters: no object of Kubernetes comes near it. */
const LINE_MAX = 8 * 1024 * 1024;

export function linesOf(response: Response, { clock, signal, patienceMs, onLine }: LinesOptions): Lines {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  /** So much of it has no line end. */
  let searched = 0;
  /** Why the connection broke. */
  let broken = "";
  let pending: Promise<{ done: boolean; value?: Uint8Array }> | undefined;

  const read = async (ms: number): Promise<"late" | "end" | "broken" | "more"> => {
    if (reader === undefined) return "end";
    pending ??= reader.read() as Promise<{ done: boolean; value?: Uint8Array }>;
    const over = new AbortController();
    const late = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(() => "late" as const);
    late.catch(() => undefined);
    const first = await Promise.race([pending, late]).catch(brokenBy(signal, (why) => (broken = why))).finally(() => over.abort());
    if (first === "broken") return "broken";
    if (first === "late") return "late";
    pending = undefined;
    if (first.done) return "end";
    rest += decoder.decode(first.value, { stream: true });
    return "more";
  };

  const nextWithin = async (ms: number): Promise<WatchEvent | "late" | "end" | "broken"> => {
    const untilMs = clock.monotonic() + ms;
    for (;;) {
      const end = rest.indexOf("\n", searched);
      searched = end === -1 ? rest.length : 0;
      if (end !== -1) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 1);
        if (line.trim() === "") continue;
        onLine(line);
        return eventOf(line);
      }
      if (rest.length > LINE_MAX) throw new Refuted(`a line of the watch is longer than ${LINE_MAX / 2 ** 20} MiB: ${rest.slice(0, 120)}`);
      const came = await read(Math.max(0, untilMs - clock.monotonic()));
      if (came === "more") continue;
      if (came === "end" && rest.trim() !== "") throw new Refuted(`the watch ended within a line: ${rest.slice(0, 120)}`);
      return came;
    }
  };

  const next = async (): Promise<WatchEvent | undefined> => {
    const event = await nextWithin(patienceMs);
    if (event === "late") throw new Refuted(`no event came within ${patienceMs} ms`);
    if (event === "broken") throw new Refuted(`the watch broke: ${broken}`);
    return event === "end" ? undefined : event;
  };

  const find = async (wanted: (event: WatchEvent) => boolean, what = "event", withinMs = patienceMs): Promise<WatchEvent> => {
    const untilMs = clock.monotonic() + withinMs;
    for (;;) {
      const event = await nextWithin(Math.max(0, untilMs - clock.monotonic()));
      if (event === "late") throw new Refuted(`no ${what} came within ${withinMs} ms`);
      if (event === "end") throw new Refuted(`no ${what} came: the watch ended`);
      if (event === "broken") throw new Refuted(`no ${what} came, the watch broke: ${broken}`);
      if (wanted(event)) return event;
      if (event.type === "ERROR") throw new Refuted(`the watch told of an error: ${event.object.code ?? ""} ${event.object.message ?? ""}`);
    }
  };

  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? "",
    next,
    event: () => find(({ type }) => type !== "BOOKMARK"),
    find,
    async during(ms) {
      const events: WatchEvent[] = [];
      const untilMs = clock.monotonic() + ms;
      for (;;) {
        const event = await nextWithin(Math.max(0, untilMs - clock.monotonic()));
        if (typeof event === "string") return events;
        events.push(event);
      }
    },
    close() {
      void reader?.cancel().catch(() => undefined);
    },
  };
}

/** A connection that breaks is the watch's fault, unless it was we who left. */
function brokenBy(signal: AbortSignal, tell: (why: string) => void): (error: unknown) => "broken" {
  return (error) => {
    if (signal.aborted || !(error instanceof NetworkError)) throw error;
    tell(error.message);
    return "broken";
  };
}

function eventOf(line: string): WatchEvent {
  let event: Partial<WatchEvent> & { kind?: string };
  try {
    event = JSON.parse(line) as WatchEvent;
  } catch {
    throw new Refuted(`a line of the watch is no JSON: ${line.slice(0, 120)}`);
  }
  if (typeof event.type !== "string" || typeof event.object !== "object" || event.object === null) {
    throw new Refuted(`a line of the watch is no event but ${event.kind ?? "something else"}: ${line.slice(0, 120)}`);
  }
  return event as WatchEvent;
}
