// What each check of DISCOVERY must notice.

import { DISCOVERY_001 } from "../../verify/checks/discovery/discovery-001.ts";
import { DISCOVERY_002 } from "../../verify/checks/discovery/discovery-002.ts";
import { DISCOVERY_003 } from "../../verify/checks/discovery/discovery-003.ts";
import { DISCOVERY_004 } from "../../verify/checks/discovery/discovery-004.ts";
import { DISCOVERY_005 } from "../../verify/checks/discovery/discovery-005.ts";
import { DISCOVERY_006 } from "../../verify/checks/discovery/discovery-006.ts";
import { DISCOVERY_007 } from "../../verify/checks/discovery/discovery-007.ts";
import { DISCOVERY_008 } from "../../verify/checks/discovery/discovery-008.ts";
import { DISCOVERY_009 } from "../../verify/checks/discovery/discovery-009.ts";
import { DISCOVERY_010 } from "../../verify/checks/discovery/discovery-010.ts";
import { DISCOVERY_011 } from "../../verify/checks/discovery/discovery-011.ts";
import { DISCOVERY_012 } from "../../verify/checks/discovery/discovery-012.ts";
import type { Row } from "../flip.ts";

export const DISCOVERY_FLIPS: readonly Row[] = [
  [DISCOVERY_001, { fault: "answer:groups=[]" }, { fault: "answer:groups.*.versions=[]" }],
  [DISCOVERY_002, { fault: "answer:preferredVersion=" }, { fault: "answer:preferredVersion.version=v9" }],
  [
    DISCOVERY_003,
    { fault: 'answer:resources.*.verbs=["get","list"],after=1' },
    { fault: "answer:resources.*.namespaced=false,after=1" },
  ],
  [DISCOVERY_004, { fault: 'answer:resources.*.verbs=["get","list"],after=1' }, { fault: "answer:resources.*.kind=Job,after=1" }],
  [DISCOVERY_005, { fault: 'answer:resources.*.verbs=["get"],after=1' }],
  [DISCOVERY_006, { fault: "answer:paths={}" }, { fault: "answer:components.schemas={}" }],
  [DISCOVERY_007, { fault: "answer:gitVersion=" }],
  [DISCOVERY_008, { fault: "status-as:404->503" }, { fault: "status-as:404->200" }],
  [DISCOVERY_009, { fault: "answer:metadata.uid=other,path=v1beta1" }, { fault: "status:404,path=v1beta1/" }],
  [DISCOVERY_010, { set: "v1beta1=off" }, { era: "2025-08" }],
  [DISCOVERY_011, { set: "kinds=custom" }, { fault: "proxy-html:404,path=nosuchthings" }],
  [DISCOVERY_012, { set: "history=loki" }],
];
