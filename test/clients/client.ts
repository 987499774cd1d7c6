// What a client under test is: a script whose steps it takes against a server.

import type { ClientServer } from "./servers.ts";
import type { Outcome } from "./transcript.ts";

export interface Client {
  name: string;
  /** The steps, in their order. */
  titles: readonly string[];
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
