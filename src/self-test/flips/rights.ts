// What each check of RIGHTS must notice.

import { RIGHTS_001 } from "../../verify/checks/rights/rights-001.ts";
import { RIGHTS_002 } from "../../verify/checks/rights/rights-002.ts";
import { RIGHTS_003 } from "../../verify/checks/rights/rights-003.ts";
import { RIGHTS_004 } from "../../verify/checks/rights/rights-004.ts";
import { RIGHTS_005 } from "../../verify/checks/rights/rights-005.ts";
import { RIGHTS_006 } from "../../verify/checks/rights/rights-006.ts";
import { RIGHTS_007 } from "../../verify/checks/rights/rights-007.ts";
import { RIGHTS_008 } from "../../verify/checks/rights/rights-008.ts";
import { RIGHTS_009 } from "../../verify/checks/rights/rights-009.ts";
import { RIGHTS_010 } from "../../verify/checks/rights/rights-010.ts";
import { RIGHTS_011 } from "../../verify/checks/rights/rights-011.ts";
import { RIGHTS_012 } from "../../verify/checks/rights/rights-012.ts";
import type { Row } from "../flip.ts";

export const RIGHTS_FLIPS: readonly Row[] = [
  [RIGHTS_001, { fault: "status-as:401->403" }, { fault: "answer:kind=,code=401" }],
  [RIGHTS_002, { fault: "status-as:401->200" }],
  [RIGHTS_003, { fault: "status-as:401->200" }],
  [RIGHTS_004, { fault: "status-as:401->201" }],
  [RIGHTS_005, { fault: "answer:status.allowed=false" }],
  [RIGHTS_006, { fault: "answer:message=no,code=403" }, { fault: "status-as:403->201" }],
  [RIGHTS_007, { fault: "status-as:403->200" }],
  [RIGHTS_008, { fault: "status-as:403->409,method=PUT" }, { fault: "status-as:403->200,method=PATCH" }],
  [RIGHTS_009, { fault: "status-as:403->404" }],
  [RIGHTS_010, { fault: "answer:status.allowed=true" }],
  [RIGHTS_011, { fault: "request:body.namespace=*,server=exchange" }],
  [
    RIGHTS_012,
    { fault: "request:body.namespace=*,server=exchange" },
    { fault: "request:body.namespace=default,server=exchange" },
  ],
];
