// A child process that makes requests with a transport of its own, to see what the environment does to it.
// argv: JSON of { url, caFile?, insecure?, headers? }[]; out: one JSON line, for each the status or the message.

import { messageOf } from "../../src/base/errors.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { loadTlsMaterial } from "../../src/runtime/tls-material.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { readText } from "./certs.ts";

export interface ChildRequest {
  url: string;
  caFile?: string;
  insecure?: boolean;
  headers?: Record<string, string>;
}

const host = await detectHost();
const results: (number | string)[] = [];
for (const { url, caFile, insecure = false, headers } of JSON.parse(process.argv[2] ?? "[]") as ChildRequest[]) {
  try {
    const { material } = await loadTlsMaterial({ caFile, insecure }, readText, Date.now());
    const transport = createTransport({ host, tls: material, clock: systemClock, env: {} });
    const response = await transport.fetch(url, { headers });
    await response.text();
    results.push(response.status);
    transport.close();
  } catch (error) {
    results.push(messageOf(error));
  }
}
process.stdout.write(`${JSON.stringify(results)}\n`);
