// The seam on Bun: one FetchSession, that is one pool of connections, per set of TLS material.
// Knows no deadline and translates no error; Bun's own idle cut (360 s) is switched off here.

import { readdirSync } from "node:fs";
import type { Host, HostTransport, TlsMaterial } from "./runtime.ts";

interface BunInit extends RequestInit {
  proxy?: false | { url: string; respectNoProxy: boolean };
  timeout?: false;
  verbose?: false;
}

declare const Bun: {
  version: string;
  gc(synchronous: boolean): void;
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
  openFiles,
  isOrphaned: orphanCheck(),
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

interface BunFfi {
  dlopen(path: string, symbols: { poll: { args: string[]; returns: string } }): { symbols: { poll(fds: number, count: number, timeoutMs: number): number } };
  ptr(view: Int32Array): number;
}

/** POLLERR: a pipe without reader. POLLHUP: a socket whose other end was closed. */
const ORPHANED = 8 | 16;

/** poll(2) is the one call that sees this, and nothing of the host's own offers it. */
function orphanCheck(): Host["isOrphaned"] {
  const ffi = process.getBuiltinModule("bun:ffi") as unknown as BunFfi | undefined;
  const libc = { linux: ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`], darwin: ["libSystem.B.dylib"] };
  let poll: ReturnType<BunFfi["dlopen"]>["symbols"]["poll"] | undefined;
  return (fd) => {
    for (const name of poll === undefined ? (libc[process.platform as keyof typeof libc] ?? []) : []) {
      try {
        poll ??= ffi?.dlopen(name, { poll: { args: ["ptr", "u64", "i32"], returns: "i32" } }).symbols.poll;
      } catch {
        // The other libc.
      }
    }
    if (ffi === undefined || poll === undefined) return false;
    // struct pollfd: int fd, short events, short revents.
    const pollfd = new Int32Array([fd, 0]);
    return poll(ffi.ptr(pollfd), 1, 0) === 1 && (((pollfd[1] ?? 0) >>> 16) & ORPHANED) !== 0;
  };
}
