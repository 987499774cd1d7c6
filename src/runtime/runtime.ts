// What a host must offer. bun.ts and deno.ts implement the parts that differ, detect.ts picks one; the rest of this
// room is built on node: modules that both hosts have. Only main and tests import this room.

import type { Fetch } from "../base/http.ts";

/** PEM texts, checked as a set by tls-material.ts before they come here. */
export interface TlsMaterial {
  /** Roots to trust; undefined = the host's own. */
  ca?: string;
  cert?: string;
  key?: string;
  /** Name for SNI and verification in place of the URL's host. */
  serverName?: string;
  /** Skip verification of the server's certificate. */
  insecure: boolean;
}

/** One set of TLS material with its connections. */
export interface Transport {
  fetch: Fetch;
  /** Closes idle connections; bodies that are being read go on to their end. */
  close(): void;
}

/** The bare seam that bun.ts and deno.ts fill: no deadlines, errors as the host throws them. */
export interface HostTransport {
  fetch(url: string, init?: RequestInit & { proxy?: string | false }): Promise<Response>;
  close(): void;
}

export interface Host {
  name: "bun" | "deno";
  /** Host version, for `version`. */
  version: string;
  /** @throws ConfigError if the host cannot honour the material (Deno: insecure, serverName). */
  makeTransport(tls: TlsMaterial): HostTransport;
  /** Gives back what is not needed any more; nothing where the host cannot be told. */
  collectGarbage(): void;
  /** That, and what can be had anew when it is needed: compiled code, the mapped text of the program. Nothing where the host cannot be told. */
  shrink(): void;
  /** How many files and sockets are open; undefined where the machine does not tell. Absent where the host asks before it looks. */
  openFiles?(): number | undefined;
  /** Whether the pipe at `fd` has lost its reader. Absent where the host cannot see that without writing. */
  isOrphaned?(fd: number): boolean;
  /** A pipe for a child's output. Absent where those that node:child_process makes are pipes; undefined if none can be had. */
  openPipe?(): Pipe | undefined;
  /** Makes this process the parent of what its children leave. Absent where the host cannot. */
  adoptOrphans?(): void;
  /** Lets a child go that has ended, so that it does not stay a zombie. Absent where the host cannot. */
  reap?(pid: number): void;
  /** Writes all of it to standard output while everything else goes on. Absent where node:fs does so. */
  writeOutput?(bytes: Uint8Array): Promise<void>;
}

export interface Pipe {
  /** The end that the child gets; whoever has passed it on closes it. */
  writeFd: number;
  /** What is written, at the reader's pace; ends when the last writer has gone, or with close(). */
  chunks: AsyncIterable<Uint8Array>;
  close(): void;
}
