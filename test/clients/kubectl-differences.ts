// Where kubectl's transcripts may differ.

import type { Difference } from "./client.ts";

export const KUBECTL_DIFFERENCES: readonly Difference[] = [];
