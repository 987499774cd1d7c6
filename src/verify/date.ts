// The time that an answer carries.

import { expect } from "./expect.ts";
import type { Reply } from "./wire.ts";

/** Of the header Date, ms since the epoch. @throws Refuted where it is absent or no date */
export function dateOf(reply: Reply): number {
  const text = reply.header("date");
  expect(text !== "", "the answer has no Date");
  const ms = Date.parse(text);
  expect(!Number.isNaN(ms), `the Date of the answer is "${text.slice(0, 60)}"`);
  return ms;
}
