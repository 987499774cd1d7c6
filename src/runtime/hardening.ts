// What the environment may not do to the compiled program: runtime options through BUN_OPTIONS, verbose dumps.
// Pure: process.execArgv and the environment come in as values.

import { ConfigError } from "../base/errors.ts";
import type { Environment } from "./proxy.ts";

/** No eval, no preload, no module from disk: BUN_OPTIONS=--preload ends in an error instead of running a file. */
const STRICT = "--disallow-code-generation-from-strings=strict";

/**
 * Runtime options that scripts/build.ts embeds with --compile-exec-argv; exactly these may be in process.execArgv. Once would
 * do: when Bun itself crashes, its report shows the first 196 characters of the command line, and these stand before a --token.
 */
export const EMBEDDED_EXEC_ARGV: readonly string[] = [STRICT, STRICT, STRICT, STRICT, STRICT];

/** Whether this is the compiled binary: its entry lies in Bun's virtual file system. */
export function isCompiled(entry: string | undefined): boolean {
  return entry !== undefined && /^(?:\/\$bunfs\/|[A-Z]:[\\/]~BUN[\\/])/.test(entry);
}

/**
 * Refuses runtime options that were not embedded at build time.
 * @throws ConfigError naming the first of them.
 */
export function assertNoRuntimeOptions(execArgv: readonly string[]): void {
  if (execArgv.length === EMBEDDED_EXEC_ARGV.length && execArgv.every((option, at) => option === EMBEDDED_EXEC_ARGV[at])) return;
  const extra = execArgv.slice(0, Math.max(0, execArgv.length - EMBEDDED_EXEC_ARGV.length));
  if (extra.length === 0) throw new ConfigError("Cannot start: this binary was built without its runtime options; build it with npm run build");
  throw new ConfigError(`Cannot start with runtime option "${extra[0]}": expected none beside those built in; unset BUN_OPTIONS`);
}

const DANGEROUS: [name: string, test: (value: string) => boolean, why: string][] = [
  ["NODE_TLS_REJECT_UNAUTHORIZED", (value) => value === "0", "has no effect here: use --tls-insecure"],
  ["BUN_CONFIG_VERBOSE_FETCH", () => true, "has no effect here: requests are not dumped, as they carry tokens"],
  ["BUN_BE_BUN", () => true, "turns this binary into Bun itself: clear it in images and services"],
  ["BUN_INSPECT", () => true, "opens a debugger: clear it"],
  ["SSLKEYLOGFILE", () => true, "has the keys of TLS connections written to a file under Deno"],
  ["LD_PRELOAD", () => true, "has code of others run in this process"],
];

/** One line for each variable that is set and should not be. */
export function dangerousVariables(env: Environment): string[] {
  return DANGEROUS.filter(([name, test]) => {
    const value = env[name];
    return value !== undefined && value !== "" && test(value);
  }).map(([name, , why]) => `environment variable ${name} is set: it ${why}`);
}
