// What each check of WRITE must notice.

import { WRITE_001 } from "../../verify/checks/write/write-001.ts";
import { WRITE_002 } from "../../verify/checks/write/write-002.ts";
import { WRITE_003 } from "../../verify/checks/write/write-003.ts";
import { WRITE_004 } from "../../verify/checks/write/write-004.ts";
import { WRITE_005 } from "../../verify/checks/write/write-005.ts";
import { WRITE_006 } from "../../verify/checks/write/write-006.ts";
import { WRITE_007 } from "../../verify/checks/write/write-007.ts";
import { WRITE_008 } from "../../verify/checks/write/write-008.ts";
import { WRITE_009 } from "../../verify/checks/write/write-009.ts";
import { WRITE_010 } from "../../verify/checks/write/write-010.ts";
import { WRITE_011 } from "../../verify/checks/write/write-011.ts";
import { WRITE_012 } from "../../verify/checks/write/write-012.ts";
import { WRITE_013 } from "../../verify/checks/write/write-013.ts";
import { WRITE_014 } from "../../verify/checks/write/write-014.ts";
import { WRITE_015 } from "../../verify/checks/write/write-015.ts";
import { WRITE_016 } from "../../verify/checks/write/write-016.ts";
import { WRITE_017 } from "../../verify/checks/write/write-017.ts";
import { WRITE_018 } from "../../verify/checks/write/write-018.ts";
import { WRITE_019 } from "../../verify/checks/write/write-019.ts";
import { WRITE_020 } from "../../verify/checks/write/write-020.ts";
import { WRITE_021 } from "../../verify/checks/write/write-021.ts";
import { WRITE_022 } from "../../verify/checks/write/write-022.ts";
import { WRITE_023 } from "../../verify/checks/write/write-023.ts";
import type { Row } from "../flip.ts";

export const WRITE_FLIPS: readonly Row[] = [
  [WRITE_001, { set: "compare-and-swap=racy" }, { fault: "cas-lies" }, { fault: "set:compare-and-swap=racy" }],
  [WRITE_002, { fault: "cas-lies" }, { fault: "cas-lies:drops" }, { fault: "status-as:409->422" }],
  [WRITE_003, { fault: 'answer:metadata.resourceVersion="1",method=PUT' }, { fault: "answer:status={},verb=get" }],
  [WRITE_004, { fault: "status:409,method=PUT,after=3,count=1" }, { fault: 'answer:metadata.resourceVersion="1",method=PUT' }],
  [WRITE_005, { fault: "ignore:body.status,method=PUT" }, { fault: "ignore:body.metadata.labels,method=PUT" }],
  [WRITE_006, { fault: "ignore:body.metadata.uid,method=PUT" }],
  [WRITE_007, { fault: "precondition-ignored:uid" }, { fault: "precondition-ignored" }],
  [WRITE_008, { fault: "precondition-ignored:resourceVersion" }],
  [WRITE_009, { fault: 'request:body.dryRun=["All"],method=DELETE' }, { fault: "status-as:404->200" }],
  [WRITE_010, { fault: "status-as:409->200" }, { fault: "status:500,method=PUT" }],
  [WRITE_011, { fault: "ignore:query.dryRun" }, { fault: "ignore:body.dryRun" }],
  [WRITE_012, { fault: 'answer:metadata.creationTimestamp="2001-01-01T00:00:00Z",method=PUT' }],
  [
    WRITE_013,
    { fault: 'answer:metadata.creationTimestamp="2001-01-01T00:00:00Z",code=201' },
    { fault: 'answer:metadata.uid="11111111-1111-4111-8111-111111111111",code=201' },
  ],
  [WRITE_014, { fault: "answer:metadata.generation=1,method=PUT" }, { fault: "answer:metadata.generation=2,method=PUT" }],
  [WRITE_015, { fault: "ignore:body.metadata.labels,method=PATCH" }, { fault: "answer:spec.repository=,verb=get" }],
  [WRITE_016, { fault: "status-as:422->200" }, { fault: "status:415,method=PATCH" }],
  [WRITE_017, { fault: "ignore:body.metadata.resourceVersion,method=PATCH" }],
  [WRITE_018, { fault: 'request:body.status.message="short",method=PUT' }],
  [WRITE_019, { fault: "answer-text:Ελλάδα->Hellas" }],
  [WRITE_020, { fault: "answer:status.started=1756111201,verb=get" }],
  [WRITE_021, { fault: "request:query.fieldValidation=Strict" }],
  [WRITE_022, { fault: "ignore:body.metadata.namespace" }],
  [WRITE_023, { fault: "ignore:body.metadata.uid,method=PUT" }],
];
