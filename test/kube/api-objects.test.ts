import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import type { Fetch } from "../../src/base/http.ts";
import { type Api, createApi } from "../../src/kube/api.ts";
import { isUnsent } from "../../src/kube/status.ts";
import type { Collection, KubeObject } from "../../src/kube/types.ts";
import { ManualClock } from "../support/manual-clock.ts";
import { type Answer, json, ScriptedFetch, type SentRequest, silence } from "../support/scripted-fetch.ts";

const JOBS: Collection = { resource: "jobs" };
const HISTORY: Collection = { resource: "historicjobs" };
const REPOSITORIES: Collection = { resource: "repositories" };
const BASE = "https://grafana.test/apis/provisioning.grafana.app";
const AT = { namespace: "stacks-42", name: "repo-sync" };
const never = new AbortController().signal;

/** A job as it comes, with a field and a number that this program knows nothing of. */
const TEXT = '{"kind":"Job","apiVersion":"provisioning.grafana.app/v0alpha1",' +
  '"metadata":{"name":"repo-sync","namespace":"stacks-42","uid":"u-1","resourceVersion":"1897654321098765433",' +
  '"managedFields":[{"manager":"grafana"}],"labels":{"x.test/y":"z"}},' +
  '"spec":{"action":"pull","newField":{"size":9223372036854775807,"list":[null,{"a":-9007199254740993}]}},"status":{"progress":12.5},"more":true}';

function setUp(...answers: Answer[]) {
  const clock = new ManualClock(Date.parse("2026-03-01T10:00:00Z"));
  const server = new ScriptedFetch(...answers);
  const withFetch = (fetch: Fetch) =>
    createApi({
      server: "https://grafana.test",
      group: "provisioning.grafana.app",
      versions: ["v0alpha1", "v1beta1"],
      fetch,
      clock,
      userAgent: "job-controller/test",
    });
  return { api: withFetch(server.fetch), withFetch, server, clock, sent: () => server.requests[0] as SentRequest };
}

const job = (metadata: object = {}): KubeObject => ({
  kind: "Job",
  metadata: { ...AT, uid: "u-1", resourceVersion: "7", ...metadata },
});

describe("getObject()", () => {
  test("asks for the object by name, without a body", async () => {
    const { api, sent } = setUp(json(job()));
    await api.getObject(JOBS, AT, never);
    const { method, url, headers, body } = sent();
    assert.deepEqual([method, url, body], ["GET", `${BASE}/v0alpha1/namespaces/stacks-42/jobs/repo-sync`, ""]);
    assert.deepEqual([...headers], [["accept", "application/json"], ["user-agent", "job-controller/test"]]);
  });

  test("tells the server's time, the status, and when the request that was answered went out", async () => {
    const { api, clock } = setUp(async ({ init }) => {
      await clock.advance(300);
      init.onSend?.();
      await clock.advance(5_000);
      return json(job(), { headers: { date: "Sun, 01 Mar 2026 10:00:05 GMT" } });
    });
    await clock.advance(1_000);
    let sends = 0;
    const { object, ...facts } = await api.getObject(JOBS, AT, never, () => sends++);
    assert.deepEqual(facts, { status: 200, serverTimeMs: Date.parse("2026-03-01T10:00:05Z"), sentAtMs: 1_300 });
    assert.equal(sends, 2);
  });

  test("keeps what it does not know, and a PUT sends it back as it came", async () => {
    const { api, server } = setUp(new Response(TEXT), new Response(TEXT));
    const { object } = await api.getObject(JOBS, AT, never);
    await api.replaceObject(JOBS, { ...object }, never);
    assert.equal(server.requests[1]?.body, TEXT);
  });

  for (const [what, answer, message, reason] of [
    ["another name", json(job({ name: "other" })), /server answered with another object$/, "other-object"],
    ["an object without uid", json(job({ uid: "" })), /expected the object, with name, uid and resourceVersion, in the answer$/, "unexpected"],
    ["an object without version", json(job({ resourceVersion: undefined })), /expected the object/, "unexpected"],
    ["a Status", json({ kind: "Status", metadata: { name: "repo-sync", uid: "1", resourceVersion: "1" } }), /expected the object/, "unexpected"],
    ["null", json(null), /expected the object/, "unexpected"],
    ["an array", json([]), /expected the object/, "unexpected"],
    ["HTML", new Response("<html>login</html>"), /expected JSON, got other text$/, "not-json"],
    ["nothing", new Response(""), /expected JSON, got some that is cut off or damaged$/, "malformed"],
    ["JSON that is cut off", new Response(TEXT.slice(0, 100)), /cut off or damaged$/, "malformed"],
  ] as const) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(setUp(answer).api.getObject(JOBS, AT, never), (error) => {
        assert.ok(error instanceof ProtocolError, String(error));
        assert.match(error.message, /^Cannot get jobs stacks-42\/repo-sync: /);
        assert.match(error.message, message);
        return error.reason === reason;
      });
    });
  }
});

describe("createObject()", () => {
  test("posts to the collection of the object's namespace, by name or generateName", async () => {
    const { api, server } = setUp(json(job(), { status: 201 }), json(job(), { status: 201 }));
    const record = { kind: "HistoricJob", metadata: { ...AT }, spec: { action: "pull" } };
    const { status, object } = await api.createObject<KubeObject>(HISTORY, record, never);
    assert.equal(status, 201);
    assert.equal(object.metadata?.uid, "u-1", "the object is the server's");
    await api.createObject(HISTORY, { metadata: { namespace: "stacks-42", generateName: "repo-sync-" } }, never);
    const [{ method, url, headers, body }] = server.requests as [SentRequest];
    assert.deepEqual([method, url, body], ["POST", `${BASE}/v0alpha1/namespaces/stacks-42/historicjobs`, JSON.stringify(record)]);
    assert.equal(headers.get("content-type"), "application/json");
  });

  test("refuses an answer about another object", async () => {
    const { api } = setUp(json(job({ name: "repo-sync-x7f2q" })));
    await assert.rejects(api.createObject(HISTORY, { metadata: { ...AT } }, never), /Cannot create historicjobs stacks-42\/repo-sync: server answered with another/);
  });
});

describe("replaceObject()", () => {
  test("puts the whole object in its own place", async () => {
    const { api, sent } = setUp(json(job({ resourceVersion: "8" })));
    const { object } = await api.replaceObject(JOBS, job(), never);
    assert.equal(object.metadata?.resourceVersion, "8");
    const { method, url, headers, body } = sent();
    assert.deepEqual([method, url, body], ["PUT", `${BASE}/v0alpha1/namespaces/stacks-42/jobs/repo-sync`, JSON.stringify(job())]);
    assert.equal(headers.get("content-type"), "application/json");
  });

  test("refuses an answer about another life of that name: the uid was ignored", async () => {
    await assert.rejects(setUp(json(job({ uid: "u-2" }))).api.replaceObject(JOBS, job(), never), (error) => {
      assert.ok(error instanceof ProtocolError);
      assert.equal(error.message, "Cannot replace jobs stacks-42/repo-sync: server answered with another object");
      return error.reason === "other-object";
    });
  });
});

describe("replaceStatus()", () => {
  test("puts to /status of the repository", async () => {
    const { api, sent } = setUp(json(job()));
    await api.replaceStatus(REPOSITORIES, job(), never);
    assert.deepEqual([sent().method, sent().url], ["PUT", `${BASE}/v0alpha1/namespaces/stacks-42/repositories/repo-sync/status`]);
  });
});

describe("a write that must not be", () => {
  const { api, server } = setUp();
  for (const [what, call] of [
    ["replaces without resourceVersion, as that would overwrite whatever is there", () => api.replaceObject(JOBS, job({ resourceVersion: undefined }), never)],
    ["replaces with an empty one", () => api.replaceObject(JOBS, job({ resourceVersion: "" }), never)],
    ["replaces a status without one", () => api.replaceStatus(REPOSITORIES, job({ resourceVersion: undefined }), never)],
    ["replaces without metadata", () => api.replaceObject(JOBS, {}, never)],
    ["replaces without name", () => api.replaceObject(JOBS, job({ name: "" }), never)],
    ["replaces without namespace", () => api.replaceObject(JOBS, job({ namespace: undefined }), never)],
    ["creates with resourceVersion, whose refusal would read as gone", () => api.createObject(HISTORY, job(), never)],
    ["creates without namespace", () => api.createObject(HISTORY, { metadata: { name: "a" } }, never)],
    ["creates without name", () => api.createObject(HISTORY, { metadata: { namespace: "a" } }, never)],
  ] as const) {
    test(`is not sent: ${what}`, async () => {
      await assert.rejects(call(), TypeError);
      assert.equal(server.requests.length, 0);
    });
  }
});

type Call = (api: Api, signal: AbortSignal, onSend?: () => void) => Promise<unknown>;

const CALLS: Readonly<Record<string, Call>> = {
  get: (api, ...how) => api.getObject(JOBS, AT, ...how),
  create: (api, ...how) => api.createObject(JOBS, { metadata: { ...AT } }, ...how),
  replace: (api, ...how) => api.replaceObject(JOBS, job(), ...how),
  "replace status of": (api, ...how) => api.replaceStatus(JOBS, job(), ...how),
  delete: (api, ...how) => api.deleteObject(JOBS, { ...AT, uid: "u-1" }, ...how),
};

for (const [name, call] of Object.entries(CALLS)) {
  describe(`a call that fails: ${name}`, () => {
    for (const status of [400, 401, 403, 404, 409, 422, 429, 500, 503]) {
      test(`throws ${status}, tried once`, async () => {
        const { api, server } = setUp(json({ kind: "Status", reason: "Because", message: "of that" }, { status, headers: { "retry-after": "4" } }));
        await assert.rejects(call(api, never), (error) => {
          assert.ok(error instanceof ApiError);
          assert.equal(error.message, `Cannot ${name} jobs stacks-42/repo-sync: server answered ${status} Because: of that`);
          return error.status === status && error.retryAfterMs === 4_000 && !isUnsent(error);
        });
        assert.equal(server.requests.length, 1);
      });
    }

    test("throws a lost answer unchanged, as one that may have been carried out", async () => {
      for (const reason of ["refused", "closed", "timeout", "cut", "silence"] as const) {
        const lost = new NetworkError("Lost the connection", reason);
        await assert.rejects(call(setUp(lost).api, never), (error) => error === lost && !isUnsent(error));
      }
    });

    test("tells a request that never went out", async () => {
      const exchange = new NetworkError("Cannot reach the token exchange", "refused", { cause: new Error("ECONNREFUSED") });
      for (const thrown of [exchange, new TokenError("refused", { status: 403 })]) {
        let sends = 0;
        await assert.rejects(call(setUp().withFetch(() => Promise.reject(thrown)), never, () => sends++), (error) => {
          assert.ok(error instanceof Error && isUnsent(error));
          assert.deepEqual([error.message, error.constructor, error.cause], [thrown.message, thrown.constructor, thrown.cause]);
          return true;
        });
        assert.equal(sends, 0);
      }
    });

    test("ends with the signal's reason", async () => {
      const reason = new Error("stop");
      const { api, server } = setUp(() => silence());
      await assert.rejects(call(api, AbortSignal.abort(reason)), (error) => error === reason);
      const stop = new AbortController();
      const asking = call(api, stop.signal);
      await server.received(1);
      stop.abort(reason);
      await assert.rejects(asking, (error) => error === reason);
    });
  });
}

describe("deleteObject()", () => {
  test("sends uid, and the version where there is one, as preconditions", async () => {
    const { api, server } = setUp(json({ kind: "Status", status: "Success" }));
    await api.deleteObject(HISTORY, { namespace: "stacks-42", name: "a-x7f2q", uid: "u-1" }, never);
    const [{ url, method, headers, body }] = server.requests as [(typeof server.requests)[0]];
    assert.equal(`${method} ${url}`, `DELETE ${BASE}/v0alpha1/namespaces/stacks-42/historicjobs/a-x7f2q`);
    assert.equal(headers.get("content-type"), "application/json");
    assert.deepEqual(JSON.parse(body), { kind: "DeleteOptions", apiVersion: "v1", preconditions: { uid: "u-1" } });
    server.push(json({ kind: "Status", status: "Success" }));
    await api.deleteObject(JOBS, { namespace: "stacks-42", name: "a", uid: "u-1", version: "1897654321098765433" }, never);
    assert.deepEqual(JSON.parse(server.requests[1]?.body ?? "").preconditions, { uid: "u-1", resourceVersion: "1897654321098765433" });
  });

  const target = { namespace: "default", name: "a", uid: "1" };
  for (const [how, body] of [
    ["as the object", { kind: "HistoricJob", metadata: { name: "a", uid: "2" } }],
    ["in the details of a Status", { kind: "Status", status: "Success", details: { name: "a", uid: "2" } }],
  ] as const) {
    test(`fails where the answer names another uid ${how}: the precondition was ignored`, async () => {
      await assert.rejects(setUp(json(body)).api.deleteObject(HISTORY, target, never), (error) => {
        assert.ok(error instanceof ProtocolError);
        assert.equal(error.message, "Cannot delete historicjobs default/a: server deleted another object of that name, against the precondition");
        return error.reason === "other-object";
      });
      const same = JSON.parse(JSON.stringify(body).replace('"2"', '"1"')) as unknown;
      await setUp(json(same)).api.deleteObject(HISTORY, target, never);
    });
  }

  for (const body of ["null", "5", '{"kind":"Status"}', '{"kind":"Status","details":null}', '{"metadata":{"uid":5}}']) {
    test(`takes ${body} for an answer without a uid`, () => setUp(new Response(body)).api.deleteObject(HISTORY, target, never));
  }

  for (const status of [200, 202, 204]) {
    test(`takes ${status} for success, whatever the body`, async () => {
      await setUp(new Response(status === 204 ? null : "anything", { status })).api.deleteObject(HISTORY, { namespace: "default", name: "a", uid: "1" }, never);
    });
  }

  for (const status of [403, 404, 409, 429, 500]) {
    test(`throws ${status}, tried once`, async () => {
      const { api, server } = setUp(new Response("", { status, headers: { "retry-after": "4" } }));
      await assert.rejects(api.deleteObject(HISTORY, { namespace: "default", name: "a", uid: "1" }, never), (error) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.message, `Cannot delete historicjobs default/a: server answered ${status}`);
        return error.status === status && error.retryAfterMs === 4_000;
      });
      assert.equal(server.requests.length, 1);
    });
  }
});
