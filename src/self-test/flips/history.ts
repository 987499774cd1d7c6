// What each check of HISTORY must notice.

import { HISTORY_001 } from "../../verify/checks/history/history-001.ts";
import { HISTORY_002 } from "../../verify/checks/history/history-002.ts";
import { HISTORY_003 } from "../../verify/checks/history/history-003.ts";
import { HISTORY_004 } from "../../verify/checks/history/history-004.ts";
import { HISTORY_005 } from "../../verify/checks/history/history-005.ts";
import { HISTORY_006 } from "../../verify/checks/history/history-006.ts";
import { HISTORY_007 } from "../../verify/checks/history/history-007.ts";
import { HISTORY_008 } from "../../verify/checks/history/history-008.ts";
import { HISTORY_009 } from "../../verify/checks/history/history-009.ts";
import { HISTORY_010 } from "../../verify/checks/history/history-010.ts";
import { HISTORY_011 } from "../../verify/checks/history/history-011.ts";
import { HISTORY_012 } from "../../verify/checks/history/history-012.ts";
import type { Row } from "../flip.ts";

export const HISTORY_FLIPS: readonly Row[] = [
  [HISTORY_001, { fault: "history-lost" }, { fault: "ignore:query.labelSelector" }],
  [HISTORY_002, { fault: "answer:metadata.creationTimestamp=2001-01-01T00:00:00Z,resource=historicjobs" }, { fault: "answer:metadata.uid=00000000-0000-4000-8000-000000000000,resource=historicjobs" }],
  [HISTORY_003, { fault: "status-as:409->500,resource=historicjobs" }, { fault: "answer:status.message=second,resource=historicjobs,verb=get" }],
  [HISTORY_004, { fault: "status-as:409->201,resource=historicjobs" }],
  [HISTORY_005, { fault: "answer:metadata.name=same,resource=historicjobs,verb=create" }],
  [HISTORY_006, { fault: "precondition-ignored" }, { fault: "precondition-ignored:uid" }],
  [HISTORY_007, { fault: "status-as:404->500,resource=historicjobs" }],
  [HISTORY_008, { fault: "answer:status.state=success,resource=historicjobs" }, { fault: "ignore:body.status.errors,resource=historicjobs" }],
  [HISTORY_009, { fault: "wrong-continue:dropped" }, { fault: "ignore:query.limit" }],
  [HISTORY_010, { fault: "history-lost" }],
  [HISTORY_011, { fault: "lose:type=ADDED,resource=historicjobs" }],
  [HISTORY_012, { fault: "history-lost" }],
];
