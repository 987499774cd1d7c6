// The seam on Bun: one FetchSession, that is one pool of connections, per set of TLS material.
// Knows no deadline and translates no error; Bun's own idle cut (360 s) is switched off here.

import { readdirSync } from "node:fs";
import { adoptOrphans, isOrphaned, openPipe, reap, unmapText } from "./bun-libc.ts";
import type { Host, HostTransport, TlsMaterial } from "./runtime.ts";

interface BunInit extends RequestInit {
  proxy?: false | { url: string; respectNoProxy: boolean };
  timeout?: false;
  verbose?: false;
}

declare const Bun: {
  version: string;
  gc(synchronous: boolean): void;
  shrink(): void;
  FetchSession: new (init: {
    proxy: false;
    tls: { rejectUnauthorized: boolean; ca?: string; cert?: string; key?: string; serverName?: string };
  }) => { fetch(url: string, init: BunInit): Promise<Response>; close(): void };
};

export const host: Host = {
  name: "bun",
  version: Bun.version,
  makeTransport,
  collectGarbage: () => Bun.gc(true),
  shrink: () => {
    Bun.shrink();
    // It does so when nothing else is to be done, and the collector's own text is unmapped behind it.
    setTimeout(unmapText, 0);
  },
  openFiles,
  isOrphaned,
  openPipe,
  adoptOrphans,
  reap,
};

function makeTransport(tls: TlsMaterial): HostTransport {
  const session = new Bun.FetchSession({
    proxy: false,
    // rejectUnauthorized is explicit so that NODE_TLS_REJECT_UNAUTHORIZED=0 cannot switch verification off, and an
    // absent `ca` stays absent: an empty list would mean the public roots.
    tls: { rejectUnauthorized: !tls.insecure, ca: tls.ca, cert: tls.cert, key: tls.key, serverName: tls.serverName },
  });
  return {
    fetch(url, { proxy = false, ...init } = {}) {
      return session.fetch(url, {
        ...init,
        redirect: "manual",
        timeout: false,
        // Explicit, because BUN_CONFIG_VERBOSE_FETCH=curl prints the Authorization header in clear.
        verbose: false,
        // NO_PROXY was judged by the caller.
        proxy: proxy === false ? false : { url: proxy, respectNoProxy: false },
      });
    },
    close: () => session.close(),
  };
}

function openFiles(): number | undefined {
  try {
    // One of them is the directory itself.
    return readdirSync("/proc/self/fd").length - 1;
  } catch {
    return undefined;
  }
}
