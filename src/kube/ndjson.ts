// Bytes of a watch to events. A line is an event, a newline its end; what follows the last newline is an event that
// was cut off and is dropped, since the server repeats everything after the version that was handed over.

import { NetworkError, ProtocolError, type ProtocolReason } from "../base/errors.ts";
import type { KubeObject, Status, WatchEvent } from "./types.ts";

/** Longest line taken, characters. client-go stops at 16 MiB; Grafana's objects may be larger. */
export const LINE_MAX = 32 * 1024 * 1024;

/**
 * Yields the events of each chunk together, in order. The events before a bad line are yielded before it throws.
 * @throws ProtocolError on a line that is no event or longer than `lineMax`; NetworkError (mid-line) when the stream breaks
 * off or ends within an event, as a close-delimited one does when its connection is cut; else what the body throws, unchanged.
 */
export async function* readEvents(body: AsyncIterable<Uint8Array>, lineMax = LINE_MAX): AsyncGenerator<WatchEvent[]> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  let held = 0;
  try {
    for await (const chunk of body) {
      const text = decoder.decode(chunk, { stream: true });
      const events: WatchEvent[] = [];
      let from = 0;
      for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
        pieces.push(text.slice(from, end));
        const line = pieces.length === 1 ? (pieces[0] ?? "") : pieces.join("");
        pieces = [];
        held = 0;
        from = end + 1;
        if (line.trim() === "") continue;
        const event = line.length > lineMax ? tooLong(lineMax) : parseEvent(line);
        if (event instanceof ProtocolError) {
          if (events.length > 0) yield events;
          throw event;
        }
        events.push(event);
      }
      if (from < text.length) {
        pieces.push(text.slice(from));
        held += text.length - from;
      }
      if (events.length > 0) yield events;
      if (held > lineMax) throw tooLong(lineMax);
    }
  } catch (error) {
    throw held > 0 && error instanceof NetworkError && error.reason === "cut" ? cutOff(error) : error;
  }
  const tail = pieces.join("");
  if (tail.trim() === "") return;
  // A Status, a list or a page in place of events may end without a newline. An event that was cut off is no JSON.
  const rest = parseEvent(tail);
  if (rest instanceof ProtocolError) throw rest.reason === "malformed" ? cutOff() : rest;
  if (rest.type !== "ERROR") throw cutOff();
  yield [rest];
}

function cutOff(cause?: unknown): NetworkError {
  return new NetworkError("Lost the watch within an event", "mid-line", { cause });
}

function tooLong(lineMax: number): ProtocolError {
  return bad(`expected lines of at most ${lineMax} characters, got a longer one`, "oversized");
}

function bad(text: string, reason: ProtocolReason, cause?: unknown): ProtocolError {
  return new ProtocolError(`Cannot read watch: ${text}`, { reason, cause });
}

/** One line as an event, or why it is none. */
export function parseEvent(line: string): WatchEvent | ProtocolError {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    return bad("expected one JSON event a line, got text that is not JSON", line.trimStart().startsWith("<") ? "not-json" : "malformed", cause);
  }
  const { type, object, kind } = (value ?? {}) as { type?: unknown; object?: unknown; kind?: unknown };
  if (typeof type !== "string") {
    if (kind === "Status") return { type: "ERROR", object: value as Status };
    const got = typeof kind === "string" ? `an object of kind ${kind}` : "JSON without a type";
    return bad(`expected events, got ${got}; the server or a proxy ignored watch=true`, "unexpected");
  }
  if (typeof object !== "object" || object === null) {
    return bad(`expected an object in the ${type} event, got none`, "unexpected");
  }
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
    case "BOOKMARK":
      return { type, object: object as KubeObject };
    case "ERROR":
      return { type, object: object as Status };
    default:
      return { type: "UNKNOWN", name: type };
  }
}
