// Processes as they pass between rooms: what runtime/ starts and work/ leads. Types alone.

/** A program that leads a process group (and session) of its own. */
export interface Child {
  /** Of the program, and so of its group. */
  pid: number;
  /** Resolves once the text is in the pipe, or the pipe is closed; never rejects. */
  write(text: string): Promise<void>;
  /** Closes its standard input; what was written before arrives. */
  endInput(): void;
  /** Read at the reader's pace; ends with the pipe, whatever way that ends. */
  stdout: AsyncIterable<Uint8Array>;
  stderr: AsyncIterable<Uint8Array>;
  /** Once the program itself has ended. */
  exited: Promise<{ code?: number; signal?: string }>;
  /** Closes what of its pipes is open. */
  close(): void;
}

/** @throws Error with a `code` such as ENOENT, if the program cannot be started. */
export type StartChild = (command: readonly [string, ...string[]], env: Readonly<Record<string, string>>) => Promise<Child>;

/** Process groups by the pid of their first process. */
export interface Groups {
  /** Never throws; there may be no such group any more. */
  signal(group: number, signal: "SIGTERM" | "SIGKILL"): void;
  /** Whether any process of it still runs. One that has ended and waits for its parent does not. */
  alive(group: number): boolean;
  /** Groups of the processes that were started with all of these `NAME=value`; none where that cannot be seen. */
  find(variables: readonly string[]): number[];
}

/** The guard as its controller sees it. */
export interface GuardLink {
  pid: number;
  send(line: string): void;
  /** What it says; ends when it is gone. */
  output: AsyncIterable<Uint8Array>;
  /** Closes its input, upon which it ends its workers and itself. */
  end(): void;
  kill(): void;
}
