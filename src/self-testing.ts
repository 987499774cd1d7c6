// The main file of `verify --self-test`: what the process lends to trials on embedded servers, and the code that they come to.

import { systemClock } from "./runtime/clock.ts";
import { probe } from "./runtime/probe.ts";
import type { Host } from "./runtime/runtime.ts";
import { createTransport } from "./runtime/transport.ts";
import type { Lent } from "./self-test/trial.ts";

/** The way of this process to servers that it started itself. */
export function lend(host: Host): Lent {
  return {
    clock: systemClock,
    random: Math.random,
    connect: (tls) => createTransport({ host, tls: { ...tls, insecure: false }, clock: systemClock, env: {} }),
    look: async (url) => (await probe({ url, tls: { insecure: true }, clock: systemClock, mode: "look" }))?.peer,
  };
}
