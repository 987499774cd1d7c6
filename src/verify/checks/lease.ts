// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { LEASE_001 } from "./lease/lease-001.ts";
import { LEASE_002 } from "./lease/lease-002.ts";
import { LEASE_003 } from "./lease/lease-003.ts";
import { LEASE_004 } from "./lease/lease-004.ts";
import { LEASE_005 } from "./lease/lease-005.ts";
import { LEASE_006 } from "./lease/lease-006.ts";
import { LEASE_007 } from "./lease/lease-007.ts";
import { LEASE_008 } from "./lease/lease-008.ts";
import { LEASE_009 } from "./lease/lease-009.ts";
import { LEASE_010 } from "./lease/lease-010.ts";

export const LEASE: readonly Check[] = [
  LEASE_001,
  LEASE_002,
  LEASE_003,
  LEASE_004,
  LEASE_005,
  LEASE_006,
  LEASE_007,
  LEASE_008,
  LEASE_009,
  LEASE_010,
];
