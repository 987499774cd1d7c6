// The time that an answer carries.

import { Unfit } from "./check.ts";
import type { Reply } from "./wire.ts";

/** Of the header Date, ms since the epoch. @throws Unfit where it is absent or no date */
export function dateOf(reply: Reply): number {
  const ms = Date.parse(reply.header("date"));
  if (Number.isNaN(ms)) throw new Unfit("the answers have no Date that can be read");
  return ms;
}
