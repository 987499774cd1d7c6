// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { LIMITS_001 } from "./limits/limits-001.ts";
import { LIMITS_002 } from "./limits/limits-002.ts";
import { LIMITS_003 } from "./limits/limits-003.ts";
import { LIMITS_004 } from "./limits/limits-004.ts";
import { LIMITS_005 } from "./limits/limits-005.ts";
import { LIMITS_006 } from "./limits/limits-006.ts";
import { LIMITS_007 } from "./limits/limits-007.ts";
import { LIMITS_008 } from "./limits/limits-008.ts";
import { LIMITS_009 } from "./limits/limits-009.ts";

export const LIMITS: readonly Check[] = [
  LIMITS_001,
  LIMITS_002,
  LIMITS_003,
  LIMITS_004,
  LIMITS_005,
  LIMITS_006,
  LIMITS_007,
  LIMITS_008,
  LIMITS_009,
];
