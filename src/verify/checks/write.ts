// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { WRITE_001 } from "./write/write-001.ts";

export const WRITE: readonly Check[] = [WRITE_001];
