// The table of flips: every check with what it must notice, in the order of the checks.

import type { Row } from "./flip.ts";
import { ADMIT_FLIPS } from "./flips/admit.ts";
import { CLOCK_FLIPS } from "./flips/clock.ts";
import { DISCOVERY_FLIPS } from "./flips/discovery.ts";
import { EXCHANGE_FLIPS } from "./flips/exchange.ts";
import { HISTORY_FLIPS } from "./flips/history.ts";
import { LEASE_FLIPS } from "./flips/lease.ts";
import { LIMITS_FLIPS } from "./flips/limits.ts";
import { LIST_FLIPS } from "./flips/list.ts";
import { NAME_FLIPS } from "./flips/name.ts";
import { RIGHTS_FLIPS } from "./flips/rights.ts";
import { TLS_FLIPS } from "./flips/tls.ts";
import { WATCH_FLIPS } from "./flips/watch.ts";
import { WRITE_FLIPS } from "./flips/write.ts";

export const FLIPS: readonly Row[] = [
  EXCHANGE_FLIPS,
  TLS_FLIPS,
  DISCOVERY_FLIPS,
  LIST_FLIPS,
  WATCH_FLIPS,
  WRITE_FLIPS,
  NAME_FLIPS,
  ADMIT_FLIPS,
  LEASE_FLIPS,
  HISTORY_FLIPS,
  RIGHTS_FLIPS,
  LIMITS_FLIPS,
  CLOCK_FLIPS,
].flat();
