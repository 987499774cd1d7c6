// A child process that tells on stdout what process events it gets. A line on stdin makes it throw or reject.

import { createInterface } from "node:readline";
import { installProcessEvents } from "../../src/runtime/signals.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);

installProcessEvents({
  drain: (signal) => say(`drain ${signal}`),
  force(code, signal) {
    process.stderr.write(`force ${signal}\n`);
    process.exit(code);
  },
  crash: (error) => say(`crash ${error instanceof Error ? error.message : String(error)}`),
});
createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "reject") void Promise.reject(new Error("a rejection"));
  else
    setImmediate(() => {
      throw new Error("an exception");
    });
});
say("ready");
