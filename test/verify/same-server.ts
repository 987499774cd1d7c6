// `bun test/verify/same-server.ts [runs]`: one dev server, one lock, the built program again and again; prints what was said to
// have changed, which must be nothing.

import { join } from "node:path";
import process from "node:process";
import { runBinary, Site } from "../support/binary.ts";

const runs = Number(process.argv[2] ?? 100);
const say = (line: string) => process.stdout.write(`${line}\n`);

await using site = await Site.open({ simulate: "on" });
const flags = ["verify", ...site.credential, ...site.server, "--namespace=scratch", `--lock=${join(site.directory.path, "verify.lock")}`];
const first = await runBinary(flags);
say(`lock: ${first.stdout.split("\n")[0]}`);
let failed = first.code === 0 ? 0 : 1;
const began = performance.now();
for (let run = 1; run <= runs; run++) {
  const { code, stdout, stderr } = await runBinary(flags);
  if (code === 0) continue;
  failed++;
  say(`run ${run} ended with ${code}\n${stdout}${stderr}`);
}
say(`${runs} runs on the same server in ${Math.round((performance.now() - began) / 1_000)} s: ${failed} of them with a change`);
process.exitCode = failed === 0 ? 0 : 1;
