// The program client-node.ts under Deno with the kubeconfig's client certificate, and under Bun with a token: there
// client-node passes neither CA nor certificate on.

import { fileURLToPath } from "node:url";
import { BUN, DENO } from "../../scripts/suites.ts";
import type { Client } from "./client.ts";
import { normalise } from "./normalise.ts";
import { outcomesOf, run } from "./transcript.ts";

const PROGRAM = fileURLToPath(new URL("./client-node.ts", import.meta.url));
const TITLES = ["objects", "pages", "watches", "informer", "end"];

export function nodeClients(): Client[] {
  return [
    {
      titles: TITLES,
      name: "client-node 2.0.1 on Deno",
      run: async (server, { namespace, directory }) =>
        outcomesOf(await run(DENO, ["run", "-A", "--no-check", PROGRAM, server.kubeconfig, namespace], { HOME: directory }), normalise),
    },
    {
      titles: TITLES,
      name: "client-node 2.0.1 on Bun",
      run: async (server, { namespace, directory }) =>
        outcomesOf(await run(BUN, [PROGRAM, server.bearerKubeconfig, namespace], { HOME: directory, NODE_EXTRA_CA_CERTS: server.caFile }), normalise),
    },
  ];
}
