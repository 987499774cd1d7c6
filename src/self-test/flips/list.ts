// What each check of LIST must notice.

import { LIST_001 } from "../../verify/checks/list/list-001.ts";
import type { Row } from "../flip.ts";

export const LIST_FLIPS: readonly Row[] = [
  [LIST_001, { fault: "wrong-continue:dropped" }, { fault: "wrong-continue:repeat" }],
];
