// What one replica can do next: the order in which driver.ts, claim.ts, owned-job.ts, finish.ts and reaper.ts call the pure
// steps, without promises.

import { claiming, find, sendFound, watch } from "./claim-moves.ts";
import { givingBack } from "./give-back-moves.ts";
import { owning } from "./owned-moves.ts";
import { type Add, crash, reads, type Scene } from "./scene.ts";
import type { Model, World } from "./world.ts";

export function replicaMoves(model: Model, world: World, who: number, add: Add): void {
  const replica = world.replicas[who]!;
  const scene: Scene = { model, world, who, replica, add };
  const { drives, reaps } = model.setting.roles[who]!;
  switch (replica.phase) {
    case "idle":
      if (drives) reads(scene, "looks for work", (job, at) => find(scene, job, at));
      if (reaps) reads(scene, "looks at leases", (job, at) => watch(scene, job, at));
      break;
    case "found":
      sendFound(scene);
      break;
    case "claiming":
      claiming(scene);
      break;
    case "owned":
      owning(scene);
      break;
    case "giving back":
      givingBack(scene);
      break;
  }
  if (replica.phase !== "idle" || replica.seen !== undefined) crash(scene);
}
