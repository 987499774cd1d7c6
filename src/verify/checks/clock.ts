// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { CLOCK_001 } from "./clock/clock-001.ts";
import { CLOCK_002 } from "./clock/clock-002.ts";
import { CLOCK_003 } from "./clock/clock-003.ts";
import { CLOCK_004 } from "./clock/clock-004.ts";
import { CLOCK_005 } from "./clock/clock-005.ts";
import { CLOCK_006 } from "./clock/clock-006.ts";

export const CLOCK: readonly Check[] = [CLOCK_001, CLOCK_002, CLOCK_003, CLOCK_004, CLOCK_005, CLOCK_006];
