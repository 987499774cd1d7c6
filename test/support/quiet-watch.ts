// A child process on Bun: the same quiet stream read by Bun's own fetch and by a transport of ours. argv: the URL.
// Out: how Bun's own ended, and then what ours read.

import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { createTransport } from "../../src/runtime/transport.ts";

const url = process.argv[2] ?? "";
const transport = createTransport({ host: await detectHost(), tls: { insecure: false }, clock: systemClock, env: {} });
const ours = transport.fetch(url, { silenceTimeoutMs: false }).then((response) => response.text());
try {
  const response = await fetch(url);
  await response.text();
  process.stdout.write("not cut\n");
} catch (error) {
  process.stdout.write(`cut: ${error instanceof Error ? error.name : ""}\n`);
}
process.stdout.write(`read: ${await ours}\n`);
