// `bun test/torture/mutants.ts [--only N]…` tells whether the torture notices what it is there to notice: each guard of the
// controller that a server can be hurt by is taken out, in a copy, and that program is tortured for a minute. Prints a table.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { BUN, ROOT } from "../../scripts/suites.ts";
import { type Rule, RULES } from "./judge.ts";
import type { ServerName } from "./server.ts";

interface Mutant {
  name: string;
  file: string;
  /** Text that stands once in the file, and what stands there instead. */
  edits: readonly (readonly [from: string, to: string])[];
  server: ServerName;
  /** One of the rules that has to be broken. */
  rule: Rule;
}

const MUTANTS: readonly Mutant[] = [
  {
    name: "the lease never ends for its owner",
    file: "drive/lease-state.ts",
    edits: [
      ["return lease.lost === undefined && nowMs < lease.validUntilMs;", "return lease.lost === undefined;"],
      ['return { ...lease, lost: "expired" };', "return { ...lease, validUntilMs: nowMs + rules.validityMs };"],
    ],
    server: "dev:2026-09",
    rule: "late write",
  },
  {
    name: "an unclaimed job with a result is run again",
    file: "drive/claim-state.ts",
    edits: [['  if (finished) return "archive";\n', ""]],
    server: "dev:2026-09",
    rule: "rerun",
  },
  {
    name: "a job with a result is requeued",
    file: "drive/reap.ts",
    edits: [['  if (finished) return "archive";\n', ""]],
    server: "dev:2026-09",
    rule: "rerun",
  },
  {
    name: "a claim counts before it has settled",
    file: "drive/claim-state.ts",
    edits: [['answer === "written" && settleMs === 0', 'answer === "written"']],
    server: "dev:2025-08",
    rule: "overlap",
  },
  {
    name: "the job goes before its record",
    file: "drive/finish-state.ts",
    edits: [['"written" ? { step: "record", tries: 0 }', '"written" ? { step: "delete", tries: 0 }']],
    server: "dev:2026-09",
    rule: "lost",
  },
  {
    name: "records have random names",
    file: "drive/record.ts",
    edits: [['return start === "" ? uid : `${start}-${uid}`;', "return `${start}-${Math.floor(Math.random() * 1e9)}-${uid}`;"]],
    server: "dev:2026-09",
    rule: "record",
  },
  {
    name: "the guard lets workers outlive their lease",
    file: "work/guard-state.ts",
    edits: [
      ["nowMs >= Math.min(hold.killAtMs, hold.deadlineMs)", "nowMs >= hold.killAtMs"],
      ["return Math.min(hold.deadlineMs, hold.killAtMs,", "return Math.min(hold.killAtMs,"],
    ],
    server: "dev:2026-09",
    rule: "outlived",
  },
];

const LEFT_OUT = ["node_modules", "dist", ".git", ".cache"];
const SEED = "5";

const { values } = parseArgs({ options: { only: { type: "string", multiple: true } } });
const rows: string[] = [];
let missed = 0;
for (const [index, mutant] of MUTANTS.entries()) {
  if (values.only !== undefined && !values.only.includes(String(index + 1))) continue;
  process.stdout.write(`${index + 1}. without a guard: ${mutant.name}, on ${mutant.server}\n`);
  const broken = tortured(mutant);
  const caught = broken.has(RULES[mutant.rule]);
  if (!caught) missed++;
  const found = [...broken].map(([text, count]) => `${count} × ${text}`).join("; ");
  rows.push(`| ${mutant.name} | ${mutant.file} | ${mutant.server} | ${caught ? found : `MISSED; ${found || "nothing"}`} |`);
}
process.stdout.write(["| without a guard | where | server | what was broken |", "|---|---|---|---|", ...rows, ""].join("\n"));
process.exit(missed === 0 ? 0 : 1);

/** The texts of the rules that were broken, with how many of their breaches were printed. */
function tortured({ file, edits, server }: Mutant): Map<string, number> {
  const folder = mkdtempSync(join(tmpdir(), "job-controller-mutant-"));
  try {
    cpSync(ROOT, folder, { recursive: true, filter: (path) => path === ROOT || !LEFT_OUT.includes(basename(path)) });
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const path = join(folder, "src", file);
    let text = readFileSync(path, "utf8");
    for (const [from, to] of edits) {
      if (text.split(from).length !== 2) throw new Error(`Cannot change "${file}": expected once in it ${JSON.stringify(from)}`);
      text = text.replace(from, () => to);
    }
    writeFileSync(path, text);
    const run = spawnSync(BUN, ["scripts/torture.ts", "--minutes", "1", "--seed", SEED, "--server", server], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    const broken = new Map<string, number>();
    for (const line of run.stdout.split("\n")) {
      const rule = Object.values(RULES).find((rule) => line.startsWith(`${server}: ${rule}: `));
      if (rule !== undefined) broken.set(rule, (broken.get(rule) ?? 0) + 1);
    }
    if (run.status !== 0 && broken.size === 0) process.stdout.write(run.stdout);
    return broken;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
