// Rows of behaviours and faults that no check has to notice, each with the reason. One that is seen all the same may not stand here.

import type { Excuse } from "./kill-table.ts";

const SIMULATED = "what Grafana's own drivers do, on which clients cannot rely";
const EITHER = "servers that are well differ in it, and clients of jobs bear either";

export const EXCUSES: readonly Excuse[] = [
  ...because(SIMULATED, "expired-jobs", "lease-expiry", "lease-renewal", "claim-owner", "abandoned-sync", "summary-kind", "failed-resources", "new-status-fields"),
  ...because(EITHER, "selectors", "exact-match", "empty-history", "versions"),
  ...because(EITHER, "same-object", "generate-name", "generation", "propagation", "bookkeeping", "authors", "new-actions", "guarded-reads"),
  ...because("when a slow reader is given up is the server's affair; that nothing is left out is WATCH-014's", "slow-reader-events", "slow-reader-grace"),
];

function because(why: string, ...subjects: readonly string[]): Excuse[] {
  return subjects.map((subject) => ({ subject, why }));
}
