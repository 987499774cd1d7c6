// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { LIST_001 } from "./list/list-001.ts";
import { LIST_002 } from "./list/list-002.ts";
import { LIST_003 } from "./list/list-003.ts";
import { LIST_004 } from "./list/list-004.ts";
import { LIST_005 } from "./list/list-005.ts";
import { LIST_006 } from "./list/list-006.ts";
import { LIST_007 } from "./list/list-007.ts";
import { LIST_008 } from "./list/list-008.ts";
import { LIST_009 } from "./list/list-009.ts";
import { LIST_010 } from "./list/list-010.ts";
import { LIST_011 } from "./list/list-011.ts";
import { LIST_012 } from "./list/list-012.ts";
import { LIST_013 } from "./list/list-013.ts";
import { LIST_014 } from "./list/list-014.ts";
import { LIST_015 } from "./list/list-015.ts";
import { LIST_016 } from "./list/list-016.ts";
import { LIST_017 } from "./list/list-017.ts";
import { LIST_018 } from "./list/list-018.ts";
import { LIST_019 } from "./list/list-019.ts";
import { LIST_020 } from "./list/list-020.ts";
import { LIST_021 } from "./list/list-021.ts";
import { LIST_022 } from "./list/list-022.ts";
import { LIST_023 } from "./list/list-023.ts";
import { LIST_024 } from "./list/list-024.ts";
import { LIST_025 } from "./list/list-025.ts";
import { LIST_026 } from "./list/list-026.ts";

export const LIST: readonly Check[] = [
  LIST_001,
  LIST_002,
  LIST_003,
  LIST_004,
  LIST_005,
  LIST_006,
  LIST_007,
  LIST_008,
  LIST_009,
  LIST_010,
  LIST_011,
  LIST_012,
  LIST_013,
  LIST_014,
  LIST_015,
  LIST_016,
  LIST_017,
  LIST_018,
  LIST_019,
  LIST_020,
  LIST_021,
  LIST_022,
  LIST_023,
  LIST_024,
  LIST_025,
  LIST_026,
];
