import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { createApi } from "../../src/kube/api.ts";
import type { Collection, WatchEvent } from "../../src/kube/types.ts";
import { ManualClock, settle } from "../support/manual-clock.ts";
import { type Answer, json, ScriptedFetch, silence } from "../support/scripted-fetch.ts";

const JOBS: Collection = { resource: "jobs" };
const HISTORY: Collection = { resource: "historicjobs" };
const BASE = "https://grafana.test/apis/provisioning.grafana.app";
const never = new AbortController().signal;

function setUp(...answers: Answer[]) {
  const clock = new ManualClock(Date.parse("2026-03-01T10:00:00Z"));
  const server = new ScriptedFetch(...answers);
  const chosen: string[] = [];
  const api = createApi({
    server: "https://grafana.test",
    group: "provisioning.grafana.app",
    versions: ["v0alpha1", "v1beta1"],
    fetch: server.fetch,
    clock,
    userAgent: "job-controller/test",
    onVersion: (version) => chosen.push(version),
  });
  return { api, server, clock, chosen, urls: () => server.requests.map((request) => request.url) };
}

const list = (more: Record<string, unknown> = {}) => json({ kind: "JobList", metadata: { resourceVersion: "7" }, items: [], ...more });
const EMPTY = '{"kind":"List","metadata":{"resourceVersion":"7"},"items":[]}';
const HTML = { headers: { "content-type": "text/html; charset=utf-8" } };
const notFound = () => json({ kind: "Status", code: 404, reason: "NotFound", message: "the server could not find the requested resource" }, { status: 404 });
const events = (...lines: string[]) => new Response(lines.join(""), { headers: { "content-type": "application/json" } });

function piecewise(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(from, from + size));
      from += size;
    },
  }, { highWaterMark: 0 });
}

describe("listPage()", () => {
  test("asks with limit and continue, in this order, and names itself", async () => {
    const { api, server } = setUp(list(), list());
    await api.listPage(JOBS, { limit: 2_000 }, never);
    await api.listPage(JOBS, { limit: 500, continue: "a+b/c=&d" }, never);
    assert.deepEqual(server.requests.map(({ method, url }) => `${method} ${url}`), [
      `GET ${BASE}/v0alpha1/jobs?limit=2000`,
      `GET ${BASE}/v0alpha1/jobs?limit=500&continue=a%2Bb%2Fc%3D%26d`,
    ]);
    for (const { headers, init } of server.requests) {
      assert.deepEqual([...headers], [["accept", "application/json"], ["user-agent", "job-controller/test"]]);
      assert.equal(init.redirect, "manual");
      assert.equal(init.headersTimeoutMs, undefined, "the deadlines of the transport hold");
      assert.equal(init.silenceTimeoutMs, undefined);
    }
  });

  test("asks in a namespace", async () => {
    const { api, urls } = setUp(list());
    await api.listPage({ resource: "historicjobs", namespace: "stacks-42" }, { limit: 1 }, never);
    assert.deepEqual(urls(), [`${BASE}/v0alpha1/namespaces/stacks-42/historicjobs?limit=1`]);
  });

  test("gives items, version, token, size and the server's time", async () => {
    const body = { kind: "JobList", metadata: { resourceVersion: "1897654321098765433", continue: "t" }, items: [{ metadata: { name: "ä" } }] };
    const { api } = setUp(json(body, { headers: { date: "Sun, 01 Mar 2026 10:00:05 GMT" } }));
    assert.deepEqual(await api.listPage(JOBS, { limit: 1 }, never), {
      items: [{ metadata: { name: "ä" } }],
      version: "1897654321098765433",
      continue: "t",
      bytes: JSON.stringify(body).length + 1,
      serverTimeMs: Date.parse("2026-03-01T10:00:05Z"),
    });
  });

  for (const [what, answer, expected] of [
    ["items: null", list({ items: null }), { items: [], version: "7" }],
    ["a HistoricJobList without items, as Go leaves an empty one out", list({ kind: "HistoricJobList", items: undefined }), { items: [], version: "7" }],
    ["an empty token", list({ metadata: { resourceVersion: "7", continue: "" } }), { items: [], version: "7" }],
    ["a list without resourceVersion, as Go leaves an empty one out", list({ metadata: {} }), { items: [], version: "" }],
    ["a list without kind", list({ kind: undefined }), { items: [], version: "7" }],
    ["a content type that is wrong", new Response(EMPTY, { headers: { "content-type": "text/plain" } }), { items: [], version: "7" }],
    ["a byte order mark", new Response(`\uFEFF${EMPTY}`), { items: [], version: "7" }],
  ] as const) {
    test(`accepts ${what}`, async () => {
      const { items, version, continue: next } = await setUp(answer).api.listPage(JOBS, { limit: 1 }, never);
      assert.deepEqual({ items, version }, expected);
      assert.equal(next, undefined);
    });
  }

  test("hands items on as they come, waits until they are taken, and gives the rest of the page", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ items: ["ä", "b", "c"].map((name) => ({ metadata: { name } })), kind: "JobList", metadata: { resourceVersion: "7" } }));
    const taken: string[] = [];
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const { api } = setUp(new Response(piecewise(bytes, 40)));
    const asking = api.listPage(JOBS, {
      limit: 9,
      async take(items) {
        taken.push(...items.map(({ metadata }) => metadata?.name ?? ""));
        await gate;
      },
    }, never);
    await settle();
    assert.deepEqual(taken, ["ä"]);
    open();
    const { items, version, bytes: size } = await asking;
    assert.deepEqual([taken, items, version, size], [["ä", "b", "c"], [], "7", bytes.length]);
  });

  test("tells the server's time at the page's end", async () => {
    const { api, clock } = setUp(list({ items: [{}] }));
    const page = await api.listPage(JOBS, { limit: 9, take: () => clock.advance(3_000) }, never);
    assert.equal(page.serverTimeMs, undefined);
    const { api: dated, clock: later } = setUp(json({ kind: "JobList", metadata: { resourceVersion: "7" }, items: [{}] }, { headers: { date: "Sun, 01 Mar 2026 10:00:05 GMT" } }));
    const { serverTimeMs } = await dated.listPage(JOBS, { limit: 9, take: () => later.advance(3_000) }, never);
    assert.equal(serverTimeMs, Date.parse("2026-03-01T10:00:08Z"));
  });

  test("lets the body go, and throws what whoever takes the items has thrown", async () => {
    const full = new Error("full");
    const { api } = setUp(list({ items: [{}] }));
    await assert.rejects(api.listPage(JOBS, { limit: 9, take: () => Promise.reject(full) }, never), (error) => error === full);
  });

  for (const [what, answer, message, reason] of [
    ["HTML", new Response("<html>login</html>", HTML), /expected JSON, got text\/html; is the server URL that of the API server\?$/, "not-json"],
    ["nothing", new Response(""), /expected JSON, got text/, "malformed"],
    ["204", new Response(null, { status: 204 }), /expected JSON/, "malformed"],
    ["JSON that is cut off", new Response('{"kind":"JobList","metadata":{"resourceVersion":"7"},"items":[{"meta'), /expected JSON, got some that is cut off or damaged$/, "malformed"],
    ["an item that is no JSON", new Response('{"kind":"JobList","metadata":{"resourceVersion":"7"},"items":[{"a":1},{b},{"c":3}]}'), /cut off or damaged$/, "malformed"],
    ["a comma too many", new Response('{"kind":"JobList","metadata":{"resourceVersion":"7"},"items":[{"a":1},]}'), /cut off or damaged$/, "malformed"],
    ["another kind", json({ kind: "Status", status: "Success", metadata: {} }), /expected a list, got kind Status$/, "unexpected"],
    ["a Table", json({ kind: "Table", metadata: { resourceVersion: "7" }, rows: [] }), /expected a list, got kind Table$/, "unexpected"],
    ["JSON of something else", json({ status: "ok" }), /expected a list with metadata.resourceVersion/, "unexpected"],
    ["an array", json([]), /expected a list with/, "unexpected"],
    ["null", json(null), /expected a list with/, "unexpected"],
    ["a number", json(5), /expected a list with/, "unexpected"],
    ["a list without items", list({ items: undefined }), /expected items to be an array/, "unexpected"],
    ["items that are no array", list({ items: {} }), /expected items to be an array/, "unexpected"],
    ["items that are no objects", list({ items: [{ metadata: { name: "a" } }, null] }), /expected items to be objects/, "unexpected"],
  ] as const) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(setUp(answer).api.listPage(JOBS, { limit: 1 }, never), (error) => {
        assert.ok(error instanceof ProtocolError, String(error));
        assert.match(error.message, /^Cannot list jobs in all namespaces: /);
        assert.match(error.message, message);
        return error.reason === reason;
      });
    });
  }

  for (const status of [301, 302, 307, 308]) {
    test(`refuses ${status} and does not follow it`, async () => {
      const { api, server } = setUp(new Response(null, { status, headers: { location: "https://elsewhere.test/login?token=abc" } }));
      await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), (error) => {
        assert.ok(error instanceof ProtocolError);
        assert.match(error.message, new RegExp(`server answered ${status}, a redirect to another address; expected the API server itself$`));
        return !error.message.includes("abc");
      });
      assert.equal(server.requests.length, 1);
    });
  }

  for (const [status, reason] of [
    [400, "BadRequest"],
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [409, "Conflict"],
    [410, "Expired"],
    [429, "TooManyRequests"],
    [500, "InternalError"],
    [503, "ServiceUnavailable"],
  ] as const) {
    test(`throws ${status} as it is, without a second try`, async () => {
      const body = { kind: "Status", reason, message: "because", code: status };
      const { api, server } = setUp(json(body, { status, headers: { "retry-after": "12" } }));
      await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), (error) => {
        assert.ok(error instanceof ApiError);
        assert.equal(error.message, `Cannot list jobs in all namespaces: server answered ${status} ${reason}: because`);
        assert.deepEqual([error.status, error.reason, error.retryAfterMs], [status, reason, 12_000]);
        return true;
      });
      assert.equal(server.requests.length, 1);
    });
  }

  test("reads Retry-After as a date too, by the local clock", async () => {
    const { api } = setUp(new Response("", { status: 503, headers: { "retry-after": "Sun, 01 Mar 2026 10:00:20 GMT" } }));
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), (error) => error instanceof ApiError && error.retryAfterMs === 20_000);
  });

  for (const [what, thrown] of [
    ["a network error, with its cause", new NetworkError("Cannot connect", "refused", { cause: new Error("ECONNREFUSED") })],
    ["a token error", new TokenError("exchange refused", { status: 403, cause: new Error("inner") })],
  ] as const) {
    test(`throws ${what}, unchanged`, async () => {
      await assert.rejects(setUp(thrown).api.listPage(JOBS, { limit: 1 }, never), (error) => error === thrown);
    });
  }

  test("throws what breaks the body off, unchanged", async () => {
    const lost = new NetworkError("Lost the connection", "closed", { cause: new Error("ECONNRESET") });
    await assert.rejects(setUp(() => new Response(broken('{"kind":"JobList"', lost))).api.listPage(JOBS, { limit: 1 }, never), (error) => error === lost);
  });

  test("ends with the signal's reason, before and during the request", async () => {
    const { api, server } = setUp(() => silence());
    const reason = new Error("stop", { cause: "signal" });
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, AbortSignal.abort(reason)), (error) => error === reason);
    assert.equal(server.requests.length, 0);
    const stop = new AbortController();
    const asking = api.listPage(JOBS, { limit: 1 }, stop.signal);
    await server.received(1);
    stop.abort(reason);
    await assert.rejects(asking, (error) => error === reason);
  });

  test("keeps what a body quotes of our own headers out of the error", async () => {
    const { api } = setUp(new Response("X-Access-Token: Bearer canary", { status: 500 }));
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), (error) => {
      assert.ok(error instanceof ApiError);
      for (let at: unknown = error; at instanceof Error; at = at.cause) assert.ok(!JSON.stringify({ ...at, message: at.message }).includes("canary"));
      return true;
    });
  });
});

describe("API version", () => {
  test("goes to the next version on 404, and stays there", async () => {
    const { api, urls, chosen } = setUp(notFound(), list(), list(), events());
    await api.listPage(JOBS, { limit: 1 }, never);
    await api.listPage(JOBS, { limit: 1 }, never);
    await api.openWatch(JOBS, { version: "7", timeoutSeconds: 300 }, never);
    assert.deepEqual(urls().map((url) => url.slice(BASE.length)), [
      "/v0alpha1/jobs?limit=1",
      "/v1beta1/jobs?limit=1",
      "/v1beta1/jobs?limit=1",
      "/v1beta1/jobs?watch=true&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=7",
    ]);
    assert.deepEqual(chosen, ["v1beta1"]);
  });

  test("throws the first version's 404 when none is served", async () => {
    const { api, urls, chosen } = setUp(json({ kind: "Status", reason: "NotFound", message: "first" }, { status: 404 }), new Response("", { status: 404 }));
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), /404 NotFound: first$/);
    assert.equal(urls().length, 2);
    assert.deepEqual(chosen, []);
  });

  test("throws another refusal of the second version", async () => {
    const { api } = setUp(notFound(), json({ kind: "Status", reason: "Forbidden" }, { status: 403 }));
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), (error) => error instanceof ApiError && error.status === 403);
  });

  test("tries no other version on anything but 404", async () => {
    for (const status of [400, 401, 403, 410, 429, 500, 503]) {
      const { api, server } = setUp(new Response("", { status }));
      await assert.rejects(api.listPage(JOBS, { limit: 1 }, never), ApiError);
      assert.equal(server.requests.length, 1);
    }
  });

  test("takes a 404 of the history for its absence, once the jobs have answered", async () => {
    const { api, urls } = setUp(list(), notFound());
    await api.listPage(JOBS, { limit: 1 }, never);
    await assert.rejects(api.listPage(HISTORY, { limit: 1 }, never), ApiError);
    assert.equal(urls().length, 2);
  });

  test("looks for the history in the next version as long as nothing has answered", async () => {
    const { api, urls, chosen } = setUp(notFound(), json({ kind: "HistoricJobList", metadata: {}, items: [] }));
    await api.listPage(HISTORY, { limit: 1 }, never);
    assert.equal(urls().length, 2);
    assert.deepEqual(chosen, ["v1beta1"]);
  });

  test("takes a 404 of the history for its absence in a later version, too", async () => {
    const { api, urls } = setUp(notFound(), list(), notFound());
    await api.listPage(JOBS, { limit: 1 }, never);
    await assert.rejects(api.listPage(HISTORY, { limit: 1 }, never), ApiError);
    assert.equal(urls().length, 3);
  });

  test("looks for the jobs anew when their version is gone, as after an upgrade", async () => {
    const { api, chosen } = setUp(list(), notFound(), list());
    await api.listPage(JOBS, { limit: 1 }, never);
    await api.listPage(JOBS, { limit: 1 }, never);
    assert.deepEqual(chosen, ["v1beta1"]);
  });

  test("is found by two requests at once, said once, and the history's 404 at the wrong version is no absence", async () => {
    const held: (() => void)[] = [];
    const late = () => new Promise<Response>((resolve) => held.push(() => resolve(notFound())));
    const { api, server, urls, chosen } = setUp(late, late, list(), list({ kind: "HistoricJobList" }));
    const both = [api.listPage(JOBS, { limit: 1 }, never), api.listPage(HISTORY, { limit: 1 }, never)];
    await server.received(2);
    held[0]?.();
    await both[0];
    held[1]?.();
    await both[1];
    assert.deepEqual(urls().map((url) => url.slice(BASE.length)), [
      "/v0alpha1/jobs?limit=1",
      "/v0alpha1/historicjobs?limit=1",
      "/v1beta1/jobs?limit=1",
      "/v1beta1/historicjobs?limit=1",
    ]);
    assert.deepEqual(chosen, ["v1beta1"]);
  });

  test("reads and deletes objects through the version that answered", async () => {
    const { api, urls } = setUp(notFound(), list(), json({ metadata: { name: "a", uid: "1", resourceVersion: "7" } }), json({ kind: "Status" }));
    await api.listPage(JOBS, { limit: 1 }, never);
    await api.getObject(HISTORY, { namespace: "default", name: "a" }, never);
    await api.deleteObject(HISTORY, { namespace: "default", name: "a", uid: "1" }, never);
    for (const url of urls().slice(2)) assert.match(url, /\/v1beta1\/namespaces\/default\/historicjobs\/a$/);
  });

  test("is not asked for anew by an object that is not there", async () => {
    const { api, urls } = setUp(notFound());
    await assert.rejects(api.getObject(JOBS, { namespace: "default", name: "a" }, never), ApiError);
    assert.equal(urls().length, 1);
  });
});

describe("openWatch()", () => {
  async function readAll(stream: AsyncGenerator<WatchEvent[]>): Promise<string[]> {
    const types: string[] = [];
    for await (const batch of stream) types.push(...batch.map((event) => event.type));
    return types;
  }

  test("asks for bookmarks, an end and no compression, from a version", async () => {
    const { api, server, urls } = setUp(events());
    await api.openWatch({ resource: "jobs", namespace: "default" }, { version: "1897654321098765433", timeoutSeconds: 287 }, never);
    assert.deepEqual(urls(), [
      `${BASE}/v0alpha1/namespaces/default/jobs?watch=true&allowWatchBookmarks=true&timeoutSeconds=287&resourceVersion=1897654321098765433`,
    ]);
    const [{ headers, init, method }] = server.requests as [(typeof server.requests)[0]];
    assert.equal(method, "GET");
    assert.deepEqual([...headers], [["accept", "application/json"], ["accept-encoding", "identity"], ["user-agent", "job-controller/test"]]);
    assert.deepEqual([init.redirect, init.silenceTimeoutMs, init.headersTimeoutMs], ["manual", false, 60_000]);
  });

  test("asks without resourceVersion where no version is known", async () => {
    const { api, urls } = setUp(events());
    await api.openWatch(JOBS, { version: "", timeoutSeconds: 287 }, never);
    assert.deepEqual(urls(), [`${BASE}/v0alpha1/jobs?watch=true&allowWatchBookmarks=true&timeoutSeconds=287`]);
  });

  test("reads the events of the body", async () => {
    const { api } = setUp(events('{"type":"ADDED","object":{}}\n{"type":"BOOKMARK","object":{}}\n'));
    assert.deepEqual(await readAll(await api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never)), ["ADDED", "BOOKMARK"]);
  });

  test("throws from the events what breaks the body off, unchanged", async () => {
    const lost = new NetworkError("Lost the connection", "closed", { cause: new Error("ECONNRESET") });
    const { api } = setUp(() => new Response(broken('{"type":"ADDED","object":{}}\n', lost)));
    const stream = await api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never);
    assert.equal((await stream.next()).value?.length, 1);
    await assert.rejects(stream.next(), (error) => error === lost);
  });

  for (const [what, answer, expected] of [
    ["410", json({ kind: "Status", code: 410, reason: "Expired", message: "too old" }, { status: 410 }), { status: 410, reason: "Expired" }],
    ["429 with Retry-After", new Response("slow down", { status: 429, headers: { "retry-after": "3" } }), { status: 429, retryAfterMs: 3_000 }],
    ["403", json({ kind: "Status", code: 403, reason: "Forbidden" }, { status: 403 }), { status: 403 }],
    ["504", json({ kind: "Status", code: 504, details: { retryAfterSeconds: 1 } }, { status: 504 }), { status: 504, retryAfterMs: 1_000 }],
  ] as const) {
    test(`throws ${what}`, async () => {
      await assert.rejects(setUp(answer).api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never), (error) => {
        assert.ok(error instanceof ApiError);
        assert.match(error.message, /^Cannot watch jobs in all namespaces: server answered/);
        return Object.entries(expected).every(([key, value]) => error[key as "status"] === value);
      });
    });
  }

  test("reads no more than the start of an error's body, and lets it go", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(120));
      },
      cancel() {
        cancelled = true;
      },
    });
    const { api } = setUp(new Response(endless, { status: 500 }));
    await assert.rejects(api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never), ApiError);
    assert.ok(cancelled && pulled < 1_000_000, `${pulled}`);
  });

  test("refuses HTML and redirects, and lets the body go", async () => {
    let cancelled = false;
    const body = new ReadableStream<Uint8Array>({
      cancel() {
        cancelled = true;
      },
    });
    const html = setUp(new Response(body, { headers: { "content-type": "text/html" } }));
    await assert.rejects(html.api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never), /expected a stream of JSON, got text\/html/);
    assert.equal(cancelled, true);
    const redirect = setUp(new Response(null, { status: 302, headers: { location: "/login" } }));
    await assert.rejects(redirect.api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never), ProtocolError);
    await assert.rejects(setUp(new Response(null)).api.openWatch(JOBS, { version: "7", timeoutSeconds: 287 }, never), /got no body/);
  });
});

describe("firstAnswerMs", () => {
  test("is the server's time of the first answer, refusals included, and stays", async () => {
    const { api, clock } = setUp(
      new Response("", { status: 503, headers: { date: "Sun, 01 Mar 2026 09:59:00 GMT" } }),
      json({ kind: "JobList", metadata: {}, items: [] }, { headers: { date: "Sun, 01 Mar 2026 10:30:00 GMT" } }),
    );
    assert.equal(api.firstAnswerMs, undefined);
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, never));
    await clock.advance(60_000);
    await api.listPage(JOBS, { limit: 1 }, never);
    assert.equal(api.firstAnswerMs, Date.parse("2026-03-01T09:59:00Z"));
  });

  test("is the local time where the server does not tell, and nothing where none answered", async () => {
    const { api, clock } = setUp(new NetworkError("refused", "refused"), events());
    await assert.rejects(api.listPage(JOBS, { limit: 1 }, never));
    assert.equal(api.firstAnswerMs, undefined);
    await clock.advance(5_000);
    await api.openWatch(JOBS, { version: "", timeoutSeconds: 287 }, never);
    assert.equal(api.firstAnswerMs, Date.parse("2026-03-01T10:00:05Z"));
  });
});

/** A body that gives `start` and then breaks off with `error`. */
function broken(start: string, error: Error): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(error);
      else controller.enqueue(new TextEncoder().encode(start));
      sent = true;
    },
  });
}
