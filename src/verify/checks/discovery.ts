// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { DISCOVERY_001 } from "./discovery/discovery-001.ts";
import { DISCOVERY_002 } from "./discovery/discovery-002.ts";
import { DISCOVERY_003 } from "./discovery/discovery-003.ts";
import { DISCOVERY_004 } from "./discovery/discovery-004.ts";
import { DISCOVERY_005 } from "./discovery/discovery-005.ts";
import { DISCOVERY_006 } from "./discovery/discovery-006.ts";
import { DISCOVERY_007 } from "./discovery/discovery-007.ts";
import { DISCOVERY_008 } from "./discovery/discovery-008.ts";
import { DISCOVERY_009 } from "./discovery/discovery-009.ts";
import { DISCOVERY_010 } from "./discovery/discovery-010.ts";
import { DISCOVERY_011 } from "./discovery/discovery-011.ts";
import { DISCOVERY_012 } from "./discovery/discovery-012.ts";

export const DISCOVERY: readonly Check[] = [
  DISCOVERY_001,
  DISCOVERY_002,
  DISCOVERY_003,
  DISCOVERY_004,
  DISCOVERY_005,
  DISCOVERY_006,
  DISCOVERY_007,
  DISCOVERY_008,
  DISCOVERY_009,
  DISCOVERY_010,
  DISCOVERY_011,
  DISCOVERY_012,
];
