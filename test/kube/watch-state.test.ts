import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { ApiError, NetworkError, ProtocolError, TokenError } from "../../src/base/errors.ts";
import { parseEvent } from "../../src/kube/ndjson.ts";
import type { KubeObject, WatchEvent } from "../../src/kube/types.ts";
import { job } from "../support/objects.ts";
import { following, Machine, RESYNC_MS, words } from "../support/machine.ts";

const ADDED = (object: KubeObject): WatchEvent => ({ type: "ADDED", object });
const MODIFIED = (object: KubeObject): WatchEvent => ({ type: "MODIFIED", object });
const DELETED = (object: KubeObject): WatchEvent => ({ type: "DELETED", object });
const BOOKMARK = (version: string): WatchEvent => ({ type: "BOOKMARK", object: { metadata: { resourceVersion: version } } });
const ERROR = (code: number, more: Record<string, unknown> = {}): WatchEvent => ({ type: "ERROR", object: { kind: "Status", code, ...more } });

const lost = new NetworkError("Lost the connection", "closed");
const garbage = new ProtocolError("Cannot read watch: expected one JSON event a line, got text that is not JSON");

/** The version that the next open asks for, or `anchor` if it reads one first. */
function resumes(machine: Machine): string {
  const [output] = machine.send({ kind: "retry" });
  return output?.kind === "open" ? output.version : output?.kind === "read-version" ? "anchor" : `unexpected ${output?.kind}`;
}

describe("step(), the order of things", () => {
  test("reads a version, opens the stream there, and lists only then", () => {
    const machine = new Machine();
    assert.deepEqual(words(machine.send({ kind: "start" })), ["read-version"]);
    assert.deepEqual(words(machine.send({ kind: "version", version: "10" })), ["open 10"]);
    assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up", "list"]);
    assert.deepEqual(words(machine.send({ kind: "list-began" })), ["fetch-page first"]);
    machine.at = 3_000;
    assert.deepEqual(words(machine.page([job("a", "1")], { continue: "t1" })), ["applied 1 initial", "fetch-page t1"]);
    machine.at = 5_000;
    assert.deepEqual(words(machine.page([job("b", "2")])), ["applied 2 initial", "first listed 2: 2 found, 0 changed, 0 gone", `list-in ${RESYNC_MS - 5_000}`]);
  });

  test("retries the version with a growing delay, without a list", () => {
    const machine = new Machine();
    machine.send({ kind: "start" });
    assert.deepEqual(words(machine.send({ kind: "anchor-failed", error: lost })), ["failure anchor 800", "retry-in 800"]);
    assert.deepEqual(words(machine.send({ kind: "retry" })), ["read-version"]);
    assert.deepEqual(words(machine.send({ kind: "anchor-failed", error: lost })), ["failure anchor 1600", "retry-in 1600"]);
  });

  test("opens from now on where the server names no version", () => {
    const machine = new Machine();
    machine.send({ kind: "start" });
    assert.deepEqual(words(machine.send({ kind: "version", version: "" })), ["open "]);
  });

  test("lists again after each reconnect, and after 410 anchors first and lists then", () => {
    const machine = following();
    machine.at = 100_000;
    machine.send({ kind: "closed", error: undefined });
    machine.send({ kind: "retry" });
    assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up", "list"]);
    machine.list([]);
    machine.at = 200_000;
    machine.events(ERROR(410));
    assert.deepEqual(words(machine.send({ kind: "retry" })), ["read-version"]);
    assert.deepEqual(words(machine.send({ kind: "version", version: "99" })), ["open 99"]);
    assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up", "list"]);
  });
});

describe("step(), how a stream ends", () => {
  const healthy = 100_000;
  const short = 500;

  // What ends it, after how long, where it goes on, after which delay. src: list-watch.md, section 5
  const rows: [what: string, end: (machine: Machine) => unknown, livedMs: number, next: "10" | "anchor", delayMs: number][] = [
    ["a clean end", (m) => m.send({ kind: "closed", error: undefined }), healthy, "10", 0],
    ["a clean end after half a second without an event", (m) => m.send({ kind: "closed", error: undefined }), short, "10", 800],
    ["a reset", (m) => m.send({ kind: "closed", error: lost }), healthy, "10", 0],
    ["a reset at once", (m) => m.send({ kind: "closed", error: lost }), short, "10", 800],
    ["silence past its end", (m) => m.send({ kind: "closed", error: new NetworkError("dead", "silence") }), healthy, "10", 0],
    ["a garbage line", (m) => m.send({ kind: "closed", error: garbage }), healthy, "10", 0],
    ["a garbage line at once", (m) => m.send({ kind: "closed", error: garbage }), short, "10", 800],
    ["ERROR 410", (m) => m.events(ERROR(410)), healthy, "anchor", 0],
    ["ERROR 410 at once", (m) => m.events(ERROR(410)), short, "anchor", 800],
    ["ERROR with reason Expired", (m) => m.events(ERROR(500, { reason: "Expired" })), healthy, "anchor", 0],
    ["ERROR with reason Gone", (m) => m.events(ERROR(500, { reason: "Gone" })), healthy, "anchor", 0],
    ["a Status 410 in place of events", (m) => m.events(parseEvent('{"kind":"Status","code":410}') as WatchEvent), short, "anchor", 800],
    ["ERROR 504, too large a version", (m) => m.events(ERROR(504, { details: { retryAfterSeconds: 1 } })), healthy, "anchor", 1_000],
    ["ERROR 400, no such version", (m) => m.events(ERROR(400)), healthy, "anchor", 0],
    ["ERROR 500", (m) => m.events(ERROR(500)), healthy, "10", 0],
    ["ERROR 500 at once", (m) => m.events(ERROR(500)), short, "10", 800],
    ["ERROR 429", (m) => m.events(ERROR(429, { details: { retryAfterSeconds: 7 } })), healthy, "10", 7_000],
    ["ERROR 401", (m) => m.events(ERROR(401)), healthy, "10", 0],
    ["ERROR 403", (m) => m.events(ERROR(403)), healthy, "10", 0],
    ["ERROR without a code", (m) => m.events({ type: "ERROR", object: {} }), healthy, "10", 0],
    ["a list in place of events", (m) => m.send({ kind: "closed", error: parseEvent('{"kind":"JobList","items":[]}') }), short, "10", 800],
  ];
  for (const [what, end, livedMs, next, delayMs] of rows) {
    test(`${what}: ${next === "anchor" ? "reads a version anew" : "goes on from its version"} after ${delayMs} ms`, () => {
      const machine = following();
      machine.at += livedMs;
      end(machine);
      const delays = machine.outputs.filter((output) => output.kind === "retry-in").map((output) => output.ms);
      assert.deepEqual(delays, [delayMs]);
      assert.equal(words(machine.outputs).filter((word) => word === "stream down").length, 1);
      assert.equal(resumes(machine), next);
    });
  }

  test("after an ERROR event the stream is closed from our side, whatever the server does with the socket", () => {
    const machine = following();
    machine.at = healthy;
    assert.deepEqual(words(machine.events(ERROR(500), ADDED(job("late", "9", "11")))), ["close", "stream down", "failure stream 0", "retry-in 0"]);
    assert.deepEqual(words(machine.events(ADDED(job("late", "9", "11")))), [], "what comes after it is void");
    assert.deepEqual(words(machine.send({ kind: "closed", error: undefined })), []);
  });

  test("what came before an ERROR in the same chunk counts", () => {
    const machine = following();
    machine.at = healthy;
    assert.deepEqual(words(machine.events(ADDED(job("a", "1", "11")), ERROR(500))).slice(0, 2), ["applied 1 live", "close"]);
    assert.equal(resumes(machine), "11");
  });

  test("a clean end is no failure, a lost connection is one of the stream", () => {
    const machine = following();
    machine.at = healthy;
    assert.deepEqual(words(machine.send({ kind: "closed", error: undefined })), ["stream down", "retry-in 0"]);
    const other = following();
    other.at = healthy;
    const outputs = other.send({ kind: "closed", error: lost });
    assert.deepEqual(words(outputs), ["stream down", "failure stream 0", "retry-in 0"]);
    assert.deepEqual(outputs[0], { kind: "stream", up: false, error: lost });
  });

  for (const [what, end, livedMs] of [
    ["the same garbage line", (m: Machine) => m.send({ kind: "closed", error: garbage }), short],
    ["the same garbage line after a while", (m: Machine) => m.send({ kind: "closed", error: garbage }), healthy],
    ["ERROR 500", (m: Machine) => m.events(ERROR(500)), healthy],
    ["a clean end at once", (m: Machine) => m.send({ kind: "closed", error: undefined }), short],
    ["a type it does not know, then an end", (m: Machine) => [m.events({ type: "UNKNOWN", name: "RENAMED" }), m.send({ kind: "closed", error: lost })], short],
  ] as const) {
    test(`the third time in a row that ${what} comes from one version, the version is read anew`, () => {
      const machine = following();
      const next: string[] = [];
      for (let nth = 0; nth < 4; nth++) {
        machine.at += livedMs;
        end(machine);
        next.push(resumes(machine));
        if (next.at(-1) === "anchor") machine.send({ kind: "version", version: "10" });
        machine.send({ kind: "opened" });
      }
      assert.deepEqual(next, ["10", "10", "anchor", "10"]);
    });
  }

  test("ends between which the version moves on are never one too many", () => {
    const machine = following();
    for (let nth = 11; nth < 20; nth++) {
      machine.at += short;
      machine.events(BOOKMARK(String(nth)));
      machine.events(ERROR(500));
      assert.equal(resumes(machine), String(nth));
      machine.send({ kind: "opened" });
    }
  });

  test("a quiet stream that a load balancer cuts every minute keeps its version for ever", () => {
    const machine = following();
    for (let nth = 0; nth < 10; nth++) {
      machine.at += 60_000;
      machine.send({ kind: "closed", error: lost });
      assert.equal(resumes(machine), "10");
      machine.send({ kind: "opened" });
    }
  });

  test("streams that end at once are opened at growing distances, and an hour of health forgets it", () => {
    const machine = following();
    for (let nth = 0; nth < 5; nth++) {
      machine.at += 1;
      machine.send({ kind: "closed", error: lost });
      if (resumes(machine) === "anchor") machine.send({ kind: "version", version: "10" });
      machine.send({ kind: "opened" });
    }
    const delays = () => machine.outputs.filter((output) => output.kind === "retry-in").map((output) => output.ms);
    assert.deepEqual(delays(), [800, 1_600, 3_200, 6_400, 12_800]);
    machine.at += 3_600_000;
    machine.send({ kind: "closed", error: lost });
    machine.send({ kind: "retry" });
    machine.send({ kind: "opened" });
    machine.at += 1;
    machine.send({ kind: "closed", error: lost });
    assert.deepEqual(delays().slice(-2), [0, 800]);
  });

  test("polite ends of streams that brought events keep the first delay, as of a server that drops slow readers in a burst", () => {
    const machine = following();
    for (let nth = 0; nth < 5; nth++) {
      machine.at += 1;
      machine.events(ADDED(job(`burst-${nth}`, `u-${nth}`, String(11 + nth))));
      machine.send({ kind: "closed", error: undefined });
      machine.send({ kind: "retry" });
      machine.send({ kind: "opened" });
    }
    const delays = machine.outputs.filter((output) => output.kind === "retry-in").map((output) => output.ms);
    assert.deepEqual(delays, [800, 800, 800, 800, 800]);
  });
});

describe("step(), when a stream does not open", () => {
  function refused(error: unknown): Machine {
    const machine = new Machine();
    machine.send({ kind: "start" });
    machine.send({ kind: "version", version: "10" });
    machine.send({ kind: "open-failed", error });
    return machine;
  }

  for (const [what, error, next] of [
    ["410", new ApiError("too old", { status: 410 }), "anchor"],
    ["reason Expired", new ApiError("too old", { status: 400, reason: "Expired" }), "anchor"],
    ["400", new ApiError("bad version", { status: 400 }), "anchor"],
    ["404", new ApiError("no such collection", { status: 404 }), "anchor"],
    ["504", new ApiError("too large", { status: 504 }), "anchor"],
    ["401", new ApiError("unauthorized", { status: 401 }), "10"],
    ["403", new ApiError("forbidden", { status: 403 }), "10"],
    ["405", new ApiError("no watch", { status: 405 }), "10"],
    ["429", new ApiError("slow down", { status: 429, retryAfterMs: 9_000 }), "10"],
    ["500", new ApiError("oops", { status: 500 }), "10"],
    ["503", new ApiError("shutting down", { status: 503 }), "10"],
    ["refused", new NetworkError("refused", "refused"), "10"],
    ["HTML", new ProtocolError("expected a stream of JSON, got text/html"), "10"],
    ["no token", new TokenError("refused", { status: 500 }), "10"],
  ] as const) {
    test(`${what}: ${next === "anchor" ? "reads a version anew" : "keeps the version"}, and lists meanwhile`, () => {
      const machine = refused(error);
      const ms = what === "429" ? 9_000 : 800;
      assert.deepEqual(words(machine.outputs.slice(2)), [`failure open ${ms}`, `retry-in ${ms}`, "list"]);
      assert.equal(resumes(machine), next);
    });
  }

  test("jobs are told from lists alone, first as initial, then as relist", () => {
    const machine = refused(new ApiError("forbidden", { status: 403 }));
    assert.deepEqual(words(machine.send({ kind: "list-began" })), ["fetch-page first"]);
    assert.ok(words(machine.page([job("a", "1")])).includes("applied 1 initial"));
    assert.deepEqual(words(machine.list([job("a", "1"), job("b", "2")])), [
      "list",
      "fetch-page first",
      "applied 2 relist",
      "listed 2: 1 found, 0 changed, 0 gone",
      `list-in ${RESYNC_MS}`,
    ]);
    machine.send({ kind: "retry" });
    assert.deepEqual(words(machine.send({ kind: "open-failed", error: new ApiError("forbidden", { status: 403 }) })), ["failure open 1600", "retry-in 1600"]);
  });
});

describe("step(), how far back events can come from", () => {
  const resumesAt = (machine: Machine) => machine.outputs.findLast((output) => output.kind === "listed")?.resumesAt;

  /** A list that begins now and finds the collection at `version`. */
  function listAt(machine: Machine, version: string): void {
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.page([], { version });
  }

  /** A version asked for at 1 s, a stream open since 3 s. */
  function opened(): Machine {
    const machine = new Machine();
    machine.at = 1_000;
    machine.send({ kind: "start" });
    machine.at = 2_000;
    machine.send({ kind: "version", version: "10" });
    machine.at = 3_000;
    machine.send({ kind: "opened" });
    return machine;
  }

  test("not from before the version was asked for, while nothing shows that the stream is past more", () => {
    const machine = opened();
    machine.at = 4_000;
    listAt(machine, "20");
    assert.equal(resumesAt(machine), 1_000);
    machine.at = 5_000;
    machine.events(ADDED(job("a", "1", "19")), { type: "UNKNOWN", name: "RENAMED" });
    machine.at = 900_000;
    listAt(machine, "30");
    assert.equal(resumesAt(machine), 1_000, "an event may be old, and a quiet stream dead");
  });

  for (const event of [ADDED(job("a", "1", "20")), BOOKMARK("20"), BOOKMARK("100")]) {
    test(`not from before the begin of a list whose version ${event.type} ${event.type === "BOOKMARK" ? event.object.metadata?.resourceVersion : "20"} has passed`, () => {
      const machine = opened();
      machine.at = 4_000;
      listAt(machine, "20");
      machine.at = 5_000;
      machine.events(event);
      machine.at = 6_000;
      machine.send({ kind: "closed", error: lost });
      machine.at = 900_000;
      listAt(machine, "200");
      assert.equal(resumesAt(machine), 4_000);
    });
  }

  test("not from longer than an hour ago, whatever versions look like", () => {
    const machine = opened();
    machine.at = 3_600_000;
    machine.events(ADDED(job("a", "1", "5")));
    listAt(machine, "1897654321098765433");
    assert.equal(resumesAt(machine), 1_000);
    machine.at = 3_700_000;
    machine.events(ADDED(job("b", "2", "6")));
    listAt(machine, "1897654321098765499");
    assert.equal(resumesAt(machine), 100_000);
  });

  test("from now on where no version is kept", () => {
    const machine = following();
    machine.at = 100_000;
    machine.events(ERROR(410));
    machine.at = 200_000;
    machine.list([]);
    assert.equal(resumesAt(machine), 200_000);
    machine.send({ kind: "retry" });
    machine.at = 300_000;
    machine.list([]);
    assert.equal(resumesAt(machine), 200_000, "the version is being read");
  });

  test("not from before a stream that could not be opened for ten minutes: its version is read anew", () => {
    const machine = following();
    machine.at = 100_000;
    machine.send({ kind: "closed", error: lost });
    for (machine.at = 110_000; machine.at <= 700_000; machine.at += 10_000) {
      assert.equal(resumes(machine), "10");
      machine.send({ kind: "open-failed", error: lost });
    }
    assert.equal(resumes(machine), "anchor");
  });

  test("a quiet stream goes on from its version, however old that is", () => {
    const machine = following();
    machine.at = 10 * 3_600_000;
    machine.send({ kind: "closed", error: undefined });
    assert.equal(resumes(machine), "10");
  });
});

describe("step(), events", () => {
  // src: list-watch.md, section 9
  const rows: [what: string, known: KubeObject[], events: WatchEvent[], facts: string[], uids: Record<string, string | undefined>][] = [
    ["ADDED of an unknown", [], [ADDED(job("a", "1", "11"))], ["applied 1 live"], { "default/a": "1" }],
    ["ADDED of a known", [job("a", "1")], [ADDED(job("a", "1", "11"))], [], { "default/a": "1" }],
    ["an event twice", [], [ADDED(job("a", "1", "11")), ADDED(job("a", "1", "11"))], ["applied 1 live", "odd doubled 1"], { "default/a": "1" }],
    ["MODIFIED of a known", [job("a", "1")], [MODIFIED(job("a", "1", "11"))], [], { "default/a": "1" }],
    ["MODIFIED of an unknown: its ADDED was lost", [], [MODIFIED(job("a", "1", "11"))], ["applied 1 live"], { "default/a": "1" }],
    ["DELETED of a known", [job("a", "1")], [DELETED(job("a", "1", "11"))], ["deleted 1"], { "default/a": undefined }],
    ["DELETED of an unknown: its whole life was lost but the end", [], [DELETED(job("a", "1", "11"))], ["applied 1 live", "deleted 1"], { "default/a": undefined }],
    ["a recreated object", [job("a", "1")], [DELETED(job("a", "1", "11")), ADDED(job("a", "2", "12"))], ["deleted 1", "applied 2 live"], { "default/a": "2" }],
    ["another uid under a known key: DELETED was lost", [job("a", "1")], [ADDED(job("a", "2", "12"))], ["deleted 1", "applied 2 live"], { "default/a": "2" }],
    ["the begin of a life whose successor a list has shown", [job("a", "2", "50")], [ADDED(job("a", "1", "19"))], ["applied 1 live", "deleted 1"], { "default/a": "2" }],
    ["the late end of an old life", [job("a", "2")], [DELETED(job("a", "1", "11"))], ["applied 1 live", "deleted 1"], { "default/a": "2" }],
    ["an older version of a known", [job("a", "1", "50")], [MODIFIED(job("a", "1", "11"))], [], { "default/a": "1" }],
    ["equal names in two namespaces", [job("a", "1")], [ADDED(job("a", "2", "11", { namespace: "other" }))], ["applied 2 live"], { "default/a": "1", "other/a": "2" }],
    ["deletionTimestamp set", [job("a", "1")], [MODIFIED({ metadata: { ...job("a", "1", "11").metadata, deletionGracePeriodSeconds: 5 } })], [], { "default/a": "1" }],
    ["a bookmark", [job("a", "1")], [BOOKMARK("11")], [], { "default/a": "1" }],
    ["an object without uid", [], [ADDED({ metadata: { name: "a", resourceVersion: "11" } })], ["unusable ADDED event without name or uid"], { "default/a": undefined }],
    ["an object without metadata", [], [DELETED({})], ["unusable DELETED event without name or uid"], {}],
    ["a type that it does not know", [job("a", "1")], [{ type: "UNKNOWN", name: "RENAMED" }], ["unusable event of type RENAMED"], { "default/a": "1" }],
  ];
  for (const [what, objects, events, facts, uids] of rows) {
    test(`${what}: ${facts.length === 0 ? "nothing is told" : facts.join(", ")}`, () => {
      const machine = following(...objects);
      machine.at = 10_000;
      assert.deepEqual(words(machine.events(...events)), facts);
      assert.deepEqual(Object.fromEntries(Object.keys(uids).map((key) => [key, machine.index.uidOf(key)])), uids);
    });
  }

  for (const [what, events, version] of [
    ["the last event's", [ADDED(job("a", "1", "11")), MODIFIED(job("a", "1", "12"))], "12"],
    ["a bookmark's", [BOOKMARK("15")], "15"],
    ["a deletion's own", [DELETED(job("a", "1", "13"))], "13"],
    ["19 digits, as they are", [BOOKMARK("1897654321098765433")], "1897654321098765433"],
    ["the one before, where an event has none", [ADDED(job("a", "1", "11")), ADDED({ metadata: { name: "b", uid: "2" } })], "11"],
    ["the one before, where a bookmark is empty", [ADDED(job("a", "1", "11")), { type: "BOOKMARK", object: {} } as WatchEvent], "11"],
    ["the one before, at a type it does not know", [ADDED(job("a", "1", "11")), { type: "UNKNOWN", name: "RENAMED" } as WatchEvent], "11"],
    ["whatever a restored server sends, older too", [ADDED(job("a", "1", "11")), ADDED(job("b", "2", "3"))], "3"],
  ] as const) {
    test(`the stream goes on from ${what}`, () => {
      const machine = following();
      machine.at = 100_000;
      machine.events(...events);
      machine.send({ kind: "closed", error: undefined });
      assert.equal(resumes(machine), version);
    });
  }

  test("an event whose line was cut off comes again: the version does not move before an event is whole", () => {
    const machine = following();
    machine.at = 100_000;
    machine.events(ADDED(job("a", "1", "11")));
    machine.send({ kind: "closed", error: undefined });
    assert.equal(resumes(machine), "11");
  });

  test("before the first list is through, an end or change of the unknown is of a job that was there before", () => {
    const machine = new Machine().open();
    assert.deepEqual(words(machine.events(ADDED(job("a", "1", "11")), MODIFIED(job("b", "2", "12")), DELETED(job("c", "3", "13")))), [
      "applied 1 live",
      "applied 2 initial",
      "applied 3 initial",
      "deleted 3",
    ]);
  });

  test("events of a stream that is not open are void", () => {
    const machine = new Machine();
    for (const input of [{ kind: "start" }, { kind: "version", version: "10" }] as const) {
      machine.send(input);
      assert.deepEqual(machine.events(ADDED(job("a", "1", "11"))), []);
      assert.deepEqual(machine.send({ kind: "closed", error: lost }), []);
    }
    assert.equal(machine.index.size, 0);
  });
});

describe("step(), a list beside what is known", () => {
  // src: list-watch.md, section 8
  test("unknown: relist; known, same or changed: nothing; other uid: end and begin", () => {
    const machine = following(job("same", "1", "5"), job("changed", "2", "5"), job("again", "3", "5"));
    const outputs = machine.list([job("same", "1", "5"), job("changed", "2", "6"), job("again", "4", "7"), job("new", "5", "8")]);
    assert.deepEqual(words(outputs), [
      "list",
      "fetch-page first",
      "deleted 3",
      "applied 4 relist",
      "applied 5 relist",
      "listed 4: 2 found, 1 changed, 0 gone",
      "check-stream-in 10000",
      `list-in ${RESYNC_MS}`,
    ]);
  });

  test("absence is believed after two complete lists", () => {
    const machine = following(job("a", "1"));
    assert.ok(!words(machine.list([])).includes("deleted 1"));
    assert.deepEqual(words(machine.list([])).slice(2, 4), ["deleted 1", "listed 0: 0 found, 0 changed, 1 gone"]);
  });

  test("a list that broke off concludes nothing, its pages were true", () => {
    const machine = following(job("a", "1"));
    for (let nth = 0; nth < 3; nth++) {
      machine.send({ kind: "list-due" });
      machine.send({ kind: "list-began" });
      machine.page([job(`new${nth}`, `n${nth}`)], { continue: "t1" });
      machine.send({ kind: "list-failed", error: new ApiError("token expired", { status: 410 }) });
    }
    assert.equal(machine.index.size, 4);
    assert.deepEqual(words(machine.outputs).filter((word) => word.startsWith("applied n")), ["applied n0 relist", "applied n1 relist", "applied n2 relist"]);
    assert.ok(!words(machine.outputs).includes("deleted 1"));
  });

  test("a list during which the stream was lost concludes nothing, and another one follows the new stream", () => {
    const machine = following(job("a", "1"));
    machine.at = 100_000;
    machine.list([]);
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.page([], { continue: "t1" });
    machine.send({ kind: "closed", error: lost });
    machine.send({ kind: "retry" });
    assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up"], "one list at a time");
    assert.deepEqual(words(machine.page([])), ["listed 0: 0 found, 0 changed, 0 gone", "list"]);
    machine.send({ kind: "list-began" });
    assert.ok(words(machine.page([])).includes("deleted 1"), "absent from two lists that count");
  });

  test("a list that began and ended while the stream was down counts", () => {
    const machine = following(job("a", "1"));
    machine.at = 100_000;
    machine.send({ kind: "closed", error: lost });
    machine.list([]);
    assert.ok(words(machine.list([])).includes("deleted 1"));
  });

  test("what the stream touches while a list runs is exempt from absence", () => {
    const machine = following(job("a", "1"));
    machine.list([]);
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.events(MODIFIED(job("a", "1", "11")), ADDED(job("b", "2", "12")));
    assert.ok(words(machine.page([])).includes("listed 0: 0 found, 0 changed, 0 gone"));
    assert.equal(machine.index.size, 2);
  });

  test("a late page does not bring back what the stream saw end", () => {
    const machine = following(job("a", "1"));
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.events(DELETED(job("a", "1", "11")), ADDED(job("b", "2", "12")), DELETED(job("b", "2", "13")));
    assert.deepEqual(words(machine.page([job("a", "1"), job("b", "2")])).slice(0, 1), ["listed 2: 0 found, 0 changed, 0 gone"]);
    assert.equal(machine.index.size, 0);
  });

  test("many absences at once are not believed before one list more, which comes at once", () => {
    const all = Array.from({ length: 30 }, (_, nth) => job(`j${nth}`, `u${nth}`));
    const machine = following(...all);
    machine.list([]);
    assert.deepEqual(words(machine.list([])).slice(2), ["listed 0: 0 found, 0 changed, 0 gone, 30 held", "list"]);
    machine.send({ kind: "list-began" });
    assert.equal(words(machine.page([])).filter((word) => word.startsWith("deleted")).length, 30);
  });

  test("an object without uid is told and left alone, the others of the page count", () => {
    const machine = following();
    assert.deepEqual(words(machine.list([{ metadata: { name: "x" } }, job("a", "1")])).slice(2, 5), [
      "unusable listed object without name or uid",
      "applied 1 relist",
      "listed 1: 1 found, 0 changed, 0 gone",
    ]);
  });

  test("parts of a page are told as they come, and count with what is left of it", () => {
    const machine = new Machine().open();
    machine.send({ kind: "list-began" });
    assert.deepEqual(words(machine.send({ kind: "part", items: [job("a", "1"), job("b", "2")] })), ["applied 1 initial", "applied 2 initial"]);
    assert.deepEqual(words(machine.page([job("c", "3")], { continue: "t1" })), ["applied 3 initial", "fetch-page t1"]);
    assert.deepEqual(words(machine.send({ kind: "part", items: [job("d", "4")] })), ["applied 4 initial"]);
    machine.page([]);
    const listed = machine.outputs.find((output) => output.kind === "listed");
    assert.deepEqual([listed?.differences.objects, listed?.differences.found], [4, 4]);
  });

  test("a list that breaks off behind a part was true as far as it came, and proves no absence", () => {
    const machine = new Machine().open();
    machine.list([job("a", "1"), job("b", "2")]);
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    assert.deepEqual(words(machine.send({ kind: "part", items: [job("c", "3")] })), ["applied 3 relist"]);
    machine.send({ kind: "list-failed", error: new Error("cut off") });
    assert.deepEqual(words(machine.send({ kind: "part", items: [job("d", "4")] })), [], "what comes late is void");
    machine.list([job("c", "3")]);
    assert.equal(machine.index.size, 3);
  });

  test("a token that comes twice ends the list as failed, with what its page held", () => {
    const machine = following(job("a", "1"));
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.page([], { continue: "t1" });
    assert.deepEqual(words(machine.page([job("b", "2")], { continue: "t1" })), ["applied 2 relist", "failure list 800", "list-in 800"]);
  });
});

describe("step(), when lists come", () => {
  test("one list at a time: wishes during a list become one list after it", () => {
    const machine = following();
    machine.send({ kind: "list-due" });
    assert.deepEqual(machine.send({ kind: "list-due" }), [], "it waits for its turn already");
    machine.send({ kind: "list-began" });
    machine.at = 100_000;
    for (let nth = 0; nth < 3; nth++) {
      machine.send({ kind: "closed", error: lost });
      machine.send({ kind: "retry" });
      assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up"]);
    }
    assert.deepEqual(words(machine.page([])).slice(-1), ["list"]);
    machine.send({ kind: "list-began" });
    assert.deepEqual(words(machine.page([])).slice(-1), [`list-in ${RESYNC_MS}`]);
  });

  test("a resync begins one interval after the begin of the list before, never earlier", () => {
    const machine = following();
    for (const [tookMs, inMs] of [[0, 60_000], [59_999, 1], [60_000, 0], [200_000, 0]] as const) {
      machine.send({ kind: "list-due" });
      machine.send({ kind: "list-began" });
      machine.at += tookMs;
      assert.deepEqual(words(machine.page([])).slice(-1), [`list-in ${inMs}`]);
    }
  });

  test("a list that failed is tried again at growing distances, and never before the server wants it", () => {
    const machine = following();
    const fail = (error: unknown) => {
      machine.send({ kind: "list-due" });
      machine.send({ kind: "list-began" });
      return words(machine.send({ kind: "list-failed", error }));
    };
    assert.deepEqual(fail(lost), ["failure list 800", "list-in 800"]);
    assert.deepEqual(fail(lost), ["failure list 1600", "list-in 1600"]);
    assert.deepEqual(fail(new ApiError("slow down", { status: 429, retryAfterMs: 45_000 })), ["failure list 45000", "list-in 45000"]);
    machine.at += 10_000;
    machine.send({ kind: "closed", error: lost });
    machine.send({ kind: "retry" });
    assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up"], "the reconnect's list has to wait as well");
    machine.at += 35_000;
    assert.deepEqual(words(machine.send({ kind: "list-due" })), ["list"]);
  });

  test("a reconnect's list does not wait for the delay of our own", () => {
    const machine = following();
    for (let nth = 0; nth < 6; nth++) {
      machine.send({ kind: "list-due" });
      machine.send({ kind: "list-began" });
      machine.send({ kind: "list-failed", error: lost });
    }
    machine.at += 100;
    machine.send({ kind: "closed", error: lost });
    machine.send({ kind: "retry" });
    assert.deepEqual(words(machine.send({ kind: "opened" })), ["stream up", "list"]);
  });

  test("before the first list has ended, every failed attempt at the stream asks for one", () => {
    const machine = new Machine();
    machine.send({ kind: "start" });
    machine.send({ kind: "version", version: "10" });
    machine.send({ kind: "open-failed", error: lost });
    machine.send({ kind: "list-began" });
    machine.send({ kind: "list-failed", error: lost });
    machine.send({ kind: "retry" });
    assert.ok(words(machine.send({ kind: "open-failed", error: lost })).includes("list"));
  });
});

describe("step(), a stream that was cut without a word", () => {
  /** A stream and two lists, the second of which finds a job that the stream should have told of. */
  function silent(): Machine {
    const machine = following();
    machine.at = 60_000;
    machine.list([]);
    machine.at = 120_000;
    return machine;
  }

  function check(machine: Machine) {
    const output = machine.outputs.findLast((each) => each.kind === "check-stream-in");
    assert.ok(output, "no check was ordered");
    return machine.send({ kind: "check-stream", bytesAt: output.bytesAt });
  }

  test("is opened anew at a fresh version when not a byte came for 10 s after a list found something", () => {
    const machine = silent();
    assert.ok(words(machine.list([job("a", "1")])).includes("check-stream-in 10000"));
    machine.at += 10_000;
    assert.deepEqual(words(check(machine)), ["stalled", "close", "stream down", "retry-in 0"]);
    assert.equal(resumes(machine), "anchor", "a restored server may never reach the version");
  });

  for (const [what, second, third] of [
    ["a change", [job("known", "9", "2")], [job("known", "9", "3")]],
    ["an end", [], []],
  ] as const) {
    test(`is suspect as well when a list finds ${what}`, () => {
      const machine = following(job("known", "9", "2"));
      machine.at = 60_000;
      machine.list([...second]);
      machine.at = 120_000;
      assert.ok(words(machine.list([...third])).includes("check-stream-in 10000"));
    });
  }

  test("is left alone when anything came meanwhile", () => {
    const machine = silent();
    machine.list([job("a", "1")]);
    machine.at += 5_000;
    machine.events(BOOKMARK("12"));
    machine.at += 5_000;
    assert.deepEqual(check(machine), []);
  });

  test("is left alone when it was opened anew meanwhile", () => {
    const machine = silent();
    machine.list([job("a", "1")]);
    machine.at += 5_000;
    machine.send({ kind: "closed", error: lost });
    machine.send({ kind: "retry" });
    assert.deepEqual(check(machine), []);
    machine.send({ kind: "opened" });
    assert.deepEqual(check(machine), []);
  });

  test("is no suspect while lists find nothing", () => {
    const machine = silent();
    for (let nth = 0; nth < 5; nth++) {
      machine.at += 60_000;
      assert.ok(!words(machine.list([])).includes("check-stream-in 10000"));
    }
  });

  test("is no suspect when events came while the list ran", () => {
    const machine = silent();
    machine.send({ kind: "list-due" });
    machine.send({ kind: "list-began" });
    machine.at += 100;
    machine.events(ADDED(job("b", "2", "12")));
    assert.ok(!words(machine.page([job("a", "1"), job("b", "2", "12")])).includes("check-stream-in 10000"));
  });

  test("is no suspect for what the list right after a reconnect finds: that came before it", () => {
    const machine = silent();
    machine.send({ kind: "closed", error: undefined });
    machine.at += 30_000;
    machine.send({ kind: "retry" });
    machine.send({ kind: "opened" });
    machine.send({ kind: "list-began" });
    assert.deepEqual(words(machine.page([job("gap", "1")])).slice(0, 2), ["applied 1 relist", "listed 1: 1 found, 0 changed, 0 gone"]);
    assert.ok(!words(machine.outputs).includes("check-stream-in 10000"));
  });
});
