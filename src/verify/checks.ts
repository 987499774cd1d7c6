// The table of checks: every one of them, in the order in which they are listed and reported.

import type { Check } from "./check.ts";
import { ADMIT } from "./checks/admit.ts";
import { CLOCK } from "./checks/clock.ts";
import { DISCOVERY } from "./checks/discovery.ts";
import { EXCHANGE } from "./checks/exchange.ts";
import { HISTORY } from "./checks/history.ts";
import { LEASE } from "./checks/lease.ts";
import { LIMITS } from "./checks/limits.ts";
import { LIST } from "./checks/list.ts";
import { NAME } from "./checks/name.ts";
import { RIGHTS } from "./checks/rights.ts";
import { TLS } from "./checks/tls.ts";
import { WATCH } from "./checks/watch.ts";
import { WRITE } from "./checks/write.ts";

export const CHECKS: readonly Check[] = [EXCHANGE, TLS, DISCOVERY, LIST, WATCH, WRITE, NAME, ADMIT, LEASE, HISTORY, RIGHTS, LIMITS, CLOCK].flat();
