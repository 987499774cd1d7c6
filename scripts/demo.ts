// `npm run demo`: the compiled binary as dev server and as controller, in two acts. Any other outcome than the one that is
// told ends with 1; nothing that was started outlives it.

import { mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { build } from "./build.ts";
import { jobIsDone } from "./demo/done.ts";
import { jobIsNotified } from "./demo/notified.ts";
import { BINARY, FOLDER, Program, ROOT } from "./demo/program.ts";
import { bad, command, result, say, step, strong } from "./demo/stage.ts";
import { onEnding } from "./signals.ts";

async function main(): Promise<void> {
  say("A job goes from its creation into history and out of it, and another outlives the controller that works on it.");
  say("Everything happens on this machine and is gone afterwards.");
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  mkdirSync(join(ROOT, FOLDER), { recursive: true });

  step("Compile the controller for this machine");
  command("npm run build");
  const { path, stamp } = build();
  result(`${BINARY}, version ${stamp.version}, ${Math.round(statSync(path).size / 1e6)} MB`);

  await jobIsNotified();
  await jobIsDone();
}

let leaving = false;
async function leave(code: number): Promise<never> {
  leaving = true;
  await Promise.all(Program.all.map((program) => program.stop()));
  rmSync(join(ROOT, FOLDER), { recursive: true, force: true });
  process.exit(code);
}

// Whatever ends this process, a reader that went away included, ends the programs.
process.on("exit", () => Program.all.forEach((program) => program.kill()));
process.stdout.on("error", () => void leave(1));
onEnding((code, signal) => {
  if (leaving) return;
  say(`\n${signal}: stopping what was started`);
  void leave(code);
});

const started = performance.now();
try {
  await main();
  say(`\n${strong(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`)}`);
  await leave(0);
} catch (error) {
  if (!leaving) {
    say(`\n${bad("The demo failed:")} ${error instanceof Error ? error.message : String(error)}`);
    for (const { name, lines } of Program.all) {
      say([`\nWhat the ${name} wrote:`, ...lines.map((line) => `   ${line}`)].join("\n"));
    }
    await leave(1);
  }
}
