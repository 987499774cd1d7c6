// Rows of behaviours and faults that no check has to notice, each with the reason. One that is noticed all the same may not stand here.

import type { Excuse } from "./kill-table.ts";

const SIMULATED = "what Grafana's own drivers do, which clients of the API cannot rely on while others drive";

export const EXCUSES: readonly Excuse[] = [
  { subject: "expired-jobs", why: SIMULATED },
  { subject: "lease-expiry", why: SIMULATED },
  { subject: "lease-renewal", why: SIMULATED },
  { subject: "claim-owner", why: SIMULATED },
  { subject: "abandoned-sync", why: SIMULATED },
  { subject: "summary-kind", why: SIMULATED },
  { subject: "failed-resources", why: SIMULATED },
  { subject: "new-status-fields", why: SIMULATED },
];
