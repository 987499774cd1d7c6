// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { WATCH_001 } from "./watch/watch-001.ts";
import { WATCH_002 } from "./watch/watch-002.ts";
import { WATCH_003 } from "./watch/watch-003.ts";
import { WATCH_004 } from "./watch/watch-004.ts";
import { WATCH_005 } from "./watch/watch-005.ts";
import { WATCH_006 } from "./watch/watch-006.ts";
import { WATCH_007 } from "./watch/watch-007.ts";
import { WATCH_008 } from "./watch/watch-008.ts";
import { WATCH_009 } from "./watch/watch-009.ts";
import { WATCH_010 } from "./watch/watch-010.ts";
import { WATCH_011 } from "./watch/watch-011.ts";
import { WATCH_012 } from "./watch/watch-012.ts";
import { WATCH_013 } from "./watch/watch-013.ts";
import { WATCH_014 } from "./watch/watch-014.ts";
import { WATCH_015 } from "./watch/watch-015.ts";
import { WATCH_016 } from "./watch/watch-016.ts";
import { WATCH_017 } from "./watch/watch-017.ts";
import { WATCH_018 } from "./watch/watch-018.ts";
import { WATCH_019 } from "./watch/watch-019.ts";
import { WATCH_020 } from "./watch/watch-020.ts";
import { WATCH_021 } from "./watch/watch-021.ts";
import { WATCH_022 } from "./watch/watch-022.ts";
import { WATCH_023 } from "./watch/watch-023.ts";
import { WATCH_024 } from "./watch/watch-024.ts";

export const WATCH: readonly Check[] = [
  WATCH_001,
  WATCH_002,
  WATCH_003,
  WATCH_004,
  WATCH_005,
  WATCH_006,
  WATCH_007,
  WATCH_008,
  WATCH_009,
  WATCH_010,
  WATCH_011,
  WATCH_012,
  WATCH_013,
  WATCH_014,
  WATCH_015,
  WATCH_016,
  WATCH_017,
  WATCH_018,
  WATCH_019,
  WATCH_020,
  WATCH_021,
  WATCH_022,
  WATCH_023,
  WATCH_024,
];
