// TCP ports of loopback: whether one is free, and one that stays so.

import { randomInt } from "node:crypto";
import { createServer } from "node:net";

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Below those that systems give to who asks for any. */
const [FIRST, COUNT] = [10_000, 20_000];
let given = randomInt(COUNT);

/** A port on which nobody listens, nor will unasked. Each call gives another: it may be a while before the last one is in use. */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = FIRST + (given++ % COUNT);
    if (await isFree(port)) return port;
  }
}
