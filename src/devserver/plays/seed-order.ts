// The order to fill a running server: numbers as JSON in, objects in the store, how many were added out.

import type { Clock } from "../../base/clock.ts";
import type { Orders } from "../behaviour/admin.ts";
import { type SeedContext, type Seeded, seeding } from "./seed.ts";
import { parseSeed } from "./seed-spec.ts";

interface SeedOrderContext extends Omit<SeedContext, "nowMs"> {
  clock: Clock;
  /** Ends seeding halfway. */
  signal: AbortSignal;
}

/** How long nobody else has a turn, ms. */
const SLICE_MS = 10;

export function seedOrder(context: SeedOrderContext): Orders {
  return { "POST /seed": async (body) => [201, await seedBySlices(context, body)] };
}

async function seedBySlices({ clock, signal, ...context }: SeedOrderContext, given: Record<string, unknown>): Promise<Seeded> {
  let made: Seeded = { repositories: 0, jobs: 0, historic: 0 };
  let pauseAt = clock.monotonic() + SLICE_MS;
  for (const seeded of seeding({ ...context, nowMs: clock.now() }, parseSeed(given))) {
    made = seeded;
    if (clock.monotonic() < pauseAt) continue;
    await clock.sleep(1, signal);
    pauseAt = clock.monotonic() + SLICE_MS;
  }
  return made;
}
