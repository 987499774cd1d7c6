// The command `dev seed`: one request to the admin address of a running server, a line for people out.

import type { Clock } from "../../base/clock.ts";
import type { Fetch } from "../../base/http.ts";
import type { Seeded } from "../plays/seed.ts";
import { parseSeed } from "../plays/seed-spec.ts";
import { order } from "./fault.ts";

interface SeedOrder {
  /** `http://host:port` of the running server. */
  adminUrl: string;
  /** Numbers by name; those that are absent have their defaults. */
  numbers: Readonly<Record<string, string>>;
}

/** @throws ConfigError for numbers that cannot be used; what the fetch throws when there is no server */
export async function orderSeed({ adminUrl, numbers }: SeedOrder, fetch: Fetch, clock: Pick<Clock, "monotonic">, signal: AbortSignal): Promise<string> {
  // Told here, too: whether a server runs does not matter to what is wrong with a number.
  parseSeed(numbers);
  const startedMs = clock.monotonic();
  // How long it takes is for the numbers to say.
  const patient: Fetch = (url, init) => fetch(url, { ...init, headersTimeoutMs: false });
  const { repositories, jobs, historic } = await order<Seeded>(patient, signal, "POST", `${adminUrl}/seed`, numbers);
  const seconds = ((clock.monotonic() - startedMs) / 1_000).toFixed(1);
  const counts = [[repositories, "repository", "repositories"], [jobs, "job", "jobs"], [historic, "historic job", "historic jobs"]] as const;
  return `${counts.map(([count, one, many]) => `${count} ${count === 1 ? one : many}`).join(", ")} added in ${seconds}s`;
}
