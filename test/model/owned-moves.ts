// A job of one's own: the worker, renewals and the result, as owned-job.ts and work.ts call the steps. Writes of one replica
// follow each other.

import type { LeaseInput } from "../../src/drive/lease-state.ts";
import { finishing, finishTo } from "./finish-moves.ts";
import { giveBack } from "./give-back-moves.ts";
import { answers, failing, leave, reads, type Scene, sends, shows, to } from "./scene.ts";
import { broken, type Replica, withReplica, type World } from "./world.ts";


export function owning(scene: Scene): void {
  const { model, replica, add } = scene;
  const { steps } = model;
  const lease = replica.lease!;
  if (lease.validUntilMs <= 0) {
    const late = fed(scene, { kind: "time" });
    if (late.lease!.lost !== undefined) add("finds its lease expired", "step", leave(scene));
  }
  if (replica.wire !== undefined) return told(scene);
  if (replica.work === "running") {
    const result = { work: "none", leftMs: 0, finish: steps.finishStart({ written: false, recordWanted: true }) } as const;
    add("its worker is done", "step", to(scene, result));
    add("its worker fails without a result", "crash", giveBack(scene, lease.uid, lease.owner, true));
    add("is shut down and ends its worker", "meddling", giveBack(scene, lease.uid, lease.owner, false));
  }
  if (replica.work === "killed" && steps.holds(lease, 0)) {
    add("finds its worker killed", "step", giveBack(scene, lease.uid, lease.owner, true));
  }
  const step = replica.finish?.step;
  // Renewals go on until the delete.
  if (step === "status") writes(scene, "final");
  else if (lease.renewAtMs <= 0 && step !== "delete" && step !== "look") writes(scene, "renewal");
  if (step !== undefined && step !== "status") finishing(scene);
}

/** The lease after an input, and the worker's deadline with it. */
function fed({ model, replica }: Scene, input: LeaseInput): Replica {
  const lease = model.steps.leaseStep(replica.lease!, input, 0, model.rules);
  return { ...replica, lease, leftMs: replica.work === "running" ? Math.max(0, lease.validUntilMs) : 0 };
}

/** After an input to the lease: on with it, or away. */
function feed(scene: Scene, input: LeaseInput, changes: Partial<Replica> = {}): World {
  const next = { ...fed(scene, input), ...changes };
  if (next.lease!.lost !== undefined) return leave(scene);
  return withReplica(scene.world, scene.who, next);
}

/** A renewal, or the final status; a read ahead of it if the version is outdated. */
function writes(scene: Scene, what: "renewal" | "final"): void {
  const { model, replica } = scene;
  const { steps } = model;
  const lease = replica.lease!;
  if (!steps.mayWrite(lease, 0)) return;
  const { owner } = lease;
  if (lease.stale) {
    reads(scene, "reads its job again", (job, world) => {
      if (job !== undefined && steps.isOldRead(job.view, replica.read!.view)) return world;
      const next = feed({ ...scene, world }, { kind: "read", view: job?.view }, job === undefined ? {} : { read: job });
      return shows(job, lease) || next.replicas[scene.who]!.phase === "idle" ? next : broken(next, "goes on", model);
    });
    if (what === "renewal") failing(scene, "reads its job again", (world) => feed({ ...scene, world }, { kind: "failed" }));
    return;
  }
  const edited = what === "renewal" ? replica.read!.job : steps.withStatus(replica.read!.job, { state: "success", finished: Number(owner) });
  const job = steps.withClaim(edited, { owner, nowMs: 1 });
  sends(scene, what === "renewal" ? "renews its lease" : "writes the result", { what, owner, job });
}

function told(scene: Scene): void {
  const { steps, rules } = scene.model;
  const { what, sentMs } = scene.replica.wire!;
  answers(scene, (answer, got, after) => {
    const finish = after.replica.finish;
    if (what === "record" || what === "delete") {
      const next = what === "record"
        ? steps.finishStep(finish!, { step: "record", answer: answer === "written" ? "created" : answer === "conflict" ? "exists" : "unknown" })
        : steps.finishStep(finish!, { step: "delete", answer: answer === "written" ? "deleted" : answer });
      return finishTo(after, next);
    }
    switch (answer) {
      case "written": {
        const validMs = Math.max(after.replica.validMs, sentMs + rules.validityMs);
        const status = what === "final" ? { finish: steps.finishStep(finish!, { step: "status", answer: "written" }) } : {};
        return feed(after, { kind: "written", sentMs }, { read: got, validMs, ...status });
      }
      case "conflict":
        return feed(after, { kind: "conflict" });
      case "gone": {
        const next = feed(after, { kind: "read", view: undefined });
        return next.replicas[after.who]!.phase === "idle" ? next : broken(next, "goes on", scene.model);
      }
      case "unknown":
        return feed(after, { kind: "unanswered", sentMs, renewal: what === "renewal" });
    }
  });
}
