import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { Tokens } from "../../../src/devserver/access/tokens.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const CLAIMS = { subject: "access-policy:x", namespace: "*", audiences: ["provisioning.grafana.app"], permissions: ["g/jobs:*"] };

describe("Tokens", () => {
  test("mints ES256 access tokens with key id and the claims of the API", async () => {
    const clock = new ManualClock();
    const tokens = await Tokens.create(clock);
    const token = await tokens.mint(CLAIMS, 600_000);
    const header = decodeProtectedHeader(token);
    assert.deepEqual([header.alg, header.typ], ["ES256", "at+jwt"]);
    assert.ok(header.kid);
    const now = clock.now() / 1_000;
    const { jti, iss, ...claims } = decodeJwt(token);
    assert.ok(jti && iss);
    assert.deepEqual(claims, {
      sub: "access-policy:x",
      aud: ["provisioning.grafana.app"],
      iat: now,
      nbf: now,
      exp: now + 600,
      namespace: "*",
      permissions: ["g/jobs:*"],
      serviceIdentity: "provisioning",
    });
  });

  test("verifies its own until a minute past the end, also when it knows the text already", async () => {
    const clock = new ManualClock();
    const tokens = await Tokens.create(clock);
    const token = await tokens.mint(CLAIMS, 600_000);
    assert.equal((await tokens.verify(token))?.subject, "access-policy:x");
    clock.jump(659_000);
    assert.ok(await tokens.verify(token));
    clock.jump(1_000);
    assert.equal(await tokens.verify(token), undefined);
  });

  test("refuses one from the future beyond a minute", async () => {
    const clock = new ManualClock();
    const tokens = await Tokens.create(clock);
    const token = await tokens.mint(CLAIMS, 600_000);
    clock.jump(-61_000);
    assert.equal(await tokens.verify(token), undefined);
  });

  test("refuses other keys, changed claims and other text", async () => {
    const clock = new ManualClock();
    const tokens = await Tokens.create(clock);
    const token = await tokens.mint(CLAIMS, 600_000);
    const [head, , signature] = token.split(".");
    const forged = `${head}.${
      btoa(JSON.stringify({ ...decodeJwt(token), namespace: "other" })).replaceAll("=", "")
    }.${signature}`;
    const stranger = await (await Tokens.create(clock)).mint(CLAIMS, 600_000);
    for (const text of [forged, stranger, "", "a.b.c", "ProvisioningAdminToken"]) {
      assert.equal(await tokens.verify(text), undefined);
    }
  });
});
