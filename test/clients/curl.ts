// curl of this machine, led through curl.sh: protocols, compression, and the mistakes that are made by hand.

import { readFileSync } from "node:fs";
import type { Client } from "./client.ts";
import { normalise } from "./normalise.ts";
import { runSteps, stepsOf } from "./transcript.ts";

const STEPS = stepsOf(readFileSync(new URL("./curl.sh", import.meta.url), "utf8"));

export function curl(): Client {
  return {
    name: "curl",
    titles: STEPS.map(({ title }) => title),
    run: (server, { namespace, directory }) =>
      runSteps(STEPS, {
        HOME: directory,
        WORK: directory,
        URL: server.url,
        CACERT: server.caFile,
        CURLRC: server.curlrc,
        NAMESPACE: namespace,
      }, normalise),
  };
}
