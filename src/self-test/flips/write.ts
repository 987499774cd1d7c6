// What each check of WRITE must notice.

import { WRITE_001 } from "../../verify/checks/write/write-001.ts";
import type { Row } from "../flip.ts";

export const WRITE_FLIPS: readonly Row[] = [
  [WRITE_001, { set: "compare-and-swap=racy" }, { fault: "cas-lies" }],
];
