// The client-go program of go/, play by play, those with watches also without WatchList streaming.

import { goClientBinary } from "../../scripts/client-binaries.ts";
import type { Client } from "./client.ts";
import { normalise } from "./normalise.ts";
import { outcomeOf, run } from "./transcript.ts";

const PLAYS = ["objects", "pages", "metadata", "events", "informer", "reflector", "informer without WatchList", "reflector without WatchList"];

export async function goClient(say: (line: string) => void): Promise<Client> {
  const binary = await goClientBinary(say);
  return {
    name: "client-go v0.37.2",
    titles: PLAYS,
    async run(server, { namespace, directory }) {
      const outcomes = [];
      for (const title of PLAYS) {
        const [play = "", plainly] = title.split(" ");
        const env = { HOME: directory, KUBE_FEATURE_WatchListClient: String(plainly === undefined) };
        const ended = await run(binary, [`-kubeconfig=${server.kubeconfig}`, `-namespace=${namespace}`, play], env);
        outcomes.push(outcomeOf(title, ended, normalise));
      }
      return outcomes;
    },
  };
}
