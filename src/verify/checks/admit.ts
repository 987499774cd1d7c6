// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { ADMIT_001 } from "./admit/admit-001.ts";
import { ADMIT_002 } from "./admit/admit-002.ts";
import { ADMIT_003 } from "./admit/admit-003.ts";
import { ADMIT_004 } from "./admit/admit-004.ts";
import { ADMIT_005 } from "./admit/admit-005.ts";
import { ADMIT_006 } from "./admit/admit-006.ts";
import { ADMIT_007 } from "./admit/admit-007.ts";
import { ADMIT_008 } from "./admit/admit-008.ts";
import { ADMIT_009 } from "./admit/admit-009.ts";
import { ADMIT_010 } from "./admit/admit-010.ts";
import { ADMIT_011 } from "./admit/admit-011.ts";
import { ADMIT_012 } from "./admit/admit-012.ts";
import { ADMIT_013 } from "./admit/admit-013.ts";
import { ADMIT_014 } from "./admit/admit-014.ts";

export const ADMIT: readonly Check[] = [
  ADMIT_001,
  ADMIT_002,
  ADMIT_003,
  ADMIT_004,
  ADMIT_005,
  ADMIT_006,
  ADMIT_007,
  ADMIT_008,
  ADMIT_009,
  ADMIT_010,
  ADMIT_011,
  ADMIT_012,
  ADMIT_013,
  ADMIT_014,
];
