// Faults of access, of what the server keeps, and of the host: tokens, the exchange, writes that lie, clock, certificate.

import { resourceNamed } from "../../resources.ts";
import { choice, DURATION, SWITCH } from "../rows.ts";
import { refusalOf } from "./answers.ts";
import { type Fault, fault, optional, type Scene, type Tools } from "./fault.ts";
import { getAt, parsed, setAt } from "./paths.ts";

const TOKEN_REFUSED = fault({
  name: "token-refused",
  args: {},
  models: "A signer whose keys were rotated, or a verifier whose clock is off: 401 for a token that is good",
  seen: "authlib authn/verifier.go (key set cached for 10 minutes)",
  start: (_, { gate }) => ({
    onCall(scene) {
      const { headers } = scene.call;
      if (headers["x-access-token"] === undefined && headers["authorization"] === undefined) return undefined;
      return gate.strikes(scene) ? refusalOf(scene, 401) : undefined;
    },
  }),
});

const EXCHANGE_DOWN = fault({
  name: "exchange-down",
  main: "how",
  server: "exchange",
  scope: ({ how }) => (how === "refused" ? "server" : "calls"),
  args: {
    how: optional(choice("refused", "500", "slow", "not-json"), "refused", "No listener, status 500, answers after `delay`, or text in place of JSON"),
    delay: optional(DURATION, 10_000, "How late a slow answer is"),
  },
  models: "A token exchange that is down, overloaded or behind a broken proxy",
  seen: "authlib #181 (three attempts); authlib authn/token_exchange.go (5 s for an attempt)",
  start({ how, delay }, { gate, host }) {
    if (how === "refused") {
      gate.strikes();
      const suspended = host.suspend("exchange");
      return { ready: suspended, stop: async () => (await suspended)() };
    }
    return {
      async onCall(scene) {
        if (!gate.strikes(scene)) return undefined;
        if (how === "500") return refusalOf(scene, 500);
        if (how === "not-json") return { status: 200, body: "OK", headers: { "content-type": "text/plain" } };
        await host.clock.sleep(delay, gate.signal).catch(() => {});
        return undefined;
      },
    };
  },
});

const HISTORY_LOST = fault({
  name: "history-lost",
  args: {},
  models: "A HistoricJob that is acknowledged and never seen again: the result of a job is lost",
  seen: "pkg/registry/apis/provisioning/jobs/driver.go (a failed write of the history only warns)",
  start: (_, { gate }) => ({ onWrite: ({ resource, type }) => resource === "historicjobs" && type === "ADDED" && gate.strikes() }),
});

const CAS_LIES = fault({
  name: "cas-lies",
  main: "how",
  args: { how: optional(choice("overwrites", "drops"), "overwrites", "What becomes of a stale PUT that gets 200: it is written, or it is not") },
  models: "Compare-and-swap that is none: two claims of one job both succeed",
  seen: "#111866, #113230 (versions not handed down to the storage)",
  start({ how }, tools) {
    const { gate } = tools;
    return {
      async onCall(scene) {
        if (scene.verb !== "update") return undefined;
        const body = parsed(await scene.call.text());
        const current = currentVersion(scene, tools);
        const sent = getAt(body, ["metadata", "resourceVersion"]);
        if (current === undefined || typeof sent !== "string" || sent === "" || sent === current || !gate.strikes(scene)) return undefined;
        setAt(body, ["metadata", "resourceVersion"], current);
        if (how === "drops") return { status: 200, body: JSON.stringify(body) };
        scene.call.editBody(() => JSON.stringify(body));
        return undefined;
      },
    };
  },
});

function currentVersion({ resource, namespace, name }: Scene, { host: { store } }: Tools): string | undefined {
  const known = resourceNamed(resource);
  const entry = known && store.get(known.name, namespace, name);
  return entry && store.versionText(entry.version);
}

const PRECONDITION_IGNORED = fault({
  name: "precondition-ignored",
  main: "which",
  args: { which: optional(choice("all", "uid", "resourceVersion"), "all", "Which preconditions of DELETE the server does not see") },
  models: "A server that deletes whatever has the name: the successor of the object that was meant",
  seen: "pkg/registry/apis/provisioning/jobs/persistentstore.go (2025: deleted by name alone)",
  start({ which }, { gate }) {
    const names = which === "all" ? ["uid", "resourceVersion"] : [which];
    return {
      onCall(scene) {
        if (scene.verb !== "delete" && scene.verb !== "deletecollection") return undefined;
        scene.call.editBody((text) => {
          const body = parsed(text);
          const removed = names.map((name) => setAt(body, ["preconditions", name], undefined)).some(Boolean);
          return removed && gate.strikes(scene) ? JSON.stringify(body) : text;
        });
        return undefined;
      },
    };
  },
});

const CLOCK_JUMP = fault({
  name: "clock-jump",
  main: "by",
  args: { by: optional(DURATION, 3_600_000, "How far the server's clock goes ahead; negative = back") },
  models: "A server whose clock is set: Date, creationTimestamp and the life of tokens move, nothing else does",
  seen: "kubernetes/kubernetes#124022, #123415 (time that leaps)",
  scope: "server",
  start({ by }, { gate, host }) {
    gate.strikes();
    return { stop: host.override({ clockSkewMs: host.behaviour.clockSkewMs + by }) };
  },
});

const CERTIFICATE_ROTATED = fault({
  name: "certificate-rotated",
  main: "what",
  args: {
    what: optional(choice("leaf", "ca", "expired", "other-host"), "leaf",
      "A new certificate of the same CA, one of a new CA, one that has expired, one for another host"),
    files: optional(SWITCH, true, "Whether the files for clients follow a new CA"),
    cut: optional(SWITCH, true, "Whether open connections are broken, so that clients meet it at once"),
  },
  models: "Certificates that are renewed, or not, while clients are connected",
  seen: "rancher-archives/rke#3050 (unknown authority after a rotation); kubernetes/kubernetes#120621",
  scope: "server",
  start({ what, files, cut }, { gate, host }) {
    gate.strikes();
    const rotated = host.rotate(what, { files, cut });
    return { ready: rotated, stop: async () => (await rotated)() };
  },
});

export const HOST_FAULTS: readonly Fault[] = [
  TOKEN_REFUSED,
  EXCHANGE_DOWN,
  HISTORY_LOST,
  CAS_LIES,
  PRECONDITION_IGNORED,
  CLOCK_JUMP,
  CERTIFICATE_ROTATED,
];
