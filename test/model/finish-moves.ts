// From a result to a record and no job, as finish.ts calls the steps.

import { LABEL_ORIGINAL_UID } from "../../src/provisioning.ts";
import { failing, leave, reads, type Scene, sends, to } from "./scene.ts";
import type { Replica, World } from "./world.ts";

export function finishTo(scene: Scene, finish: Replica["finish"]): World {
  return finish!.step === "done" || finish!.step === "kept" ? leave(scene) : to(scene, { finish });
}

/** One request of the finish, if the lease holds. */
export function finishing(scene: Scene): void {
  const { model, world, replica, add } = scene;
  const { steps } = model;
  const finish = replica.finish!;
  const { owner } = replica.lease!;
  const { job, view } = replica.read!;
  if (!steps.holds(replica.lease!, 0)) return add("stops to finish, its lease is over", "step", finishTo(scene, steps.finishStep(finish, { step: "lost" })));
  switch (finish.step) {
    case "record": {
      const record = steps.recordOf(job, view);
      sends(scene, "writes the record", {
        what: "record",
        owner,
        record: { name: record.metadata?.name ?? "", uid: view.uid, finishedMs: Number(record.status?.finished), there: true },
      });
      return;
    }
    case "check": {
      const name = steps.recordName(view);
      const found = world.records.find((record) => record.there && record.name === name);
      const record = found && { metadata: { labels: { [LABEL_ORIGINAL_UID]: found.uid } }, status: { finished: found.finishedMs } };
      const answer = steps.recordAnswer(record, view);
      add(`looks for the record: ${answer}`, "step", finishTo(scene, steps.finishStep(finish, { step: "check", answer })));
      if (found !== undefined && world.faults > 0) {
        const late = { ...scene, world: { ...world, faults: world.faults - 1 } };
        add("looks for the record, by a read that is older than it", "fault", finishTo(late, steps.finishStep(finish, { step: "check", answer: steps.recordAnswer(undefined, view) })));
      }
      failing(scene, "looks for the record", (at) => finishTo({ ...scene, world: at }, steps.finishStep(finish, { step: "check", answer: "unknown" })));
      return;
    }
    case "delete":
      if (steps.mayWrite(replica.lease!, 0)) sends(scene, "deletes the job", { what: "delete", owner, target: steps.deleteTarget(view) });
      return;
    case "look":
      reads(scene, "looks what is there", (found, at) => {
        const answer = steps.lookOf(found?.view, view);
        const next = { ...scene, world: at, replica: answer === "ours" ? { ...replica, read: found } : replica };
        return finishTo(next, steps.finishStep(finish, { step: "look", answer }));
      });
      failing(scene, "looks what is there", (at) => finishTo({ ...scene, world: at }, steps.finishStep(finish, { step: "look", answer: "unknown" })));
  }
}
