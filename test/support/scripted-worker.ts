// A worker and its process group that do what a test says, and a guard's pipe whose other end is the test.

import type { FromGuard, ToGuard } from "../../src/work/guard-wire.ts";
import type { Child, Groups, GuardLink } from "../../src/base/processes.ts";
import type { LeaseView, WorkIo, WorkLog, WorkOrder, WorkUpdate } from "../../src/work/worker.ts";

/** A stream that a test writes to. */
export class ScriptedStream implements AsyncIterable<Uint8Array> {
  #waiting: Uint8Array[] = [];
  #ended = false;
  #wake: (() => void) | undefined;
  /** Chunks that somebody has taken. */
  taken = 0;

  write(text: string): void {
    this.#waiting.push(new TextEncoder().encode(text));
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  /** Ends, and what nobody has read is lost. */
  destroy(): void {
    this.#waiting = [];
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        this.taken++;
        yield chunk;
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

export class ScriptedChild implements Child {
  readonly pid: number;
  readonly stdout = new ScriptedStream();
  readonly stderr = new ScriptedStream();
  readonly input: string[] = [];
  inputEnded = false;
  closed = false;
  readonly #exit = Promise.withResolvers<{ code?: number; signal?: string }>();
  readonly exited = this.#exit.promise;
  #read: () => void = () => {};
  /** False: it does not read what it is told. */
  reads = true;

  constructor(pid = 42) {
    this.pid = pid;
  }

  write(text: string): Promise<void> {
    this.input.push(text);
    return this.reads ? Promise.resolve() : new Promise((resolve) => (this.#read = resolve));
  }

  /** Reads what is in its pipe, and from now on all. */
  read(): void {
    this.reads = true;
    this.#read();
  }

  endInput(): void {
    this.inputEnded = true;
  }

  say(line: object): void {
    this.stdout.write(`${JSON.stringify(line)}\n`);
  }

  /** Ends, and its pipes with it unless others hold them. */
  exit(how: { code?: number; signal?: string }, { pipes = "closed" }: { pipes?: "closed" | "held" } = {}): void {
    if (pipes === "closed") for (const stream of [this.stdout, this.stderr]) stream.end();
    this.#exit.resolve(how);
  }

  close(): void {
    this.closed = true;
    this.stdout.destroy();
    this.stderr.destroy();
  }
}

export class ScriptedGroups implements Groups {
  /** `SIGTERM 42`, in order. */
  readonly signals: string[] = [];
  readonly living = new Set<number>();
  /** Groups by the variables that find() is asked for. */
  readonly findable = new Map<string, number[]>();
  /** What a signal does besides being noted. */
  onSignal: (group: number, signal: string) => void = () => {};

  signal(group: number, signal: "SIGTERM" | "SIGKILL"): void {
    this.signals.push(`${signal} ${group}`);
    this.onSignal(group, signal);
  }

  alive(group: number): boolean {
    return this.living.has(group);
  }

  find(variables: readonly string[]): number[] {
    return this.findable.get(variables.join(" ")) ?? [];
  }
}

/** The guard's end of its pipe. */
export class ScriptedGuard implements GuardLink {
  readonly pid = 7;
  readonly output = new ScriptedStream();
  readonly orders: ToGuard[] = [];
  ended = false;
  killed = false;

  send(line: string): void {
    this.orders.push(JSON.parse(line) as ToGuard);
  }

  tell(message: FromGuard): void {
    this.output.write(`${JSON.stringify(message)}\n`);
  }

  end(): void {
    this.ended = true;
  }

  kill(): void {
    this.killed = true;
    this.output.end();
  }
}

export class ScriptedLease implements LeaseView {
  deadlineMs: number;
  readonly listeners = new Set<() => void>();

  constructor(deadlineMs: number) {
    this.deadlineMs = deadlineMs;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  renew(deadlineMs: number): void {
    this.deadlineMs = deadlineMs;
    for (const listener of this.listeners) listener();
  }
}

/** What a driver would hold of one order. */
export class ScriptedIo implements WorkIo {
  readonly stop = new AbortController();
  readonly signal = this.stop.signal;
  readonly lease: ScriptedLease;
  readonly updates: WorkUpdate[] = [];
  readonly talk: WorkLog[] = [];

  constructor(deadlineMs = 25_000) {
    this.lease = new ScriptedLease(deadlineMs);
  }

  progress(update: WorkUpdate): void {
    this.updates.push(update);
  }

  log(line: WorkLog): void {
    this.talk.push(line);
  }
}

export function workOrder(more: Partial<WorkOrder> = {}): WorkOrder {
  return { uid: "u", name: "n", namespace: "ns", repository: "r", action: "pull", attempt: 1, job: { spec: {} }, ...more };
}
