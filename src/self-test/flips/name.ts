// What each check of NAME must notice.

import { NAME_001 } from "../../verify/checks/name/name-001.ts";
import { NAME_002 } from "../../verify/checks/name/name-002.ts";
import { NAME_003 } from "../../verify/checks/name/name-003.ts";
import { NAME_004 } from "../../verify/checks/name/name-004.ts";
import { NAME_005 } from "../../verify/checks/name/name-005.ts";
import { NAME_006 } from "../../verify/checks/name/name-006.ts";
import { NAME_007 } from "../../verify/checks/name/name-007.ts";
import { NAME_008 } from "../../verify/checks/name/name-008.ts";
import type { Row } from "../flip.ts";

export const NAME_FLIPS: readonly Row[] = [
  [
    NAME_001,
    { fault: 'answer:metadata.uid="11111111-1111-4111-8111-111111111111",code=201' },
    { fault: "status:409,method=POST,after=1" },
  ],
  [NAME_002, { fault: "status-as:409->201" }, { fault: 'answer:reason="Invalid",code=409' }],
  [NAME_003, { fault: "status-as:409->201" }],
  [NAME_004, { fault: "ignore:body.metadata.generateName" }, { fault: 'answer:metadata.name="of-another-base",code=201' }],
  [NAME_005, { set: "names=lower-case" }],
  [NAME_006, { fault: 'request:body.metadata.name="short",method=POST' }, { fault: "status-as:422->400" }],
  [
    NAME_007,
    { fault: 'answer:metadata.name="other",code=202' },
    { fault: "answer:metadata.labels=,code=202" },
    { fault: "status-as:409->202" },
  ],
  [NAME_008, { fault: "status-as:404->202" }, { fault: "status:500,path=/repositories/" }],
];
