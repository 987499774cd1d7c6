// What a client under test is: a script whose steps it takes against a server, and where the servers may differ.

import type { ClientServer } from "./servers.ts";
import type { Outcome } from "./transcript.ts";

export interface Client {
  name: string;
  /** Why it cannot be tried here. */
  missing?: string | undefined;
  /** The steps, in their order. */
  titles: readonly string[];
  differences: readonly Difference[];
  /** Takes all steps against a server. */
  run: (server: ClientServer, lane: Lane) => Promise<Outcome[]>;
}

/** What a client has to itself, so that several can be tried at once. */
export interface Lane {
  /** A namespace without objects. */
  namespace: string;
  /** Another one that is there. */
  second: string;
  /** An empty directory. */
  directory: string;
}

/** A place in the transcript of a step where the servers may differ. */
export interface Difference {
  title: string;
  /** Lines of the real server's transcript, one after another. */
  real: readonly string[];
  /** What stands in their place in the dev server's. */
  dev: readonly string[];
  why: string;
}
