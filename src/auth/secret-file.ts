// A path in, its content as a secret out, read again as it ages: projected tokens are replaced in place.
// A read that fails keeps the last good secret. src: client-go transport/token_source.go

import type { Clock } from "../base/clock.ts";
import { ConfigError, messageOf } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { headerSecret, type SecretSource } from "./credential.ts";

const READ_AGAIN_MS = 60_000;

export interface SecretFileOptions {
  /** `-` is standard input, read once and never again. */
  path: string;
  /** Whole content as text; gets `-` for standard input. */
  readText: (path: string) => Promise<string>;
  clock: Pick<Clock, "monotonic">;
  /** What the user set, such as `--token-file`; for messages. */
  name: string;
  /** Told once per failure while the last good secret is kept. */
  onStale?: (error: ConfigError) => void;
}

/** @throws ConfigError (from `current`) when no secret was ever read */
export function createSecretFile(options: SecretFileOptions): SecretSource {
  const { path, clock } = options;
  const label = path === "-" ? `${options.name} - (standard input)` : `${options.name} ${JSON.stringify(path)}`;
  let kept: { secret: Secret; readAtMs: number } | undefined;
  let reading: Promise<Secret> | undefined;
  let complaint: string | undefined;

  async function read(): Promise<Secret> {
    const readAtMs = clock.monotonic();
    try {
      kept = { secret: headerSecret(await textOf(), label), readAtMs };
      complaint = undefined;
    } catch (error) {
      if (!(error instanceof ConfigError) || kept === undefined) throw error;
      kept.readAtMs = readAtMs;
      if (error.message !== complaint) options.onStale?.(error);
      complaint = error.message;
    }
    return kept.secret;
  }

  async function textOf(): Promise<string> {
    try {
      return await options.readText(path);
    } catch (error) {
      throw new ConfigError(`Cannot read ${label}: ${readFailure(error)}`, { cause: error });
    }
  }

  /** One read at a time: standard input can be had only once. */
  function readShared(): Promise<Secret> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  return {
    async current() {
      const fresh = kept !== undefined && (path === "-" || clock.monotonic() - kept.readAtMs < READ_AGAIN_MS);
      return fresh && kept !== undefined ? kept.secret : readShared();
    },
    async renewed(rejected) {
      if (kept !== undefined && !kept.secret.equals(rejected)) return kept.secret;
      if (path === "-") return undefined;
      const secret = await readShared();
      return secret.equals(rejected) ? undefined : secret;
    },
  };
}

/** The reason in words that are the same on every host. */
export function readFailure(error: unknown): string {
  switch ((error as { code?: unknown } | undefined)?.code) {
    case "ENOENT":
      return "no such file";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
      return "it is a directory";
    default:
      return messageOf(error);
  }
}
