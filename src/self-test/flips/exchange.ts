// What each check of EXCHANGE must notice.

import { EXCHANGE_001 } from "../../verify/checks/exchange/exchange-001.ts";
import { EXCHANGE_002 } from "../../verify/checks/exchange/exchange-002.ts";
import { EXCHANGE_003 } from "../../verify/checks/exchange/exchange-003.ts";
import { EXCHANGE_004 } from "../../verify/checks/exchange/exchange-004.ts";
import { EXCHANGE_005 } from "../../verify/checks/exchange/exchange-005.ts";
import { EXCHANGE_006 } from "../../verify/checks/exchange/exchange-006.ts";
import { EXCHANGE_007 } from "../../verify/checks/exchange/exchange-007.ts";
import { EXCHANGE_008 } from "../../verify/checks/exchange/exchange-008.ts";
import { EXCHANGE_009 } from "../../verify/checks/exchange/exchange-009.ts";
import { EXCHANGE_010 } from "../../verify/checks/exchange/exchange-010.ts";
import { EXCHANGE_011 } from "../../verify/checks/exchange/exchange-011.ts";
import { EXCHANGE_012 } from "../../verify/checks/exchange/exchange-012.ts";
import { EXCHANGE_013 } from "../../verify/checks/exchange/exchange-013.ts";
import { EXCHANGE_014 } from "../../verify/checks/exchange/exchange-014.ts";
import type { Row } from "../flip.ts";

const on = (fault: string) => ({ fault: `${fault},server=exchange` });
const part = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
/** Of a token that says what none of the server's does; its signature is none. */
const CLAIMS = { aud: "elsewhere", namespace: "default", exp: 1 };
const STRANGE = on(`answer:data.token=${part({ alg: "RS256", typ: "JWT" })}.${part(CLAIMS)}.AAAA`);

export const EXCHANGE_FLIPS: readonly Row[] = [
  [EXCHANGE_001, on("answer:data.token="), on("status:500"), { fault: "exchange-down:not-json" }],
  [EXCHANGE_002, STRANGE],
  [EXCHANGE_003, on("request:body.namespace=default"), on('request:body.audiences=["elsewhere"]')],
  [EXCHANGE_004, { set: "clock-skew=2m" }, STRANGE],
  [EXCHANGE_005, on("request:body.expiresIn=20")],
  [EXCHANGE_006, on("status-as:401->200"), on("answer-text:invalid credentials->no NoSuchCredential here")],
  [EXCHANGE_007, on("request:header.authorization=Bearer ProvisioningAdminToken")],
  [EXCHANGE_008, on("request:body.namespace=default"), on("status-as:400->200")],
  [EXCHANGE_009, on("status-as:400->500")],
  [EXCHANGE_010, on("answer:error="), on("proxy-html:502")],
  [EXCHANGE_011, on("status-as:405->200")],
  [EXCHANGE_012, STRANGE, { fault: "token-refused:after=2" }],
  [EXCHANGE_013, on('request:body.audiences=["provisioning.grafana.app"]')],
  [EXCHANGE_014, { fault: "exchange-down:slow,delay=3s" }],
];
