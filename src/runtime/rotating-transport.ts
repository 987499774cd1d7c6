// A transport whose TLS files may change under it. They are read again before a request when the last look is old, checked as a set
// and swapped as a set; what cannot be used leaves the old set in place. Running bodies keep the connection they have.

import type { Clock } from "../base/clock.ts";
import { messageOf, NetworkError } from "../base/errors.ts";
import type { FetchInit } from "../base/http.ts";
import type { Environment } from "./proxy.ts";
import type { Host, Transport } from "./runtime.ts";
import { expiryWarning, type LoadedTls, loadTlsMaterial, type TlsFiles } from "./tls-material.ts";
import { createTransport } from "./transport.ts";

export type RotationEvent =
  /** New files are in use from the next request on. */
  | { kind: "rotated"; serial: string | undefined; notAfterMs: number | undefined }
  /** The files changed into something that cannot be used; told once for each reason. */
  | { kind: "kept"; reason: string }
  /** A certificate that ends soon: at the start, after a rotation, and again when 30, 7 and 1 days are left. */
  | { kind: "warning"; text: string };

export interface RotatingTransportOptions {
  host: Host;
  files: TlsFiles;
  readText: (path: string) => Promise<string>;
  clock: Clock;
  env: Environment;
  onEvent: (event: RotationEvent) => void;
  /** Files that were looked at less than this long ago are not read again, ms. Default 1,000. */
  pollMs?: number;
}

export interface RotatingTransport extends Transport {
  /** Serial number of the client certificate in use, upper-case hexadecimal. */
  readonly serial: string | undefined;
  /** Its end, ms since the epoch. */
  readonly notAfterMs: number | undefined;
}

/**
 * Loads the files and makes the first transport.
 * @throws ConfigError if they cannot be used now.
 */
export async function createRotatingTransport(options: RotatingTransportOptions): Promise<RotatingTransport> {
  const { host, files, readText, clock, env, onEvent, pollMs = 1_000 } = options;
  const paths = [files.caFile, files.certFile, files.keyFile].filter((path) => path !== undefined);
  let loaded: LoadedTls;
  let transport: Transport;
  let content: string;
  let warnedDays = Number.POSITIVE_INFINITY;
  let keptReason: string | undefined;
  let lookedAt = clock.monotonic();
  let looking: Promise<void> | undefined;

  function use(next: LoadedTls, nextContent: string): void {
    const before = transport as Transport | undefined;
    transport = createTransport({ host, tls: next.material, clock, env, names: files.names });
    loaded = next;
    content = nextContent;
    keptReason = undefined;
    warnedDays = daysLeft()?.days ?? Number.POSITIVE_INFINITY;
    before?.close();
    for (const text of next.warnings) onEvent({ kind: "warning", text });
  }

  function daysLeft(): ReturnType<typeof expiryWarning> {
    return loaded.notAfterMs === undefined ? undefined : expiryWarning(loaded.notAfterMs, clock.now());
  }

  async function look(): Promise<void> {
    let now = await snapshot(paths, readText);
    if (now.content !== content) {
      try {
        let next: LoadedTls;
        try {
          next = await loadTlsMaterial(files, now.read, clock.now());
        } catch {
          // Read between two writes, perhaps: certificate new, key old.
          now = await snapshot(paths, readText);
          next = await loadTlsMaterial(files, now.read, clock.now());
        }
        if (now.content !== content) {
          use(next, now.content);
          onEvent({ kind: "rotated", serial: next.serial, notAfterMs: next.notAfterMs });
        }
      } catch (error) {
        const reason = messageOf(error);
        if (reason !== keptReason) onEvent({ kind: "kept", reason });
        keptReason = reason;
      }
    } else {
      keptReason = undefined;
    }
    const left = daysLeft();
    if (left !== undefined && left.days < warnedDays) {
      warnedDays = left.days;
      onEvent({ kind: "warning", text: `client certificate ${left.text}` });
    }
  }

  async function lookIfDue(): Promise<void> {
    if (paths.length === 0 || clock.monotonic() - lookedAt < pollMs) return looking;
    lookedAt = clock.monotonic();
    looking = look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  const first = await snapshot(paths, readText);
  use(await loadTlsMaterial(files, first.read, clock.now()), first.content);

  return {
    get serial() {
      return loaded.serial;
    },
    get notAfterMs() {
      return loaded.notAfterMs;
    },
    async fetch(url: string, init?: FetchInit): Promise<Response> {
      await lookIfDue();
      try {
        return await transport.fetch(url, init);
      } catch (error) {
        // The files may have been changed because of what just failed.
        if (error instanceof NetworkError && error.reason.startsWith("tls-")) lookedAt = Number.NEGATIVE_INFINITY;
        throw error;
      }
    },
    close: () => transport.close(),
  };
}

interface Snapshot {
  /** All texts as one, to compare. */
  content: string;
  /** Reads from the snapshot; throws what reading threw. */
  read(path: string): Promise<string>;
}

async function snapshot(paths: readonly string[], readText: (path: string) => Promise<string>): Promise<Snapshot> {
  const texts = new Map<string, { text: string } | { error: unknown }>();
  for (const path of paths) {
    texts.set(
      path,
      await readText(path).then(
        (text) => ({ text }),
        (error: unknown) => ({ error }),
      ),
    );
  }
  return {
    content: JSON.stringify([...texts.values()].map((entry) => ("text" in entry ? entry.text : null))),
    async read(path) {
      const entry = texts.get(path);
      if (entry === undefined) throw new Error(`${path} was not read`);
      if ("error" in entry) throw entry.error;
      return entry.text;
    },
  };
}
