// What each check of ADMIT must notice.

import { ADMIT_001 } from "../../verify/checks/admit/admit-001.ts";
import { ADMIT_002 } from "../../verify/checks/admit/admit-002.ts";
import { ADMIT_003 } from "../../verify/checks/admit/admit-003.ts";
import { ADMIT_004 } from "../../verify/checks/admit/admit-004.ts";
import { ADMIT_005 } from "../../verify/checks/admit/admit-005.ts";
import { ADMIT_006 } from "../../verify/checks/admit/admit-006.ts";
import { ADMIT_007 } from "../../verify/checks/admit/admit-007.ts";
import { ADMIT_008 } from "../../verify/checks/admit/admit-008.ts";
import { ADMIT_009 } from "../../verify/checks/admit/admit-009.ts";
import { ADMIT_010 } from "../../verify/checks/admit/admit-010.ts";
import { ADMIT_011 } from "../../verify/checks/admit/admit-011.ts";
import { ADMIT_012 } from "../../verify/checks/admit/admit-012.ts";
import { ADMIT_013 } from "../../verify/checks/admit/admit-013.ts";
import { ADMIT_014 } from "../../verify/checks/admit/admit-014.ts";
import type { Row } from "../flip.ts";

export const ADMIT_FLIPS: readonly Row[] = [
  [ADMIT_001, { fault: 'request:body.spec.action="pull",method=POST' }, { fault: "answer:details.causes=,code=422" }],
  [ADMIT_002, { fault: 'request:body.spec.repository="demo",method=POST' }, { fault: "status-as:422->400" }],
  [ADMIT_003, { fault: 'request:body.spec.repository="demo",method=POST' }],
  [ADMIT_004, { set: "admission=off" }],
  [ADMIT_005, { set: "admission=off" }, { fault: "request:body.spec.pr={},method=POST" }],
  [ADMIT_006, { set: "admission=off" }],
  [ADMIT_007, { set: "admission=off" }],
  [ADMIT_008, { set: "admission=off" }],
  [ADMIT_009, { set: "admission=off" }],
  [ADMIT_010, { set: "admission=off" }],
  [ADMIT_011, { fault: 'request:body.spec.repository="demo",method=PUT' }],
  [ADMIT_012, { fault: 'request:body.spec.action="pull",method=POST,resource=historicjobs' }],
  [ADMIT_013, { fault: "ignore:body.metadata.labels" }],
  [ADMIT_014, { fault: "ignore:body.spec.move,method=POST" }, { fault: "status:422,method=POST,after=2" }],
];
