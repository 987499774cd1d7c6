// The record of a job that has ended: a Job in, its HistoricJob in the store.
// src: pkg/registry/apis/provisioning/jobs/history_writer.go in grafana/grafana.

import { LABEL_CLAIM, LABEL_CLAIM_OWNER, LABEL_ORIGINAL_UID, LABEL_REPOSITORY } from "../../provisioning.ts";
import { generateName } from "../api/names.ts";
import type { Behaviour } from "../behaviour/eras.ts";
import type { Entry } from "../state/entry.ts";
import type { Resourced, Stored } from "../state/object.ts";
import type { Store } from "../state/store.ts";

/** Writes the HistoricJob of a job, as the API writer does: under a name of its own, the claim labels stay. */
export function archive(store: Store, job: Stored, history: Behaviour["history"] = "objects"): Entry {
  return store.create("historicjobs", historicOf(job, generateName(`${job.metadata.name}-`), history));
}

/** The record of a job under this name. The writer to Loki alone takes the claim off. */
function historicOf({ metadata, spec, status }: Stored, name: string, history: Behaviour["history"] = "objects"): Resourced {
  const { namespace, uid, labels, annotations } = metadata;
  const { [LABEL_CLAIM]: _claim, [LABEL_CLAIM_OWNER]: _owner, ...unclaimed } = labels ?? {};
  const kept = history === "loki" ? unclaimed : labels;
  const own = { ...kept, [LABEL_REPOSITORY]: String(spec?.["repository"] ?? ""), [LABEL_ORIGINAL_UID]: uid };
  return { metadata: { name, namespace, labels: own, annotations }, spec, status };
}
