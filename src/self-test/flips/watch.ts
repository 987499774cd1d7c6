// What each check of WATCH must notice.

import { WATCH_001 } from "../../verify/checks/watch/watch-001.ts";
import { WATCH_002 } from "../../verify/checks/watch/watch-002.ts";
import { WATCH_003 } from "../../verify/checks/watch/watch-003.ts";
import { WATCH_004 } from "../../verify/checks/watch/watch-004.ts";
import { WATCH_005 } from "../../verify/checks/watch/watch-005.ts";
import { WATCH_006 } from "../../verify/checks/watch/watch-006.ts";
import { WATCH_007 } from "../../verify/checks/watch/watch-007.ts";
import { WATCH_008 } from "../../verify/checks/watch/watch-008.ts";
import { WATCH_009 } from "../../verify/checks/watch/watch-009.ts";
import { WATCH_010 } from "../../verify/checks/watch/watch-010.ts";
import { WATCH_011 } from "../../verify/checks/watch/watch-011.ts";
import { WATCH_012 } from "../../verify/checks/watch/watch-012.ts";
import { WATCH_013 } from "../../verify/checks/watch/watch-013.ts";
import { WATCH_014 } from "../../verify/checks/watch/watch-014.ts";
import { WATCH_015 } from "../../verify/checks/watch/watch-015.ts";
import { WATCH_016 } from "../../verify/checks/watch/watch-016.ts";
import { WATCH_017 } from "../../verify/checks/watch/watch-017.ts";
import { WATCH_018 } from "../../verify/checks/watch/watch-018.ts";
import { WATCH_019 } from "../../verify/checks/watch/watch-019.ts";
import { WATCH_020 } from "../../verify/checks/watch/watch-020.ts";
import { WATCH_021 } from "../../verify/checks/watch/watch-021.ts";
import { WATCH_022 } from "../../verify/checks/watch/watch-022.ts";
import { WATCH_023 } from "../../verify/checks/watch/watch-023.ts";
import { WATCH_024 } from "../../verify/checks/watch/watch-024.ts";
import type { Row } from "../flip.ts";

export const WATCH_FLIPS: readonly Row[] = [
  [WATCH_001, { fault: "lose:type=ADDED" }, { fault: "double" }, { fault: "garbage-line" }, { fault: "stall:lines=0,verb=watch" }, { fault: "cut:rst,verb=watch" }, { fault: "slow:100,verb=watch" }, { fault: "slow:50,verb=watch" }],
  [WATCH_002, { fault: "reorder" }, { fault: "lose:type=MODIFIED,after=1,count=1" }, { fault: "version-back:watch" }],
  [WATCH_003, { fault: "ignore:query.resourceVersion" }, { fault: "double" }, { fault: "gone:event,verb=watch" }, { fault: "gone:watch" }],
  [WATCH_004, { set: "gaps=silent ring-events=100" }, { fault: "lose:type=MODIFIED,after=50,count=10" }, { era: "2026-09" }],
  [WATCH_005, { set: "ring-events=10" }, { fault: "lose:type=MODIFIED,count=1" }],
  [WATCH_006, { fault: "drop-line:BOOKMARK" }, { fault: "line:object.metadata.annotations=,type=BOOKMARK" }, { fault: 'line:object.metadata.resourceVersion="1",type=BOOKMARK' }],
  [WATCH_007, { fault: 'line:object.metadata.resourceVersion="1",type=DELETED' }, { fault: "line:object.spec=,type=DELETED" }],
  [WATCH_008, { fault: "line:type=MODIFIED,type=DELETED" }, { fault: "lose:type=DELETED" }],
  [WATCH_009, { fault: "ignore:query.labelSelector" }, { fault: "ignore:query.fieldSelector" }],
  [WATCH_010, { fault: "line:object.metadata.namespace=other" }],
  [WATCH_011, { fault: "line:object.metadata.namespace=" }],
  [WATCH_012, { fault: "ignore:query.timeoutSeconds" }],
  [WATCH_013, { fault: "cut:end,verb=watch,delay=30s" }, { fault: "half-open:lines=0,verb=watch" }],
  [WATCH_014, { fault: "lose:type=MODIFIED,after=40,count=5" }],
  [WATCH_015, { set: "bookmarks=initial" }, { fault: "drop-line:BOOKMARK" }, { set: "bookmark-interval=10m" }],
  [WATCH_016, { fault: "lose:type=DELETED" }, { fault: "version-back:watch" }],
  [WATCH_017, { fault: "ignore:query.resourceVersion" }],
  [WATCH_018, { fault: "request:query.resourceVersion=0" }],
  [WATCH_019, { set: "watch-from-zero=state" }, { fault: "set:watch-from-zero=state" }],
  [WATCH_020, { fault: "line:object.kind=" }, { fault: "line:object.spec.repository=other" }, { fault: "huge-line:300000" }],
  [WATCH_021, { fault: "lose:type=DELETED" }, { fault: "line:object.metadata.uid=other" }],
  [WATCH_022, { set: "malformed-version=500" }, { era: "kubernetes" }],
  [WATCH_023, { set: "watch-ahead=waits" }, { era: "kubernetes" }],
  [WATCH_024, { set: "watch-list=refused" }],
];
