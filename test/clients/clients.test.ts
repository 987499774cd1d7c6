// Other people's clients, each led through the same script on a real API server and on the dev server: the same transcript. They
// are led while this file loads, all at once; the tests compare.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { describe, test } from "node:test";
import type { Client } from "./client.ts";
import { assertSame } from "./compare.ts";
import { curl } from "./curl.ts";
import { type Difference, DIFFERENCES } from "./differences.ts";
import { goClient } from "./go-client.ts";
import { kubectls } from "./kubectl.ts";
import { nodeClients } from "./node-client.ts";
import { type ClientServer, NAMESPACES, type Servers, startServers } from "./servers.ts";
import type { Outcome } from "./transcript.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);
const CLIENTS: readonly Client[] = [...(await kubectls(say)), await goClient(say), ...nodeClients(), curl()];

/** What each client printed on each server, step by step; in the order of CLIENTS. */
const transcripts = await record();
const applied = new Set<Difference>();

async function record(): Promise<Record<ClientServer["name"], Outcome[]>[]> {
  await using servers = await startServers();
  // Awaited here: the servers end with this block.
  return await Promise.all(CLIENTS.map(async (client, index) => {
    const [real, dev] = await Promise.all([lane(servers, client, index, "real"), lane(servers, client, index, "dev")]);
    say(`${client.name}: ${client.titles.length} steps, ${real.reduce((sum, { lines }) => sum + lines.length, 0)} lines`);
    return { real, dev };
  }));
}

async function lane(servers: Servers, client: Client, index: number, name: ClientServer["name"]): Promise<Outcome[]> {
  const directory = join(servers.directory, `${index}-${name}`);
  await mkdir(directory);
  const [namespace, second] = NAMESPACES[index] ?? ["", ""];
  return client.run(servers[name], { namespace, second, directory });
}

for (const [index, { name, titles }] of CLIENTS.entries()) {
  describe(name, () => {
    for (const [step, title] of titles.entries()) {
      test(title, () => {
        const transcript = transcripts[index];
        for (const difference of assertSame(transcript?.real[step], transcript?.dev[step], DIFFERENCES)) applied.add(difference);
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
