// Dev servers that checks are tried on, healthy ones of each era and broken ones, and the two tests that each check has.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Fetch } from "../../src/base/http.ts";
import { GROUP } from "../../src/provisioning.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import type { TlsMaterial } from "../../src/runtime/runtime.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { probe } from "../../src/runtime/probe.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { type Check, type Era, ERAS } from "../../src/verify/check.ts";
import type { Report, Result } from "../../src/verify/result.ts";
import { RUN_PREFIX, session } from "../../src/verify/session.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { startDevserver } from "../support/devserver.ts";

/** What makes the dev server break a claim: a row of its table of behaviours (`--set`), a fault (`--fault`), or `--mtls`. */
export type Flip = { set: string } | { fault: string } | { mtls: "optional" };

/** A check and the flips each of which it must notice; they are set on the newest Grafana era that the check holds for. */
export type Row = readonly [check: Check, ...flips: readonly Flip[]];

/** Rights of the second token. */
const LESSER = ["jobs:get", "jobs:list", "jobs:watch"].map((right) => `${GROUP}/${right}`);
/** How long a broken server is waited for in vain. */
const FLIPPED_PATIENCE_MS = 700;

export const flipText = (flip: Flip): string => Object.entries(flip).map(([flag, value]) => `--${flag} ${value}`).join("");

export interface TryOptions extends Partial<DevserverOptions> {
  era?: Era;
  flip?: Flip;
  namespace?: string;
  patienceMs?: number;
}

/** Checks on a dev server of their own. */
export async function tryChecks(checks: readonly Check[], { era = "2026-09", flip, namespace = "trials", patienceMs, ...rest }: TryOptions = {}): Promise<Report> {
  const { settings = [], faults = [] } = rest;
  await using devserver = await startDevserver({
    ...rest,
    era,
    // Added once there is a connection.
    faults: [],
    mtls: "required",
    settings: flip !== undefined && "set" in flip ? [...settings, flip.set] : settings,
    ...(flip !== undefined && "mtls" in flip ? flip : {}),
  });
  const { ca, client } = devserver.certificates;
  const transportOf = async (tls: Omit<TlsMaterial, "insecure">) => createTransport({ host: await detectHost(), tls: { ...tls, insecure: false }, clock: systemClock, env: {} });
  const certified = { ca, cert: client.cert, key: client.key };
  const transports = await Promise.all([transportOf(certified), transportOf({}), transportOf(certified), transportOf({ ca })]);
  const [api, plain, verifying, uncertified] = transports;
  const [self, lesser] = await Promise.all([devserver.mintToken(), devserver.mintToken({ permissions: LESSER })]);
  const withToken = (token: string, { fetch } = api): Fetch => (url, init = {}) => fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), "x-access-token": `Bearer ${token}` } });
  const url = new URL(devserver.apiUrl);
  const look = async () => (await probe({ url, tls: { insecure: true }, clock: systemClock, mode: "look" }))?.peer;
  try {
    // On the connection that stays, the certificate of a healthy server was seen.
    await (await api.fetch(`${devserver.apiUrl}/version`)).text();
    for (const fault of flip !== undefined && "fault" in flip ? [...faults, flip.fault] : faults) await devserver.faults.add(fault);
    return await session({
      clock: systemClock,
      server: devserver.apiUrl,
      fetches: { self: withToken(self), lesser: withToken(lesser), forged: withToken("forged"), nobody: api.fetch },
      tls: { host: url.hostname, look, verifying: withToken(self, verifying), uncertified: withToken(self, uncertified) },
      exchange: { fetch: plain.fetch, url: devserver.exchangeUrl, authorization: () => Promise.resolve("Bearer ProvisioningAdminToken") },
      versions: ["v0alpha1"],
      namespace,
      yes: true,
      run: `${RUN_PREFIX}test`,
      profile: "full",
      checks,
      timeoutMs: 60_000,
      signal: new AbortController().signal,
      clean: (text) => text.replaceAll("ProvisioningAdminToken", "***"),
      ...(patienceMs === undefined ? {} : { patienceMs }),
    });
  } finally {
    for (const one of transports) one.close();
  }
}

/** One check on a dev server of its own, broken by the flip. */
export async function tryFlipped(check: Check, flip: Flip, options: TryOptions = {}): Promise<Result> {
  const era = check.eras.includes("2026-09") ? "2026-09" : check.eras[0] ?? "2026-09";
  const { results } = await tryChecks([check], { era, flip, patienceMs: FLIPPED_PATIENCE_MS, ...options });
  const [result] = results;
  assert.ok(result);
  return result;
}

/** Declares the tests of an area: each check passes on each era that it holds for, and notices each of its flips. */
export function provesChecks(checks: readonly Check[], rows: readonly Row[], options: TryOptions = {}): void {
  test("each check has a row of flips", () => {
    assert.deepEqual(rows.map(([{ id }]) => id), checks.map(({ id }) => id));
    assert.deepEqual(rows.filter(([, ...flips]) => flips.length === 0).map(([{ id }]) => id), []);
  });
  for (const era of ERAS) {
    const fitting = checks.filter(({ eras }) => eras.includes(era));
    if (fitting.length === 0) continue;
    describe(`a healthy server of ${era}`, () => {
      let report: Promise<Report>;
      before(() => {
        report = tryChecks(fitting, { ...options, era });
      });
      for (const { id, claim } of fitting) {
        test(`${id} finds that ${claim}`, async () => {
          const { verdict, seen } = (await report).results.find(({ check }) => check.id === id) ?? {};
          assert.deepEqual({ verdict, seen }, { verdict: "pass", seen: "" });
        });
      }
      after(async () => assert.deepEqual((await report).left, []));
    });
  }
  describe("a broken server", () => {
    for (const [check, ...flips] of rows) {
      for (const flip of flips) {
        test(`${check.id} notices ${flipText(flip)}`, async () => {
          const { verdict, seen } = await tryFlipped(check, flip, options);
          assert.equal(verdict, "fail", `${verdict}: ${seen}`);
        });
      }
    }
  });
}
