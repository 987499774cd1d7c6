// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { LIST_001 } from "./list/list-001.ts";

export const LIST: readonly Check[] = [LIST_001];
