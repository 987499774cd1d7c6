// Streams around streams: what a fault on the bytes or the lines of a body is made of.

import type { Stream } from "../../wire/call.ts";
import { getAt, parsed } from "./paths.ts";

/** Every line goes through `edit`, which gives what is sent in its place; line ends included. A last piece without end, too. */
export function byLine(below: Stream, edit: (line: string) => readonly string[]): Stream {
  let rest = "";
  return {
    ...below,
    write(text) {
      const [lines, left] = wholeLines(rest + text);
      rest = left;
      const out = lines.flatMap((line) => [...edit(line)]).join("");
      return out === "" || below.write(out);
    },
    end() {
      if (rest !== "") below.write(rest);
      below.end();
    },
  };
}

/** `a\nb\nc` to the lines `a\n`, `b\n` and the rest `c`. */
export function wholeLines(text: string): [lines: string[], rest: string] {
  const end = text.lastIndexOf("\n") + 1;
  return [end === 0 ? [] : text.slice(0, end).split(/(?<=\n)/), text.slice(end)];
}

/** The type of an event's line, without reading the whole of it where that can be helped. */
export function eventType(line: string): string {
  const [, quick] = /^\{"type":"([A-Z]+)"/.exec(line) ?? [];
  if (quick !== undefined) return quick;
  const type = getAt(parsed(line), ["type"]);
  return typeof type === "string" ? type : "";
}

export interface Limit {
  /** Whole lines that pass; counted alone if it is given. */
  lines: number | undefined;
  /** Characters that pass. */
  bytes: number | undefined;
}

/** So much passes; then everything goes to what `then` makes of the stream below. Nothing given = nothing passes. */
export function upTo(below: Stream, { lines, bytes }: Limit, then: (below: Stream) => Stream): Stream {
  let linesLeft = lines ?? (bytes === undefined ? 0 : Number.POSITIVE_INFINITY);
  let bytesLeft = bytes ?? Number.POSITIVE_INFINITY;
  let beyond: Stream | undefined;
  const reached = () => linesLeft <= 0 || bytesLeft <= 0;
  if (reached()) return then(below);
  return {
    ...below,
    write(text) {
      if (beyond !== undefined) return beyond.write(text);
      const cut = Math.min(endOfLine(text, linesLeft), bytesLeft, text.length);
      const passed = text.slice(0, cut);
      linesLeft -= passed.split("\n").length - 1;
      bytesLeft -= passed.length;
      const taken = passed === "" || below.write(passed);
      if (!reached()) return taken;
      beyond = then(below);
      return cut === text.length ? taken : beyond.write(text.slice(cut));
    },
    end: () => (beyond ?? below).end(),
    destroy: () => (beyond ?? below).destroy(),
  };
}

/** Index behind the line end number `count`; infinite if there are fewer. */
function endOfLine(text: string, count: number): number {
  let from = 0;
  for (let left = count; left > 0; left--) {
    const end = text.indexOf("\n", from);
    if (end === -1) return Number.POSITIVE_INFINITY;
    from = end + 1;
  }
  return from;
}

/** Takes everything and sends nothing: also a polite end does not get through. */
export function blackHole(below: Stream): Stream {
  return { ...below, write: () => true, end: () => {} };
}

/** Keeps everything, the end included, until it is released. */
export function holding(below: Stream): Stream & { release(): void } {
  let held: string[] | undefined = [];
  let ended = false;
  return {
    ...below,
    write(text) {
      if (held === undefined) return below.write(text);
      held.push(text);
      return true;
    },
    end() {
      if (held === undefined) below.end();
      else ended = true;
    },
    release() {
      if (held === undefined) return;
      const text = held.join("");
      held = undefined;
      if (text !== "") below.write(text);
      if (ended) below.end();
    },
  };
}
