// What each check of CLOCK must notice.

import { CLOCK_001 } from "../../verify/checks/clock/clock-001.ts";
import { CLOCK_002 } from "../../verify/checks/clock/clock-002.ts";
import { CLOCK_003 } from "../../verify/checks/clock/clock-003.ts";
import { CLOCK_004 } from "../../verify/checks/clock/clock-004.ts";
import { CLOCK_005 } from "../../verify/checks/clock/clock-005.ts";
import { CLOCK_006 } from "../../verify/checks/clock/clock-006.ts";
import type { Row } from "../flip.ts";

const PAST = "answer-header:date=Wed\\, 01 Jan 2025 00:00:00 GMT";

export const CLOCK_FLIPS: readonly Row[] = [
  [CLOCK_001, { set: "send-date=off" }, { fault: "answer-header:date=yesterday" }],
  [CLOCK_002, { set: "clock-skew=20s" }, { set: "clock-skew=-20s" }, { fault: "clock-jump:1m" }],
  [CLOCK_003, { fault: 'answer:metadata.creationTimestamp="2020-01-01T00:00:00Z",code=201' }],
  [CLOCK_004, { fault: PAST }],
  [CLOCK_005, { fault: `${PAST},after=9,count=1` }],
  [CLOCK_006, { fault: `${PAST},server=exchange` }],
];
