// A claim that is given back, as rollBack() of claim.ts calls the steps.

import type { ClaimState } from "../../src/drive/claim-state.ts";
import { answers, leave, reads, type Scene, sends, to } from "./scene.ts";
import { IDLE, type Replica, withReplica, type World } from "./world.ts";


/** Nothing of the work runs any more. `counts`: whether the attempt does. */
export function giveBack({ world, who, replica }: Scene, uid: string, owner: string, counts: boolean): World {
  const claim: ClaimState = { kind: "unclear", uid, owner };
  const next: Replica = { ...IDLE, seen: replica.seen, phase: "giving back", claim, counts, lease: (replica.lease?.quietUntilMs ?? 0) > 0 ? replica.lease : undefined };
  return withReplica({ ...world, moving: world.moving.map((one) => (one.who === who ? { ...one, who: -1 } : one)) }, who, next);
}

export function givingBack(scene: Scene): void {
  const { model, replica } = scene;
  const { steps } = model;
  const claim = replica.claim!;
  if (claim.kind !== "unclear") return;
  const { uid, owner } = claim;
  // What was sent before has to land first, if it is not too late for that.
  const { quietUntilMs, validUntilMs } = replica.lease ?? { quietUntilMs: 0, validUntilMs: 0 };
  if (quietUntilMs > 0 && validUntilMs > 0) return;
  if (replica.wire !== undefined) {
    answers(scene, (answer, _got, after) => {
      if (answer === "gone" || answer === "written") return leave(after);
      return to(after, { read: undefined });
    });
    return;
  }
  if (replica.read === undefined) {
    reads(scene, "reads it to give it back", (job, world) => {
      const at = { ...scene, world };
      return job === undefined || steps.rollbackOf(job.view, uid, owner) === "leave" ? leave(at) : to(at, { read: job });
    });
    return;
  }
  const object = replica.counts ? steps.requeued(replica.read.job) : steps.released(replica.read.job);
  sends(scene, "gives it back", { what: "give back", owner, job: object });
}
