// `verify` as people and pipelines call it: what comes on which stream and into which file, and with which code it ends.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "node:test";
import { closedPort } from "../../scripts/ports.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { refusal, runBinary, sideBySide, Site, start } from "../support/binary.ts";
import { ended } from "../support/children.ts";
import { BINARY } from "../support/controller.ts";

const whole = (site: Site) => [...site.credential, ...site.server];

interface Written {
  exitCode: number;
  reason: string;
  summary: { answer: string; checks: number; undecided: number };
  run: { cut: string | null };
  checks: { id: string; verdict: string }[];
}

/** How `verify` ends on a server of its own, and the report that it wrote. */
async function outcome(options: Partial<DevserverOptions>, flags: (site: Site) => string[], env: Record<string, string> = {}) {
  await using site = await Site.open(options);
  const file = join(site.directory.path, "report.json");
  const { code, stdout, stderr } = await runBinary(["verify", ...flags(site), `--report=json=${file}`], { env });
  const text = await readFile(file, "utf8").catch(() => undefined);
  assert.ok(![stdout, stderr, text].some((one) => one?.includes(site.token)));
  return { code, stdout, stderr, report: text === undefined ? undefined : (JSON.parse(text) as Written) };
}

/** A server that answers until a path has this in it, unless the method is spared, and what tells that it was asked. */
function hangsAt(part: string, spared = "none"): { options: Partial<DevserverOptions>; asked: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const onRequest: DevserverOptions["onRequest"] = ({ path, method }) => {
    if (!path.includes(part) || method === spared) return undefined;
    resolve();
    return "hang";
  };
  return { options: { onRequest }, asked: promise };
}

describe("verify ends with", () => {
  sideBySide(3, {
    async "0 and yes where all holds, with nothing left behind"() {
      await using site = await Site.open();
      const { code, stdout, stderr } = await runBinary(["verify", ...whole(site), "--namespace=scratch"]);
      assert.deepEqual([code, stderr], [0, ""], stdout);
      assert.match(stdout, /^Yes: all of \d+ checks hold/);
      assert.deepEqual([...site.devserver.store.entries("jobs"), ...site.devserver.store.entries("historicjobs")].map(({ name }) => name), []);
    },

    async "1 and no where a claim fails, and says what that breaks"() {
      const { code, stdout, report } = await outcome({ era: "2025-08" }, (site) => [...whole(site), "--focus=WRITE-001,LIST-001"]);
      assert.equal(code, 1);
      assert.match(stdout, /^No: 1 of 2 checks fails\n\nFAIL WRITE-001 \(danger\) {2}of 50 racing writes /);
      assert.match(stdout, /^ {2}drive: no, two workers can own one job: use --claim-settle=2s$/m);
      assert.deepEqual([report?.exitCode, report?.reason, report?.summary.answer], [1, "1 of 2 checks fails", "no"]);
    },

    async "1 where nothing was checked, whatever it may fail on"() {
      const { code, stdout } = await outcome({}, (site) => [...whole(site), "--focus=LIST", "--skip=LIST", "--fail-on=never"]);
      assert.equal(code, 1);
      assert.match(stdout, /^Not known: nothing was checked\n/);
      assert.match(stdout, /^ {2}--focus=LIST chooses nothing: --skip leaves none of it$/m);
    },

    async "0 and what the profile smoke leaves open"() {
      const { code, stdout } = await outcome({}, (site) => [...whole(site), "--profile=smoke"]);
      assert.equal(code, 0, stdout);
      assert.match(stdout, /^ {2}drive: not known, \d+ of \d+ checks passed, \d+ only with --profile=standard$/m);
    },

    async "0 and no where it was told to fail on nothing"() {
      const { code, stdout } = await outcome({ era: "2025-08" }, (site) => [...whole(site), "--focus=WRITE-001", "--fail-on=never"]);
      assert.equal(code, 0);
      assert.match(stdout, /^No: /);
    },

    async "2 where the namespace has jobs of others, unless --yes"() {
      await using site = await Site.open();
      site.createJob("verify-theirs", "scratch");
      const flags = ["verify", ...whole(site), "--namespace=scratch", "--focus=LIST-001"];
      const refused = await runBinary(flags);
      assert.deepEqual([refused.code, refused.stdout, refused.stderr], [
        2, "", 'Error: Cannot write to namespace "scratch": job verify-theirs is not of this program; give a --namespace for trials, --profile=smoke, or --yes\n',
      ]);
      assert.equal((await runBinary([...flags, "--yes"])).code, 0);
      assert.deepEqual([...site.devserver.store.entries("jobs")].map(({ name }) => name), ["verify-theirs"]);
    },

    async "2 before anything is sent where a word names no check, or a file is no good"() {
      await using site = await Site.open();
      const file = join(site.directory.path, "baseline.json");
      await writeFile(file, "{}");
      const rows: [string, RegExp][] = [
        ["--focus=LIST-1", /^Error: Cannot use --focus "LIST-1": did you mean LIST-\d+\?\n/],
        ["--skip=NOTHING", /^Error: Cannot use --skip "NOTHING": expected an id or an area that --list shows\n/],
        ["--report=xml=a", /^Error: Cannot parse --report "xml=a": expected json=FILE, junit=FILE, tap=FILE or github\n/],
        [`--baseline=${file}`, /^Error: Cannot use baseline ".*": expected schemaVersion 1\n$/],
        [`--lock=${file}`, /^Error: Cannot use lock ".*": expected what --lock has written, with schemaVersion 1\n$/],
        [`--baseline=${file}.none`, /^Error: Cannot read baseline ".*": .*\n$/],
      ];
      for (const [flag, message] of rows) {
        const { code, stdout, stderr } = await runBinary(["verify", ...whole(site), flag]);
        assert.deepEqual([code, stdout], [2, ""], flag);
        assert.match(stderr, message);
      }
      assert.deepEqual(site.devserver.requests, []);
    },

    async "3 where it is refused, and reports that nothing was tried"() {
      const onRequest: DevserverOptions["onRequest"] = ({ server }) => (server === "api" ? refusal(401, "Unauthorized", "no") : undefined);
      const { code, stdout, stderr, report } = await outcome({ onRequest }, whole);
      assert.deepEqual([code, stdout], [3, ""]);
      assert.match(stderr, /^Error: Cannot verify the server: GET \/apis\/\S+ was answered with 401: no\n$/);
      assert.deepEqual([report?.exitCode, report?.summary.answer, report?.summary.undecided], [3, "unknown", report?.summary.checks]);
    },

    async "6 where there is no such API, and where it is of another version"() {
      const none = await outcome({ onRequest: ({ server }) => (server === "api" ? { status: 404, body: "404 page not found\n" } : undefined) }, whole);
      assert.equal(none.code, 6, none.stderr);
      assert.match(none.stderr, /^Error: Cannot verify the server: expected jobs in \S+\/v0alpha1 or \S+\/v1beta1, got none\n$/);
      const other = await outcome({ settings: ["v1beta1=off"] }, (site) => [...whole(site), "--api-version=v1beta1"]);
      assert.equal(other.code, 6, other.stderr);
    },

    async "7 where nobody listens, and reports that, too"() {
      const port = await closedPort();
      const { code, stderr, report } = await outcome({}, (site) => [...site.credential, `--provisioning-server-url=https://127.0.0.1:${port}`]);
      assert.equal(code, 7);
      assert.match(stderr, /^Error: Cannot connect to 127\.0\.0\.1:\d+: connection refused; /);
      assert.equal(report?.exitCode, 7);
    },

    async "5 at SIGTERM and SIGHUP, with what was found until then in every report, and nothing left behind"() {
      for (const signal of ["SIGTERM", "SIGHUP"] as const) {
        const { options, asked } = hangsAt("write-003", "DELETE");
        await using site = await Site.open(options);
        const place = join(site.directory.path, "report");
        const reports = ["json", "junit", "tap"].map((format) => `--report=${format}=${place}.${format}`);
        const env = { GITHUB_STEP_SUMMARY: `${place}.md`, GITHUB_OUTPUT: `${place}.out` };
        const child = start(BINARY, ["verify", ...whole(site), "--focus=LIST-001,WRITE-003", ...reports, "--report=github"], { env });
        await asked;
        child.kill(signal);
        const { code, stdout } = await ended(child);
        assert.equal(code, 5, stdout);
        assert.match(stdout, new RegExp(`^::stop-commands::.*\\nNot known: .*\\nThe run was cut short: stopped by ${signal}\\n`));
        const found: readonly [string, string][] = [
          ["json", `"cut": "stopped by ${signal}"`],
          ["junit", `<error message="stopped by ${signal}" type="undecided">`],
          ["tap", `# cut short: stopped by ${signal}`],
          ["md", `| WRITE-003 | error | `],
          ["out", "answer=unknown\nexit-code=5\n"],
        ];
        for (const [format, words] of found) assert.ok((await readFile(`${place}.${format}`, "utf8")).includes(words), format);
        assert.deepEqual([...site.devserver.store.entries("jobs")], []);
      }
    },

    async "not at SIGHUP under nohup"() {
      const { options, asked } = hangsAt("write-003", "DELETE");
      await using site = await Site.open(options);
      const child = start("nohup", [BINARY, "verify", ...whole(site), "--focus=LIST-001,WRITE-003", "--timeout=2s"]);
      await asked;
      child.kill("SIGHUP");
      const { code, stdout } = await ended(child);
      assert.equal(code, 124, stdout);
      assert.match(stdout, /\nThe run was cut short: --timeout 2s is over\n/);
    },

    async "124 at --timeout, with what was found until then"() {
      const { options } = hangsAt("write-001", "DELETE");
      const { code, stdout, report } = await outcome(options, (site) => [...whole(site), "--focus=LIST-001,WRITE-001", "--timeout=1s"]);
      assert.equal(code, 124, stdout);
      assert.equal(report?.run.cut, "--timeout 1s is over");
      assert.deepEqual(report?.checks.map(({ verdict }) => verdict), ["pass", "error"]);
    },

    async "1 where all holds and a report cannot be written"() {
      await using site = await Site.open();
      const { code, stdout, stderr } = await runBinary(["verify", ...whole(site), "--focus=LIST-001", `--report=tap=${site.directory.path}/none/a.tap`]);
      assert.equal(code, 1);
      assert.match(stdout, /^Yes: /);
      assert.match(stderr, /^Error: Cannot write ".*\/none\/a\.tap": /);
    },

    async "0 and one document on standard output where a report goes there, the rest on standard error"() {
      await using site = await Site.open();
      const { code, stdout, stderr } = await runBinary(["verify", ...whole(site), "--focus=LIST-001", "--report=json=-"]);
      assert.deepEqual([code, (JSON.parse(stdout) as Written).summary.answer], [0, "yes"]);
      assert.match(stderr, /^Yes: the one check holds\n/);
    },

    async "0 and annotations where GitHub runs it, which nothing that a server says can forge"() {
      await using site = await Site.open({ era: "2025-08" });
      const summary = join(site.directory.path, "summary.md");
      await writeFile(summary, "before\n");
      const outputs = join(site.directory.path, "outputs");
      const flags = ["verify", ...whole(site), "--focus=WRITE-001", "--fail-on=never", "--report=github", `--report=json=${summary}.json`];
      const { code, stdout } = await runBinary(flags, { env: { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: outputs } });
      assert.equal(code, 0);
      const [, token, shielded, rest] = /^::stop-commands::(\S+)\n([\s\S]*)\n::\1::\n([\s\S]*)$/.exec(stdout) ?? [];
      assert.ok(token !== undefined && shielded?.startsWith("No: "), stdout);
      assert.match(rest ?? "", /^::error title=WRITE-001 danger::of 50 racing writes .*\n$/);
      assert.match(await readFile(summary, "utf8"), /^before\n## job-controller verify: no, 1 of 1 checks fails\n/);
      assert.match(await readFile(outputs, "utf8"), new RegExp(`^answer=no\nexit-code=0\n(?:.*\n)+json=${summary}\\.json\n$`));
    },

    async "0 with a lock of the same server, 1 when it has changed, and names the change"() {
      await using site = await Site.open({ era: "2025-08" });
      const lock = join(site.directory.path, "verify.lock");
      const flags = (other: Site) => ["verify", ...whole(other), `--lock=${lock}`, "--focus=WRITE-001,LIST-001"];
      const first = await runBinary(flags(site));
      assert.equal(first.code, 1);
      const written = await readFile(lock, "utf8");
      const again = await runBinary(flags(site));
      assert.equal(again.code, 0, again.stdout);
      assert.match(again.stdout, /^Yes: nothing has changed since the lock, 1 of 2 checks hold \(1 accepted\)\n/);
      await using newer = await Site.open();
      const { code, stdout } = await runBinary(flags(newer));
      assert.equal(code, 1);
      assert.match(stdout, /\nChanged since the lock:\n(?: {2}server: .*\n)* {2}WRITE-001: was fail, now it is pass\n/);
      const more = await runBinary([...flags(site), "--focus=LIST-002"]);
      assert.equal(more.code, 0, more.stdout);
      assert.match(more.stdout, /\nNotes:\n {2}\S+ knows nothing of LIST-002: delete it to begin anew\n/);
      assert.equal(await readFile(lock, "utf8"), written);
    },

    async "0 with a lock of the whole profile, run after run"() {
      await using site = await Site.open({ simulate: "on" });
      const lock = join(site.directory.path, "verify.lock");
      for (const first of [/^Yes: all of /, /^Yes: nothing has changed since the lock, /, /^Yes: nothing has changed since the lock, /]) {
        const { code, stdout } = await runBinary(["verify", ...whole(site), "--namespace=scratch", `--lock=${lock}`]);
        assert.equal(code, 0, stdout);
        assert.match(stdout, first);
      }
    },

    async "0 where a baseline accepts what fails, 1 once its day is over"() {
      await using site = await Site.open({ era: "2025-08" });
      const file = join(site.directory.path, "baseline.json");
      const run = async (expires: string) => {
        await writeFile(file, JSON.stringify({ schemaVersion: 1, accept: [{ check: "WRITE-001", reason: "until the update", expires }] }));
        return runBinary(["verify", ...whole(site), "--focus=WRITE-001,LIST-001", `--baseline=${file}`]);
      };
      const accepted = await run("9999-12-31");
      assert.equal(accepted.code, 0);
      assert.match(accepted.stdout, /^Yes: 1 of 2 checks hold \(1 accepted\)\n/);
      const over = await run("2020-01-01");
      assert.equal(over.code, 1);
      assert.match(over.stdout, /^ {2}WRITE-001 was accepted until 2020-01-01, which is over: until the update$/m);
    },

    async "0 and the checks at --list, 0 and what it would write at --dry-run, asking no server"() {
      const list = await runBinary(["verify", "--list", "--focus=LIST-001"]);
      assert.deepEqual([list.code, list.stderr], [0, ""]);
      assert.match(list.stdout, /^LIST-001 {2}\S.*\n +standard; needs write; 6\.2 Lists and paging\n$/);
      const port = await closedPort();
      const target = [`--provisioning-server-url=http://127.0.0.1:${port}`, "--kubeconfig=none", "--namespace=scratch"];
      const dry = await runBinary(["verify", ...target, "--dry-run", "--focus=LIST-001"]);
      assert.deepEqual([dry.code, dry.stdout.split("\n")[0]], [0, "Would write to namespace scratch, and delete again:"], dry.stderr);
    },
  });
});
