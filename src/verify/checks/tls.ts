// The checks of one area, in the order in which they are listed and reported.

import type { Check } from "../check.ts";
import { TLS_001 } from "./tls/tls-001.ts";
import { TLS_002 } from "./tls/tls-002.ts";
import { TLS_003 } from "./tls/tls-003.ts";
import { TLS_004 } from "./tls/tls-004.ts";

export const TLS: readonly Check[] = [TLS_001, TLS_002, TLS_003, TLS_004];
