// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { WRITE_001 } from "./write/write-001.ts";
import { WRITE_002 } from "./write/write-002.ts";
import { WRITE_003 } from "./write/write-003.ts";
import { WRITE_004 } from "./write/write-004.ts";
import { WRITE_005 } from "./write/write-005.ts";
import { WRITE_006 } from "./write/write-006.ts";
import { WRITE_007 } from "./write/write-007.ts";
import { WRITE_008 } from "./write/write-008.ts";
import { WRITE_009 } from "./write/write-009.ts";
import { WRITE_010 } from "./write/write-010.ts";
import { WRITE_011 } from "./write/write-011.ts";
import { WRITE_012 } from "./write/write-012.ts";
import { WRITE_013 } from "./write/write-013.ts";
import { WRITE_014 } from "./write/write-014.ts";
import { WRITE_015 } from "./write/write-015.ts";
import { WRITE_016 } from "./write/write-016.ts";
import { WRITE_017 } from "./write/write-017.ts";
import { WRITE_018 } from "./write/write-018.ts";
import { WRITE_019 } from "./write/write-019.ts";
import { WRITE_020 } from "./write/write-020.ts";
import { WRITE_021 } from "./write/write-021.ts";
import { WRITE_022 } from "./write/write-022.ts";
import { WRITE_023 } from "./write/write-023.ts";

export const WRITE: readonly Check[] = [
  WRITE_001,
  WRITE_002,
  WRITE_003,
  WRITE_004,
  WRITE_005,
  WRITE_006,
  WRITE_007,
  WRITE_008,
  WRITE_009,
  WRITE_010,
  WRITE_011,
  WRITE_012,
  WRITE_013,
  WRITE_014,
  WRITE_015,
  WRITE_016,
  WRITE_017,
  WRITE_018,
  WRITE_019,
  WRITE_020,
  WRITE_021,
  WRITE_022,
  WRITE_023,
];
