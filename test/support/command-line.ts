// Command lines for tests of src/cli.

import { AppError } from "../../src/base/errors.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import type { RunConfig } from "../../src/cli/config.ts";
import type { Environment } from "../../src/cli/settings.ts";

export const EXCHANGE = "--token-exchange-url=http://localhost:6481/sign/access-token";
export const SERVER = "--provisioning-server-url=https://localhost:6446";
/** The original's first command. */
export const SEED = [EXCHANGE, "--token=ProvisioningAdminToken", SERVER];
/** A complete command without a credential. */
export const BEARER = ["--bearer-token-file=/grafana", SERVER];

/** The configuration of `run`. */
export function runOf(argv: readonly string[], env: Environment = {}): RunConfig {
  const config = parseConfig(argv, env);
  if (config.command !== "run") throw new Error(`expected run, got ${config.command}`);
  return config;
}

/** The message with which a command line is refused. */
export function refusal(argv: readonly string[], env: Environment = {}): string {
  try {
    parseConfig(argv, env);
  } catch (error) {
    if (error instanceof AppError && error.kind === "usage") return error.message;
    throw error;
  }
  throw new Error(`accepted: ${argv.join(" ")}`);
}
