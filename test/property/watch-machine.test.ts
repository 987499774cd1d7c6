import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { Backoff } from "../../src/base/backoff.ts";
import { Ledger } from "../../src/jobs/ledger.ts";
import { ObjectIndex } from "../../src/kube/object-index.ts";
import { initialState, step } from "../../src/kube/watch-state.ts";
import { type Edit, withMutant } from "../support/mutant.ts";
import { Broken, type Subject, walk } from "../support/watch-walk.ts";

const SEED = 20260301;
const RUNS = 5_000;

const era = fc.record({ ring: fc.integer({ min: 0, max: 30 }), checked: fc.boolean(), drops: fc.boolean() });
const choices = fc.array(fc.nat({ max: 100 * 65_536 - 1 }), { minLength: 20, maxLength: 300, size: "max" });
const property = (subject: Subject) => fc.property(era, fc.nat({ max: 8 }), choices, (server, born, way) => walk(subject, server, born, way));

describe("the watch machine and the ledger, on random walks", () => {
  test(`hold what they promise (${RUNS} walks, seed ${SEED})`, { timeout: 120_000 }, () => {
    fc.assert(property({ step, initialState, ObjectIndex, Backoff, Ledger }), { seed: SEED, numRuns: RUNS });
  });
});

describe("the watch machine beside a server that loses, repeats and reorders nothing", () => {
  const honest = (subject: Subject) =>
    fc.property(fc.integer({ min: 0, max: 30 }), fc.boolean(), fc.nat({ max: 8 }), choices, (ring, drops, born, way) => {
      walk(subject, { ring, checked: true, drops, honest: true }, born, way);
    });
  const runs = 2_000;

  test(`finds nothing odd (${runs} walks, seed ${SEED})`, { timeout: 120_000 }, () => {
    fc.assert(honest({ step, initialState, ObjectIndex, Backoff, Ledger }), { seed: SEED, numRuns: runs });
  });

  const mistakes: Edit[] = [
    { file: "kube/witness.ts", from: "if (this.#since < knownAt) ", to: "" },
    { file: "kube/witness.ts", from: "    this.#owed.clear();\n", to: "" },
    { file: "kube/witness.ts", from: "if (shown > this.#lists) ", to: "" },
    { file: "kube/witness.ts", from: "debt.version === version || ", to: "" },
    { file: "kube/object-index.ts", from: "entry.told ? { told: entry.version } : {}", to: "{ told: entry.version }" },
  ];
  for (const edit of mistakes) {
    test(`would, without ${edit.from.trim()}`, { timeout: 120_000 }, async () => {
      await withMutant(edit, async (load) => {
        const modules = await Promise.all(["kube/watch-state.ts", "kube/object-index.ts", "base/backoff.ts", "jobs/ledger.ts"].map(load));
        const result = fc.check(honest(Object.assign({}, ...modules) as Subject), { seed: SEED, numRuns: runs, endOnFailure: true });
        assert.ok(result.failed, `${runs} walks found nothing`);
        assert.match(String(result.errorInstance), /an honest server was said to be odd/);
      });
    });
  }
});

describe("the walks", () => {
  // Each is a mistake that somebody might make, and what it breaks.
  const mutants: (Edit & { mistake: string; breaks: RegExp })[] = [
    {
      mistake: "one absence is believed",
      breaks: /taken for gone by one list/,
      file: "kube/object-index.ts",
      from: "const ABSENCES_BELIEVED = 2;",
      to: "const ABSENCES_BELIEVED = 1;",
    },
    {
      mistake: "a late page brings back what the stream saw end",
      breaks: /a page brought .* back/,
      file: "kube/object-index.ts",
      from: 'if (this.#removed.has(uid)) return { change: "stale" };',
      to: "",
    },
    {
      mistake: "an event of an older life takes the place of a newer one",
      breaks: /announced as .* and again/,
      file: "kube/object-index.ts",
      from: "entry.uid !== uid && isOlder(version, entry.version)",
      to: "false",
    },
    {
      mistake: "MODIFIED of an unknown is dropped",
      breaks: /MODIFIED of .* was delivered and .* not announced/,
      file: "kube/watch-state.ts",
      from: 'if (change === "new" || change === "past") outputs',
      to: 'if ((change === "new" && type === "ADDED") || change === "past") outputs',
    },
    {
      mistake: "DELETED of an unknown is dropped",
      breaks: /DELETED of .* was delivered and .* not announced/,
      file: "kube/watch-state.ts",
      from: 'if (!state.index.remove(object)) outputs.push({ kind: "applied", object, trigger });',
      to: "state.index.remove(object);",
    },
    {
      mistake: "a list that broke off counts",
      breaks: /taken for gone by a list that was not complete/,
      file: "kube/watch-state.ts",
      from: 'if (state.list.kind === "listing") state.index.dropList();',
      to: 'if (state.list.kind === "listing") for (const gone of state.index.endList(true).gone) before.push({ kind: "deleted", ...gone });',
    },
    {
      mistake: "an empty page is the last one",
      breaks: /taken for gone by a list that was not complete/,
      file: "kube/watch-state.ts",
      from: "if (got.continue !== undefined) {",
      to: "if (got.continue !== undefined && got.items.length > 0) {",
    },
    {
      mistake: "a list beside which the stream was lost counts",
      breaks: /taken for gone by (?:a list beside which the stream was lost|one list)/,
      file: "kube/watch-state.ts",
      from: "{ ...state.list, trusted: false }",
      to: "state.list",
    },
    {
      mistake: "a list begins beside another one",
      breaks: /beside another one/,
      file: "kube/watch-state.ts",
      from: "return { state: { ...state, list: { ...state.list, again: true } }, outputs };",
      to: 'return { state, outputs: [...outputs, { kind: "list" }] };',
    },
    {
      mistake: "nothing is listed again",
      breaks: /were alive for one interval/,
      file: "kube/watch-state.ts",
      from: 'outputs.push({ kind: "list-in", ms: Math.max(0, state.options.resyncMs - tookMs) });',
      to: "",
    },
    {
      mistake: "a version is made up",
      breaks: /version .* was never sent/,
      file: "kube/watch-state.ts",
      from: "version = event.object.metadata?.resourceVersion || version;",
      to: "version = String(BigInt(event.object.metadata?.resourceVersion || version) + 1n);",
    },
    {
      mistake: "the departed are forgotten before late pages and records are past",
      breaks: /announced as .* and again/,
      file: "jobs/ledger.ts",
      from: "const KEEP_MS = SCAN_OVERLAP_MS + SLACK_MS;",
      to: "const KEEP_MS = 0;",
    },
    {
      mistake: "the departed are forgotten though the stream may go back",
      breaks: /announced as .* and again as live/,
      file: "jobs/ledger.ts",
      from: "Math.min(quietSince, resumesAt - 1_000)",
      to: "quietSince",
    },
    {
      mistake: "an event counts as being of the time when it comes",
      breaks: /announced as .* and again as live/,
      file: "kube/watch-state.ts",
      from: "mark === undefined || isOlder(version, mark.version) ? state.stream.versionAt : Math.max(mark.at, state.stream.versionAt)",
      to: "at",
    },
    {
      mistake: "what was forgotten while the history could not be read is news later",
      breaks: /announced as .* and again as reconstructed/,
      file: "jobs/ledger.ts",
      from: "serverMs - (at - this.#forgottenUntil) + SLACK_MS,",
      to: "",
    },
    {
      mistake: "of two passes side by side the later one counts as complete",
      breaks: /announced as .* and again|left a record, and nobody was told/,
      file: "jobs/ledger.ts",
      from: "complete ? this.#scans.shift() : this.#scans.pop()",
      to: "this.#scans.pop()",
    },
    {
      mistake: "the departed are never forgotten",
      breaks: /are kept though they went long ago/,
      file: "jobs/ledger.ts",
      from: "this.#uids.forget(until / 1000);",
      to: "",
    },
    {
      mistake: "what was told from a record is not remembered",
      breaks: /announced as reconstructed and again/,
      file: "jobs/ledger.ts",
      from: "this.#uids.depart(uid, at / 1000);\n      this.#uids.settle(uid);\n      announcements",
      to: "announcements",
    },
    {
      mistake: "a record that was read is not held to the credit of its job",
      breaks: /jobs were said to have left no record/,
      file: "jobs/ledger.ts",
      from: "      this.#uids.settle(uid);\n      // Whole",
      to: "      // Whole",
    },
    {
      mistake: "a job is missed before its record can be there",
      breaks: /jobs were said to have left no record/,
      file: "jobs/ledger.ts",
      from: "(scan.beganAt - SLACK_MS) / 1000",
      to: "at / 1000",
    },
    {
      mistake: "a scan counts from its end",
      breaks: /left a record, and nobody was told/,
      file: "jobs/ledger.ts",
      from: "scan.beganServerMs ??= serverMs;",
      to: "scan.beganServerMs = serverMs + 120_000;",
    },
    {
      mistake: "a scan that broke off counts",
      breaks: /left a record, and nobody was told/,
      file: "jobs/ledger.ts",
      from: "if (complete && scan !== undefined)",
      to: "if (scan !== undefined)",
    },
  ];
  for (const { mistake, breaks, ...edit } of mutants) {
    test(`notice when ${mistake}`, { timeout: 120_000 }, async () => {
      await withMutant(edit, async (load) => {
        const modules = await Promise.all(["kube/watch-state.ts", "kube/object-index.ts", "base/backoff.ts", "jobs/ledger.ts"].map(load));
        const subject = Object.assign({}, ...modules) as Subject;
        const result = fc.check(property(subject), { seed: SEED, numRuns: RUNS, endOnFailure: true });
        assert.ok(result.failed, `${RUNS} walks found nothing`);
        const error = result.errorInstance;
        assert.ok(error instanceof Broken, String(error));
        assert.match(error.message, breaks);
      });
    });
  }
});
