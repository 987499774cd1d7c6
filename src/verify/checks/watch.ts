// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { WATCH_001 } from "./watch/watch-001.ts";

export const WATCH: readonly Check[] = [WATCH_001];
