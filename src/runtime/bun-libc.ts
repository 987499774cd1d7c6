// The calls of the C library that Bun offers no way to: poll(2) tells whether a pipe has a reader, pipe2(2) makes one,
// prctl(2) and waitpid(2) take in processes that have lost their parent, madvise(2) gives memory back. Where it cannot be
// loaded they do nothing.

import { closeSync, readFileSync, readlinkSync } from "node:fs";
import { rereadable } from "./mappings.ts";
import type { Pipe } from "./runtime.ts";

type Symbols<Name extends string> = Record<Name, (...args: number[]) => number>;

interface BunFfi {
  dlopen<Name extends string>(path: string, symbols: Record<Name, { args: string[]; returns: string }>): { symbols: Symbols<Name> };
  ptr(view: Int32Array): number;
}

declare const Bun: { file(fd: number): { stream(): ReadableStream<Uint8Array> } };

const LIBRARIES: Partial<Record<NodeJS.Platform, string[]>> = {
  linux: ["libc.so.6", `libc.musl-${process.arch === "arm64" ? "aarch64" : "x86_64"}.so.1`],
  darwin: ["libSystem.B.dylib"],
};

/** A function that is loaded when it is first asked for; undefined where it is not to be had. */
function loader<Name extends string>(name: Name, args: string[]): () => ((...args: number[]) => number) | undefined {
  let loaded: { call: ((...args: number[]) => number) | undefined } | undefined;
  return () => (loaded ??= { call: load(name, args) }).call;
}

function load<Name extends string>(name: Name, args: string[]): ((...args: number[]) => number) | undefined {
  for (const path of LIBRARIES[process.platform] ?? []) {
    try {
      return ffi?.dlopen(path, { [name]: { args, returns: "i32" } } as Record<Name, { args: string[]; returns: string }>).symbols[name];
    } catch {
      // The other libc.
    }
  }
  return undefined;
}

const ffi = process.getBuiltinModule("bun:ffi") as unknown as BunFfi | undefined;
const poll = loader("poll", ["ptr", "u64", "i32"]);
const pipe2 = loader("pipe2", ["ptr", "i32"]);
const prctl = loader("prctl", ["i32", "u64", "u64", "u64", "u64"]);
const waitpid = loader("waitpid", ["i32", "ptr", "i32"]);
const madvise = loader("madvise", ["u64", "u64", "i32"]);

/** POLLERR: a pipe without reader. POLLHUP: a socket whose other end was closed. */
const ORPHANED = 8 | 16;

/** Whether the pipe at `fd` has lost its reader; false also where that cannot be seen. */
export function isOrphaned(fd: number): boolean {
  const call = poll();
  if (ffi === undefined || call === undefined) return false;
  // struct pollfd: int fd, short events, short revents.
  const pollfd = new Int32Array([fd, 0]);
  return call(ffi.ptr(pollfd), 1, 0) === 1 && (((pollfd[1] ?? 0) >>> 16) & ORPHANED) !== 0;
}

const O_CLOEXEC = 0o2000000;

/**
 * A pipe, as what Bun itself gives to children are sockets: those cannot be opened again by name, so that a script's
 * `echo … > /dev/stderr` fails. Undefined where none can be made.
 */
export function openPipe(): Pipe | undefined {
  const call = pipe2();
  const fds = new Int32Array(2);
  if (ffi === undefined || call === undefined || call(ffi.ptr(fds), O_CLOEXEC) !== 0) return undefined;
  const [readFd = -1, writeFd = -1] = fds;
  const reader = Bun.file(readFd).stream().getReader();
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    // Bun leaves a descriptor that was given to it open.
    void reader.cancel().catch(() => {}).then(() => closeSync(readFd));
  };
  return { writeFd, chunks: chunksOf(reader, close), close };
}

async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch {
    // It was closed from here.
  } finally {
    close();
  }
}

const PR_SET_CHILD_SUBREAPER = 36;
const WNOHANG = 1;

/** Makes this process the parent of what its children leave, in place of process number 1. Linux alone. */
export function adoptOrphans(): void {
  if (process.platform === "linux") prctl()?.(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/** Lets a child go that has ended. Never one that node:child_process waits for. */
export function reap(pid: number): void {
  waitpid()?.(pid, 0, WNOHANG);
}

const MADV_DONTNEED = 4;

/**
 * Unmaps the program's own text and constants, of which a start needs 42 MB and what comes after it 12: they stay in the
 * page cache, as the kernel's to keep or take, and come back as they are needed. Linux alone.
 */
export function unmapText(): void {
  if (process.platform !== "linux") return;
  try {
    const parts = rereadable(readFileSync("/proc/self/smaps", "utf8"), readlinkSync("/proc/self/exe"));
    for (const { start, length } of parts) madvise()?.(start, length, MADV_DONTNEED);
  } catch {
    // No /proc is mounted, or not all of it.
  }
}
