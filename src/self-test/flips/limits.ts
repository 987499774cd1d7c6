// What each check of LIMITS must notice.

import { LIMITS_001 } from "../../verify/checks/limits/limits-001.ts";
import { LIMITS_002 } from "../../verify/checks/limits/limits-002.ts";
import { LIMITS_003 } from "../../verify/checks/limits/limits-003.ts";
import { LIMITS_004 } from "../../verify/checks/limits/limits-004.ts";
import { LIMITS_005 } from "../../verify/checks/limits/limits-005.ts";
import { LIMITS_006 } from "../../verify/checks/limits/limits-006.ts";
import { LIMITS_007 } from "../../verify/checks/limits/limits-007.ts";
import { LIMITS_008 } from "../../verify/checks/limits/limits-008.ts";
import { LIMITS_009 } from "../../verify/checks/limits/limits-009.ts";
import type { Row } from "../flip.ts";

export const LIMITS_FLIPS: readonly Row[] = [
  [LIMITS_001, { fault: "status:429,path=jobs?limit=1,share=20%" }, { fault: "status:503,path=jobs?limit=1,after=40,count=1" }],
  [LIMITS_002, { fault: "answer:items=[],verb=list" }, { fault: "answer:items.0=,verb=list" }],
  [LIMITS_003, { fault: "status-as:413->500" }],
  [LIMITS_004, { fault: "line:object.status.message=short" }, { fault: "cut:mid-line,verb=watch" }],
  [LIMITS_005, { fault: "lose:type=ADDED,count=1" }, { fault: "status:429,verb=watch,after=19" }],
  [LIMITS_006, { fault: "ignore:query.labelSelector" }, { fault: "status:414,path=labelSelector" }],
  [LIMITS_007, { fault: "status:500,verb=create,after=20,count=1" }, { fault: "answer:metadata.uid=same,verb=get" }],
  [LIMITS_008, { fault: "status-as:422->201" }],
  [LIMITS_009, { set: "queue-limit=10" }],
];
