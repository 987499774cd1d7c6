// `node scripts/bootstrap.mjs scripts/X.ts [arguments]`: installs what package-lock.json pins when it is not there yet,
// then hands over to the pinned Bun. Runs on Node.js 20 or later and on Bun alone, so it is plain JavaScript and imports
// nothing that has to be installed.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const lockFile = join(root, "package-lock.json");
/** Written by npm: the tree as it was installed. */
const npmRecord = join(modules, ".package-lock.json");
/** Written here after an install by Bun, which leaves no record: the hash of the lock file. */
const bunRecord = join(modules, ".installed-by-bun");
const bun = join(modules, "bun", "bin", "bun.exe");
const deno = join(modules, "deno", process.platform === "win32" ? "deno.exe" : "deno");

/** These would change what the pinned Bun does before the first line of a script runs. */
const env = { ...process.env };
for (const name of ["BUN_OPTIONS", "BUN_BE_BUN", "BUN_INSPECT", "BUN_INSPECT_CONNECT_TO", "BUN_INSPECT_PRELOAD", "NODE_OPTIONS"])
  delete env[name];

const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail("Usage: node scripts/bootstrap.mjs scripts/NAME.ts [arguments]");
if (!existsSync(resolve(root, script))) fail(`Cannot run "${script}": no such file in ${root}`);

if (!installed()) install();
handOver();

/** Whether node_modules holds what the lock file asks for, native programs included. */
function installed() {
  if (!isNative(bun)) return false;
  const lockText = readFileSync(lockFile, "utf8");
  if (!existsSync(npmRecord)) return existsSync(bunRecord) && readFileSync(bunRecord, "utf8") === hash(lockText);
  const wanted = JSON.parse(lockText).packages;
  const present = JSON.parse(readFileSync(npmRecord, "utf8")).packages;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    if (path === "") return true;
    const found = present[path];
    if (found === undefined) return optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

function install() {
  const npm = works("npm") ? "npm" : undefined;
  const otherBun = process.versions.bun !== undefined ? process.execPath : works("bun") ? "bun" : undefined;
  if (npm === undefined && otherBun === undefined) fail("Cannot install the dependencies: neither npm nor bun is in PATH");
  const started = Date.now();
  process.stderr.write("installing the dependencies of package-lock.json ...");
  if (npm !== undefined) {
    run("npm", ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]);
  } else {
    rmSync(npmRecord, { force: true });
    run(otherBun, ["install", "--frozen-lockfile"]);
  }
  // A configuration that skips install scripts (npm's ignore-scripts, for one) leaves placeholders.
  if (!isNative(deno)) spawnSync(process.execPath, ["install.cjs"], { cwd: dirname(deno), env, stdio: "ignore" });
  if (!isNative(bun)) run(process.execPath, ["install.js"], { cwd: join(modules, "bun") });
  // There are platforms without a Deno (musl); only its suites are missed there.
  if (!isNative(bun)) fail(`Cannot use "${bun}": its package has no build for ${process.platform} ${process.arch}`);
  if (npm === undefined) writeFileSync(bunRecord, hash(readFileSync(lockFile, "utf8")));
  process.stderr.write(` ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

/** Runs one step of the installation; its output is shown only if it fails. */
function run(command, commandArgs, options = {}) {
  const result = spawnSync(command, commandArgs, {
    cwd: root,
    env,
    encoding: "utf8",
    shell: process.platform === "win32",
    ...options,
  });
  if (result.status === 0) return;
  process.stderr.write(`\n${result.stdout ?? ""}${result.stderr ?? ""}`);
  fail(`Cannot install the dependencies: "${command} ${commandArgs.join(" ")}" ${ending(result)}`);
}

function ending({ error, signal, status }) {
  return error !== undefined
    ? `did not start: ${error.message}`
    : signal !== null
      ? `ended by ${signal}`
      : `exited with ${status}`;
}

function works(command) {
  return spawnSync(command, ["--version"], { env, stdio: "ignore", shell: process.platform === "win32" }).status === 0;
}

/** A placeholder is a few hundred bytes of text, the program about 100 MB. */
function isNative(path) {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000;
}

function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** Runs the script in place of this process, as far as that can be done: same streams, signals, exit code. */
function handOver() {
  const child = spawn(bun, [script, ...args], { cwd: root, env, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to the whole foreground group: the child has it already.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => fail(`Cannot start "${bun}": ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
