// What each check of LIST must notice.

import { LIST_001 } from "../../verify/checks/list/list-001.ts";
import { LIST_002 } from "../../verify/checks/list/list-002.ts";
import { LIST_003 } from "../../verify/checks/list/list-003.ts";
import { LIST_004 } from "../../verify/checks/list/list-004.ts";
import { LIST_005 } from "../../verify/checks/list/list-005.ts";
import { LIST_006 } from "../../verify/checks/list/list-006.ts";
import { LIST_007 } from "../../verify/checks/list/list-007.ts";
import { LIST_008 } from "../../verify/checks/list/list-008.ts";
import { LIST_009 } from "../../verify/checks/list/list-009.ts";
import { LIST_010 } from "../../verify/checks/list/list-010.ts";
import { LIST_011 } from "../../verify/checks/list/list-011.ts";
import { LIST_012 } from "../../verify/checks/list/list-012.ts";
import { LIST_013 } from "../../verify/checks/list/list-013.ts";
import { LIST_014 } from "../../verify/checks/list/list-014.ts";
import { LIST_015 } from "../../verify/checks/list/list-015.ts";
import { LIST_016 } from "../../verify/checks/list/list-016.ts";
import { LIST_017 } from "../../verify/checks/list/list-017.ts";
import { LIST_018 } from "../../verify/checks/list/list-018.ts";
import { LIST_019 } from "../../verify/checks/list/list-019.ts";
import { LIST_020 } from "../../verify/checks/list/list-020.ts";
import { LIST_021 } from "../../verify/checks/list/list-021.ts";
import { LIST_022 } from "../../verify/checks/list/list-022.ts";
import { LIST_023 } from "../../verify/checks/list/list-023.ts";
import { LIST_024 } from "../../verify/checks/list/list-024.ts";
import { LIST_025 } from "../../verify/checks/list/list-025.ts";
import { LIST_026 } from "../../verify/checks/list/list-026.ts";
import type { Row } from "../flip.ts";

export const LIST_FLIPS: readonly Row[] = [
  [LIST_001, { fault: "wrong-continue:dropped" }, { fault: "wrong-continue:repeat" }, { fault: "wrong-continue:foreign" }],
  [LIST_002, { fault: "answer:items=[],verb=list" }],
  [LIST_003, { fault: "ignore:query.limit" }],
  [LIST_004, { fault: "wrong-continue:dropped" }],
  [LIST_005, { fault: "wrong-continue:dropped" }],
  [LIST_006, { fault: "ignore:query.labelSelector" }, { fault: "wrong-continue:dropped" }],
  [LIST_007, { fault: "ignore:query.labelSelector" }, { fault: "answer:items.0=,verb=list" }],
  [LIST_008, { fault: "ignore:query.labelSelector" }],
  [LIST_009, { fault: "ignore:query.fieldSelector" }],
  [LIST_010, { fault: "ignore:query.labelSelector" }, { fault: "ignore:query.fieldSelector" }],
  [LIST_011, { fault: "ignore:query.continue" }],
  [LIST_012, { fault: "answer:items=[],path=continue=,after=1" }, { fault: "gone:list" }],
  [LIST_013, { fault: "version-back:list" }, { fault: "answer:metadata.resourceVersion=,verb=list" }],
  [LIST_014, { fault: 'answer:metadata.resourceVersion="12345678",path=continue=' }],
  [LIST_015, { set: "pages=latest" }, { era: "2026-09" }],
  [LIST_016, { fault: "request:query.resourceVersionMatch=Exact" }],
  [LIST_017, { fault: "status-as:400->200,verb=list" }],
  [LIST_018, { fault: "answer:items.0.metadata.namespace=other,verb=list" }],
  [LIST_019, { fault: "answer:items.0.metadata.namespace=,verb=list" }],
  [LIST_020, { fault: "answer:items.0.metadata.uid=,verb=list" }, { fault: "answer:items.0.metadata.creationTimestamp=,verb=list" }],
  [LIST_021, { fault: "ignore:header.accept" }],
  [LIST_022, { fault: "ignore:header.accept" }],
  [LIST_023, { fault: "answer:metadata.remainingItemCount=0,path=limit=" }],
  [LIST_024, { set: "page-size=2" }, { set: "page-bytes=1000" }],
  [LIST_025, { set: "connection-selector=off" }, { era: "2025-08" }],
  [LIST_026, { set: "list-from-zero=whole" }, { era: "kubernetes" }],
];
