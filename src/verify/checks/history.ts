// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { HISTORY_001 } from "./history/history-001.ts";
import { HISTORY_002 } from "./history/history-002.ts";
import { HISTORY_003 } from "./history/history-003.ts";
import { HISTORY_004 } from "./history/history-004.ts";
import { HISTORY_005 } from "./history/history-005.ts";
import { HISTORY_006 } from "./history/history-006.ts";
import { HISTORY_007 } from "./history/history-007.ts";
import { HISTORY_008 } from "./history/history-008.ts";
import { HISTORY_009 } from "./history/history-009.ts";
import { HISTORY_010 } from "./history/history-010.ts";
import { HISTORY_011 } from "./history/history-011.ts";
import { HISTORY_012 } from "./history/history-012.ts";

export const HISTORY: readonly Check[] = [
  HISTORY_001,
  HISTORY_002,
  HISTORY_003,
  HISTORY_004,
  HISTORY_005,
  HISTORY_006,
  HISTORY_007,
  HISTORY_008,
  HISTORY_009,
  HISTORY_010,
  HISTORY_011,
  HISTORY_012,
];
