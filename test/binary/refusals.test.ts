// Code 3: whoever is refused at the very first attempt is told so and not kept waiting. Everything later is retried.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Intercepted, RequestFacts } from "../../src/devserver/front.ts";
import { refusal, sideBySide, Site } from "../support/binary.ts";
import type { Controller } from "../support/controller.ts";

const NOT_USABLE = "provisioning API not usable, retrying";

/** Exit code, standard error, and the last record without its time. */
async function ending(controller: Controller): Promise<{ code: number; stderr: string; last: Record<string, unknown> }> {
  const code = await controller.exited;
  const { time: _, ...last } = controller.lines.at(-1) ?? {};
  return { code, stderr: controller.stderr, last };
}

function refused(message: string, kind: string): { code: number; stderr: string; last: Record<string, unknown> } {
  const last = { level: "ERROR", msg: message, logger: "provisioning-job-controller", kind, code: 3 };
  return { code: 3, stderr: `Error: ${message}\n`, last };
}

describe("a refused first attempt ends with 3", () => {
  test("the exchange does not know the token", async () => {
    await using site = await Site.open();
    const flags = [`--token-exchange-url=${site.devserver.exchangeUrl}`, ...site.server, "--health-probe-bind-address=0"];
    const controller = site.launch(["--token=canary", ...flags]);
    const message = `Cannot exchange the token at "${site.devserver.exchangeUrl}": the server answered 401 Unauthorized: invalid credentials`;
    assert.deepEqual(await ending(controller), refused(message, "token"));
    assert.equal(site.devserver.requests.filter(({ server }) => server === "api").length, 0);
  });

  test("the exchange forbids", async () => {
    await using site = await Site.open({
      onRequest: ({ server }) => (server === "exchange" ? { status: 403, body: '{"status":"error","error":"no access policy"}' } : undefined),
    });
    const message = `Cannot exchange the token at "${site.devserver.exchangeUrl}": the server answered 403 Forbidden: no access policy`;
    assert.deepEqual(await ending(site.start()), refused(message, "token"));
  });

  test("the API does not take the token, nor the one minted after it", async () => {
    await using site = await Site.open();
    site.devserver.refuseAuth(2);
    const message = "Cannot list jobs in all namespaces: server answered 401 Unauthorized: Unauthorized";
    assert.deepEqual(await ending(site.start()), refused(message, "api"));
    assert.equal(site.devserver.requests.filter(({ server }) => server === "exchange").length, 2);
  });

  test("the first list in all namespaces is forbidden: the message leads to --namespace", async () => {
    await using site = await Site.open({ grantedNamespace: "team-a" });
    const { code, stderr, last } = await ending(site.start());
    assert.equal(code, 3);
    assert.match(stderr, /^Error: Cannot list jobs in all namespaces: server answered 403 Forbidden: .* at the cluster scope; /);
    assert.match(stderr, /; if only some namespaces are granted, name them with --namespace\n$/);
    assert.deepEqual([last.kind, last.code, `Error: ${last.msg}\n`], ["api", 3, stderr]);
  });

  test("the first list in one namespace is forbidden: the message does not", async () => {
    await using site = await Site.open({ grantedNamespace: "team-a" });
    const { code, stderr } = await ending(site.start(["--namespace=team-b"]));
    assert.equal(code, 3);
    assert.match(stderr, /^Error: Cannot list jobs in namespace team-b: server answered 403 Forbidden: /);
    assert.doesNotMatch(stderr, /--namespace/);
  });

  test("with the namespace that is granted all is well", async () => {
    await using site = await Site.open({ grantedNamespace: "team-a" });
    const controller = site.start(["--namespace=team-a"]);
    await controller.started();
    assert.equal(await controller.stop(), 0);
  });
});

describe("later refusals are waited out", () => {
  /** A site whose API and exchange can be told to answer in another way, and a controller that does not wait long. */
  async function moody(): Promise<{ site: Site; mood: { answer: (facts: RequestFacts) => Intercepted } }> {
    const mood: { answer: (facts: RequestFacts) => Intercepted } = { answer: () => undefined };
    return { site: await Site.open({ onRequest: (facts) => mood.answer(facts) }), mood };
  }
  const flags = ["--resync-interval=1s"];

  async function refusedLater(code: number, reason: string): Promise<void> {
    const { site, mood } = await moody();
    await using _ = site;
    const controller = site.start(flags);
    await controller.started();
    mood.answer = ({ server }) => (server === "api" ? refusal(code, reason, "not any more") : undefined);
    site.devserver.closeWatches();
    const { error, next } = await controller.until(({ msg }) => msg === NOT_USABLE);
    assert.match(String(error), new RegExp(`^Cannot (?:watch|list) jobs in all namespaces: server answered ${code} ${reason}: not any more$`));
    assert.equal(typeof next, "string");
    mood.answer = () => undefined;
    await controller.until(({ msg }) => msg === "provisioning API usable again");
    await controller.notified(site.createJob("after").uid);
    assert.equal(await controller.stop(), 0);
    assert.equal(controller.stderr, "");
  }

  sideBySide(4, {
    "401 of the API after the start": () => refusedLater(401, "Unauthorized"),
    "403 of the API after the start": () => refusedLater(403, "Forbidden"),

    async "the exchange refuses once tokens were minted"() {
      const { site, mood } = await moody();
      await using _ = site;
      const controller = site.start(flags);
      await controller.started();
      mood.answer = ({ server }) => (server === "exchange" ? { status: 401, body: "{}" } : undefined);
      site.devserver.refuseAuth();
      site.devserver.closeWatches();
      const warning = await controller.until(({ msg }) => msg === NOT_USABLE);
      assert.equal(warning.error, `Cannot exchange the token at "${site.devserver.exchangeUrl}": the server answered 401 Unauthorized`);
      mood.answer = () => undefined;
      await controller.until(({ msg }) => msg === "provisioning API usable again");
      assert.equal(await controller.stop(), 0);
    },

    async "a first attempt that failed for another reason makes every refusal a later one"() {
      const { site, mood } = await moody();
      await using _ = site;
      mood.answer = ({ server }) => (server === "api" ? refusal(500, "InternalError", "not yet") : undefined);
      const controller = site.start([...flags, "--log-level=debug"]);
      await controller.until(({ msg, error }) => msg === "attempt failed" && String(error).includes("500 InternalError: not yet"));
      mood.answer = ({ server }) => (server === "api" ? refusal(403, "Forbidden", "not yet") : undefined);
      await controller.until(({ msg, error }) => msg === "attempt failed" && String(error).includes("403 Forbidden: not yet"));
      mood.answer = () => undefined;
      await controller.started();
      assert.equal(await controller.stop(), 0);
    },
  });
});
