// What each check of TLS must notice.

import { TLS_001 } from "../../verify/checks/tls/tls-001.ts";
import { TLS_002 } from "../../verify/checks/tls/tls-002.ts";
import { TLS_003 } from "../../verify/checks/tls/tls-003.ts";
import { TLS_004 } from "../../verify/checks/tls/tls-004.ts";
import type { Row } from "../flip.ts";

export const TLS_FLIPS: readonly Row[] = [
  [
    TLS_001,
    { fault: "certificate-rotated:ca,cut=off" },
    { fault: "certificate-rotated:expired,cut=off" },
    { fault: "certificate-rotated:other-host,cut=off" },
  ],
  [TLS_002, { fault: "certificate-rotated:expired,cut=off" }],
  [TLS_003, { fault: "certificate-rotated:other-host,cut=off" }],
  [TLS_004, { mtls: "optional" }],
];
