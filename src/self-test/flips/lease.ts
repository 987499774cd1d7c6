// What each check of LEASE must notice.

import { LEASE_001 } from "../../verify/checks/lease/lease-001.ts";
import { LEASE_002 } from "../../verify/checks/lease/lease-002.ts";
import { LEASE_003 } from "../../verify/checks/lease/lease-003.ts";
import { LEASE_004 } from "../../verify/checks/lease/lease-004.ts";
import { LEASE_005 } from "../../verify/checks/lease/lease-005.ts";
import { LEASE_006 } from "../../verify/checks/lease/lease-006.ts";
import { LEASE_007 } from "../../verify/checks/lease/lease-007.ts";
import { LEASE_008 } from "../../verify/checks/lease/lease-008.ts";
import { LEASE_009 } from "../../verify/checks/lease/lease-009.ts";
import { LEASE_010 } from "../../verify/checks/lease/lease-010.ts";
import type { Row } from "../flip.ts";

export const LEASE_FLIPS: readonly Row[] = [
  [LEASE_001, { fault: "ignore:body.metadata.labels,method=PUT" }, { fault: "ignore:query.labelSelector" }],
  [LEASE_002, { fault: "cas-lies" }, { fault: "status-as:409->200" }],
  [LEASE_003, { set: "compare-and-swap=racy" }],
  [LEASE_004, { fault: "cas-lies" }, { fault: "status:409,method=PUT,after=2,count=1" }],
  [
    LEASE_005,
    { fault: 'request:body.metadata.labels={"provisioning.grafana.app/claim":"1"},method=PUT' },
    { fault: "ignore:body.status,method=PUT" },
  ],
  [LEASE_006, { fault: "drop-line:DELETED" }, { fault: "drop-line:ADDED" }],
  [LEASE_007, { fault: 'line:object.status.state="working",type=DELETED' }, { fault: "status:409,method=DELETE,count=1" }],
  [LEASE_008, { fault: "cas-lies" }, { fault: "precondition-ignored:resourceVersion" }],
  [LEASE_009, { fault: "ignore:query.labelSelector" }],
  [LEASE_010, { fault: "precondition-ignored:resourceVersion" }],
];
