// Dev servers that checks are tried on, healthy ones of each era and broken ones, and the two tests that each check has.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Fetch } from "../../src/base/http.ts";
import { GROUP } from "../../src/provisioning.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { detectHost } from "../../src/runtime/detect.ts";
import { createTransport } from "../../src/runtime/transport.ts";
import { type Check, type Era, ERAS } from "../../src/verify/check.ts";
import type { Report, Result } from "../../src/verify/result.ts";
import { RUN_PREFIX, session } from "../../src/verify/session.ts";
import type { DevserverOptions } from "../../src/devserver/serve.ts";
import { startDevserver } from "../support/devserver.ts";

/** What makes the dev server break a claim: a row of its table of behaviours (`--set`), or a fault (`--fault`). */
export type Flip = { set: string } | { fault: string };

/** A check and the flips each of which it must notice; they are set on the newest Grafana era that the check holds for. */
export type Row = readonly [check: Check, ...flips: readonly Flip[]];

/** Rights of the second token. */
const LESSER = ["jobs:get", "jobs:list", "jobs:watch"].map((right) => `${GROUP}/${right}`);
/** How long a broken server is waited for in vain. */
const FLIPPED_PATIENCE_MS = 700;

export const flipText = (flip: Flip): string => ("set" in flip ? `--set ${flip.set}` : `--fault ${flip.fault}`);

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
    settings: flip !== undefined && "set" in flip ? [...settings, flip.set] : settings,
    faults: flip !== undefined && "fault" in flip ? [...faults, flip.fault] : faults,
  });
  const transportOf = async (ca?: string) => createTransport({ host: await detectHost(), tls: { ...(ca === undefined ? {} : { ca }), insecure: false }, clock: systemClock, env: {} });
  const [api, plain] = await Promise.all([transportOf(devserver.certificates.ca), transportOf()]);
  const [self, lesser] = await Promise.all([devserver.mintToken(), devserver.mintToken({ permissions: LESSER })]);
  const withToken = (token: string): Fetch => (url, init = {}) => api.fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), "x-access-token": `Bearer ${token}` } });
  try {
    return await session({
      clock: systemClock,
      server: devserver.apiUrl,
      fetches: { self: withToken(self), lesser: withToken(lesser), forged: withToken("forged") },
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
    api.close();
    plain.close();
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
