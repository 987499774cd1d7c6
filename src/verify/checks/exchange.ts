// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { EXCHANGE_001 } from "./exchange/exchange-001.ts";
import { EXCHANGE_002 } from "./exchange/exchange-002.ts";
import { EXCHANGE_003 } from "./exchange/exchange-003.ts";
import { EXCHANGE_004 } from "./exchange/exchange-004.ts";
import { EXCHANGE_005 } from "./exchange/exchange-005.ts";
import { EXCHANGE_006 } from "./exchange/exchange-006.ts";
import { EXCHANGE_007 } from "./exchange/exchange-007.ts";
import { EXCHANGE_008 } from "./exchange/exchange-008.ts";
import { EXCHANGE_009 } from "./exchange/exchange-009.ts";
import { EXCHANGE_010 } from "./exchange/exchange-010.ts";
import { EXCHANGE_011 } from "./exchange/exchange-011.ts";
import { EXCHANGE_012 } from "./exchange/exchange-012.ts";
import { EXCHANGE_013 } from "./exchange/exchange-013.ts";
import { EXCHANGE_014 } from "./exchange/exchange-014.ts";

export const EXCHANGE: readonly Check[] = [
  EXCHANGE_001,
  EXCHANGE_002,
  EXCHANGE_003,
  EXCHANGE_004,
  EXCHANGE_005,
  EXCHANGE_006,
  EXCHANGE_007,
  EXCHANGE_008,
  EXCHANGE_009,
  EXCHANGE_010,
  EXCHANGE_011,
  EXCHANGE_012,
  EXCHANGE_013,
  EXCHANGE_014,
];
