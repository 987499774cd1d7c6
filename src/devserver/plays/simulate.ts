// Grafana's own parts, played against the store: drivers, the reaper, the repository controller. Each draws its chances
// from a sequence of its own, so that one does not move the others. They take no job that another has claimed.

import { fork, seeded } from "../../base/random.ts";
import { driveJobs, type PlayContext } from "./driver.ts";
import { JobQueue } from "./job-queue.ts";
import { reapJobs } from "./reaper.ts";
import { keepRepositories } from "./repositories.ts";

/** Plays until the signal. Behaviour is read at the time of use; `random` decides unless the parts name a seed. */
export function simulate(context: PlayContext): void {
  const { store, parts, signal } = context;
  const random = parts.seed === undefined ? context.random : seeded(parts.seed);
  const own = () => ({ ...context, random: fork(random) });
  const [drivers, keeper] = [own(), own()];
  const plays = [keepRepositories(keeper)];
  if (parts.drivers > 0) {
    const queue = new JobQueue(store, signal);
    for (let count = 0; count < parts.drivers; count++) plays.push(driveJobs(drivers, queue));
  }
  if (parts.reapsMs > 0) plays.push(reapJobs(context));
  for (const play of plays) {
    play.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
