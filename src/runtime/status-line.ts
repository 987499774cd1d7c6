// One line of a terminal that is written over while something goes on, and gives way to lines that stay. Does nothing where
// there is no terminal. Knows nothing of what it says.

import type { LineSink } from "../base/log.ts";

export interface StatusLine extends LineSink {
  /** Takes the place of what was shown before. */
  show(text: string): void;
  clear(): void;
}

/** As much of a terminal as this needs. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

const ERASED = "\r\x1b[K";

/** In front of a sink of the same stream. CI may pretend to be a terminal, and `TERM=dumb` moves no cursor. */
export function statusLine(screen: Screen, sink: LineSink, env: Readonly<Record<string, string | undefined>>): StatusLine {
  const moves = screen.isTTY === true && !env["CI"] && env["TERM"] !== "dumb";
  let shown = false;
  const clear = () => {
    if (shown) screen.write(ERASED);
    shown = false;
  };
  return {
    clear,
    show(text) {
      if (!moves) return;
      // A line that wraps cannot be erased.
      screen.write(ERASED + text.slice(0, (screen.columns || 80) - 1));
      shown = true;
    },
    write(line, level) {
      clear();
      sink.write(line, level);
    },
  };
}
