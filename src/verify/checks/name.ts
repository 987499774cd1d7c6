// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { NAME_001 } from "./name/name-001.ts";
import { NAME_002 } from "./name/name-002.ts";
import { NAME_003 } from "./name/name-003.ts";
import { NAME_004 } from "./name/name-004.ts";
import { NAME_005 } from "./name/name-005.ts";
import { NAME_006 } from "./name/name-006.ts";
import { NAME_007 } from "./name/name-007.ts";
import { NAME_008 } from "./name/name-008.ts";

export const NAME: readonly Check[] = [
  NAME_001,
  NAME_002,
  NAME_003,
  NAME_004,
  NAME_005,
  NAME_006,
  NAME_007,
  NAME_008,
];
