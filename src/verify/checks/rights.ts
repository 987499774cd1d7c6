// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { RIGHTS_001 } from "./rights/rights-001.ts";
import { RIGHTS_002 } from "./rights/rights-002.ts";
import { RIGHTS_003 } from "./rights/rights-003.ts";
import { RIGHTS_004 } from "./rights/rights-004.ts";
import { RIGHTS_005 } from "./rights/rights-005.ts";
import { RIGHTS_006 } from "./rights/rights-006.ts";
import { RIGHTS_007 } from "./rights/rights-007.ts";
import { RIGHTS_008 } from "./rights/rights-008.ts";
import { RIGHTS_009 } from "./rights/rights-009.ts";
import { RIGHTS_010 } from "./rights/rights-010.ts";
import { RIGHTS_011 } from "./rights/rights-011.ts";
import { RIGHTS_012 } from "./rights/rights-012.ts";

export const RIGHTS: readonly Check[] = [
  RIGHTS_001,
  RIGHTS_002,
  RIGHTS_003,
  RIGHTS_004,
  RIGHTS_005,
  RIGHTS_006,
  RIGHTS_007,
  RIGHTS_008,
  RIGHTS_009,
  RIGHTS_010,
  RIGHTS_011,
  RIGHTS_012,
];
