// What faults may do to the server as a whole: its listeners, connections, behaviours and certificate.

import type { Clock } from "../../../base/clock.ts";
import { type Certificates, createCertificates } from "../../access/certificates.ts";
import type { Store } from "../../state/store.ts";
import type { Listening } from "../../wire/listen.ts";
import type { Overrides } from "../overrides.ts";
import type { Certificate, FaultHost, ServerName } from "./fault.ts";

interface ServerParts {
  clock: Clock;
  store: Store;
  overrides: Overrides;
  certificates: Certificates;
  /** Names and addresses that the certificate is good for. */
  hosts: readonly string[];
  /** Settled once both listen. */
  listening: Promise<Record<ServerName, Listening>>;
  /** Tells those who wrote files that clients need another CA from now on. */
  rotated: (ca: string) => void;
}

export function createFaultHost({ clock, store, overrides, certificates, hosts, listening, rotated }: ServerParts): FaultHost {
  let servers: Record<ServerName, Listening> | undefined;
  listening.then((started) => (servers = started), () => {});
  /** What is presented now, the last one of several. */
  let presented: Presented[] = [{ cert: certificates.server.cert, key: certificates.server.key, ca: certificates.ca, files: false }];

  const present = async (before: Presented | undefined, cut: boolean): Promise<void> => {
    const { api } = await listening;
    const current = presented.at(-1);
    if (current === undefined || current === before) return;
    // Clients of the old CA stay welcome.
    api.secure({ cert: current.cert, key: current.key, ca: [...new Set([certificates.ca, current.ca])] });
    if (current.files || before?.files) rotated(current.ca);
    if (cut) api.connections.destroyAll();
  };

  return {
    clock,
    store,
    behaviour: overrides.base,
    override: (values) => overrides.add(values),
    connection: ({ server, call }) => servers?.[server].connections.of(call.socket),
    async suspend(server) {
      const started = await listening;
      return started[server].suspend();
    },
    async rotate(what, { files, cut }) {
      const made = await issue(what, certificates, clock.now(), hosts);
      const before = presented.at(-1);
      const mine = { ...made, files: files && made.ca !== certificates.ca };
      presented.push(mine);
      await present(before, cut);
      return async () => {
        const last = presented.at(-1);
        presented = presented.filter((one) => one !== mine);
        await present(last, cut);
      };
    },
  };
}

interface Presented {
  cert: string;
  key: string;
  /** CA that signed it. */
  ca: string;
  /** Whether the files for clients follow. */
  files: boolean;
}

const YEAR_MS = 365 * 86_400_000;

async function issue(what: Certificate, certificates: Certificates, nowMs: number, hosts: readonly string[]): Promise<Omit<Presented, "files">> {
  const of = (ca: string, { cert, key }: { cert: string; key: string }) => ({ ca, cert, key });
  if (what === "ca") {
    const { ca, server } = await createCertificates(nowMs, hosts, "rotated job-controller dev CA");
    return of(ca, server);
  }
  const leaf = {
    leaf: () => certificates.issueServer(hosts),
    expired: () => certificates.issueServer(hosts, { untilMs: nowMs - YEAR_MS }),
    "other-host": () => certificates.issueServer(["elsewhere.example.com"]),
  }[what];
  return of(certificates.ca, await leaf());
}
