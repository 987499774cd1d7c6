// Other people's clients, each led through the same script on a real API server and on the dev server: the same transcript.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, test } from "node:test";
import type { Client } from "./client.ts";
import { assertSame } from "./compare.ts";
import { curl } from "./curl.ts";
import { type Difference, DIFFERENCES } from "./differences.ts";
import { goClient } from "./go-client.ts";
import { kubectls } from "./kubectl.ts";
import { nodeClients } from "./node-client.ts";
import { NAMESPACES, type ClientServer, type Servers, startServers } from "./servers.ts";
import type { Outcome } from "./transcript.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);
const CLIENTS: readonly Client[] = [...(await kubectls(say)), await goClient(say), ...nodeClients(), curl()];

/** What each client printed, step by step, on each server. */
const transcripts = new Map<Client, Record<ClientServer["name"], readonly Outcome[]>>();
const applied = new Set<Difference>();
let servers: Servers | undefined;

before(async () => {
  servers = await startServers();
  await Promise.all(CLIENTS.map((client, index) => record(servers as Servers, client, index)));
}, { timeout: 600_000 });

after(async () => {
  await servers?.[Symbol.asyncDispose]();
  for (const [{ name, titles }, { real }] of transcripts) {
    say(`${name}: ${titles.length} steps, ${real.reduce((sum, { lines }) => sum + lines.length, 0)} lines`);
  }
});

async function record({ real, dev, directory }: Servers, client: Client, index: number): Promise<void> {
  const lane = async (server: ClientServer) => {
    const own = join(directory, `${index}-${server.name}`);
    await mkdir(own);
    const [namespace, second] = NAMESPACES[index] ?? ["", ""];
    return client.run(server, { namespace, second, directory: own });
  };
  const [onReal, onDev] = await Promise.all([lane(real), lane(dev)]);
  transcripts.set(client, { real: onReal, dev: onDev });
}

for (const client of CLIENTS) {
  describe(client.name, () => {
    for (const [index, title] of client.titles.entries()) {
      test(title, () => {
        const transcript = transcripts.get(client);
        for (const difference of assertSame(transcript?.real[index], transcript?.dev[index], DIFFERENCES)) applied.add(difference);
      });
    }
  });
}

describe("differences that are listed", () => {
  for (const difference of DIFFERENCES) {
    test(`${difference.title}: ${difference.why}`, () => {
      assert.ok(applied.has(difference), "the servers no longer differ in this: take the entry out");
    });
  }
});
