// A child process that writes numbered lines to its stdout through the sink. argv: `all <count>` writes them all without waiting, says
// `queued` on stderr and ends in order; `until-closed` writes as long as it can and says how stdout ended on stderr.

import { createStdoutSink } from "../../src/runtime/sink.ts";

const [mode = "all", count = "1"] = process.argv.slice(2);
const sink = createStdoutSink();

function line(number: number): string {
  return `${String(number).padStart(8, "0")} ${"x".repeat(150)}`;
}

if (mode === "all") {
  for (let number = 1; number <= Number(count); number++) sink.write(line(number), "info");
  process.stderr.write("queued\n");
  process.exitCode = (await sink.end(60_000)) ? 0 : 1;
} else {
  let code: string | undefined;
  void sink.closed.then((closed) => {
    code = closed;
  });
  for (let number = 1; code === undefined; number++) {
    sink.write(line(number), "info");
    await sink.ready();
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.stderr.write(`closed ${code}\n`);
  process.exitCode = 141;
}
