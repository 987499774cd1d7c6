// What each check of WATCH must notice.

import { WATCH_001 } from "../../verify/checks/watch/watch-001.ts";
import type { Row } from "../flip.ts";

export const WATCH_FLIPS: readonly Row[] = [
  [WATCH_001, { fault: "lose:type=ADDED" }, { fault: "double" }],
];
