// What a client under test is: a script whose steps it takes against a server.

import { readFileSync } from "node:fs";
import { normalise } from "./normalise.ts";
import type { ClientServer } from "./servers.ts";
import { type Outcome, runSteps, stepsOf } from "./transcript.ts";

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

/** A client that is led through a shell script of this folder. `env` tells the script what it cannot know of a server. */
export function shellClient(name: string, script: string, env: (server: ClientServer) => Record<string, string>): Client {
  const steps = stepsOf(readFileSync(new URL(script, import.meta.url), "utf8"));
  return {
    name,
    titles: steps.map(({ title }) => title),
    run: (server, { namespace, second, directory }) =>
      runSteps(steps, { HOME: directory, WORK: directory, NAMESPACE: namespace, SECOND: second, ...env(server) }, normalise),
  };
}
