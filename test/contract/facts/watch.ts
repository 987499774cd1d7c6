// Watches: where they begin, what they carry, how they end.

import assert from "node:assert/strict";
import { type Fact, invalid, ok, refused } from "../fact.ts";
import { type Place, job } from "../place.ts";
import type { Body } from "../../../src/verify/body.ts";
import { API, type Lines, type WatchEvent } from "../server.ts";

const WATCH_GO = "k8s: apiserver/pkg/endpoints/handlers/watch.go";
const GET_GO = "k8s: apiserver/pkg/endpoints/handlers/get.go";
const CACHER_GO = "k8s: apiserver/pkg/storage/cacher/cacher.go";
const CACHE_WATCHER_GO = "k8s: apiserver/pkg/storage/cacher/cache_watcher.go";
const OPTIONS_GO = "k8s: apimachinery/pkg/apis/meta/internalversion/validation/validation.go";
const SEMANTICS = "k8s docs: reference/using-api/api-concepts#semantics-for-watch";
const STREAMING = "k8s docs: reference/using-api/api-concepts#streaming-lists";

const INITIAL = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
const END = "k8s.io/initial-events-end";

/** `ADDED a`. */
const brief = ({ type, object }: WatchEvent): string => `${type} ${object.metadata?.name ?? ""}`.trim();

const versionOf = ({ metadata }: Body): string => metadata.resourceVersion;

/** The next events, in short. */
async function read(watch: Lines, count: number): Promise<string[]> {
  const events: string[] = [];
  while (events.length < count) events.push(brief(await watch.event()));
  return events;
}

/** A watch of what comes after a job that is made for it. */
async function watching(at: Place, query = ""): Promise<Lines> {
  const first = await at.job("0-first");
  return at.watch(`jobs?watch=1&resourceVersion=${versionOf(first)}${query}`);
}

export const WATCH: readonly Fact[] = [
  {
    id: "WATCH-001",
    claim: "a watch answers 200 as JSON in chunks, before there is an event",
    source: WATCH_GO,
    flip: { fault: "answer-header:content-type=text/plain" },
    async run(at) {
      const watch = await watching(at);
      assert.deepEqual([watch.status, watch.headers["content-type"], watch.headers["transfer-encoding"]], [200, "application/json", "chunked"]);
    },
  },
  {
    id: "WATCH-002",
    claim: "creation, change and deletion are ADDED, MODIFIED and DELETED",
    source: SEMANTICS,
    flip: { fault: "line:type=MODIFIED,type=ADDED" },
    async run(at) {
      const watch = await watching(at);
      await at.job("a");
      await at.changed("jobs/a", { spec: { message: "m" } });
      await at.deleted("jobs/a");
      assert.deepEqual(await read(watch, 3), ["ADDED a", "MODIFIED a", "DELETED a"]);
    },
  },
  {
    id: "WATCH-003",
    claim: "the object of an event is whole, with kind and apiVersion, under the version of the write",
    source: SEMANTICS,
    flip: { fault: "line:object.kind=" },
    async run(at) {
      const watch = await watching(at);
      const made = await at.job("a");
      const { object } = await watch.event();
      assert.deepEqual([object.kind, object.apiVersion, object.spec, versionOf(object)], ["Job", made.apiVersion, made.spec, versionOf(made)]);
    },
  },
  {
    id: "WATCH-004",
    claim: "DELETED carries the last state under the version of the deletion",
    source: CACHER_GO,
    flip: { fault: 'line:object.metadata.resourceVersion="1",type=DELETED' },
    async run(at) {
      const watch = await watching(at);
      await at.job("a", { metadata: { labels: { k: "v" } } });
      const last = await at.changed("jobs/a", { spec: { message: "last" } });
      await at.deleted("jobs/a");
      const [, , { object }] = [await watch.event(), await watch.event(), await watch.event()];
      assert.deepEqual([object.spec["message"], object.metadata.labels], ["last", { k: "v" }]);
      assert.ok(BigInt(versionOf(object)) > BigInt(versionOf(last)));
    },
  },
  {
    id: "WATCH-005",
    claim: "a watch from a version replays what came after it, that version left out",
    source: SEMANTICS,
    flip: { fault: "lose:type=ADDED,count=1" },
    async run(at) {
      const [first] = await at.jobs("a", "b", "c");
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(first as Body)}`);
      assert.deepEqual(await read(watch, 2), ["ADDED b", "ADDED c"]);
    },
  },
  {
    id: "WATCH-006",
    claim: "a watch from the version of a list goes on where the list ends",
    source: "k8s docs: reference/using-api/api-concepts#efficient-detection-of-changes",
    flip: { fault: "request:query.resourceVersion=0" },
    async run(at) {
      await at.jobs("a", "b");
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(ok(await at.get("jobs")))}`);
      await at.job("c");
      assert.deepEqual(await read(watch, 1), ["ADDED c"]);
    },
  },
  {
    id: "WATCH-007",
    claim: "events come in the order of their versions",
    source: SEMANTICS,
    flip: { fault: "reorder" },
    async run(at) {
      const watch = await watching(at);
      await Promise.all(["a", "b", "c", "d", "e", "f"].map((name) => at.job(name)));
      const versions: bigint[] = [];
      while (versions.length < 6) versions.push(BigInt(versionOf((await watch.event()).object)));
      assert.deepEqual(versions, versions.toSorted((left, right) => (left < right ? -1 : 1)));
    },
  },
  {
    id: "WATCH-008",
    claim: "each event comes once",
    source: SEMANTICS,
    flip: { fault: "double" },
    async run(at) {
      const watch = await watching(at);
      await at.jobs("a", "b");
      assert.deepEqual(await read(watch, 2), ["ADDED a", "ADDED b"]);
    },
  },
  {
    id: "WATCH-009",
    claim: "a watch without resourceVersion begins with an ADDED for each object",
    source: SEMANTICS,
    flip: { set: "watch-from-zero=now" },
    async run(at) {
      await at.jobs("a", "b");
      await at.fresh();
      const watch = await at.watch("jobs?watch=1&timeoutSeconds=5");
      assert.deepEqual((await read(watch, 2)).sort(), ["ADDED a", "ADDED b"]);
    },
  },
  {
    id: "WATCH-010",
    claim: "a watch from 0 begins with an ADDED for each object",
    source: SEMANTICS,
    flip: { set: "watch-from-zero=now" },
    async run(at) {
      await at.jobs("a", "b");
      await at.fresh();
      const watch = await at.watch("jobs?watch=1&resourceVersion=0&timeoutSeconds=5");
      assert.deepEqual((await read(watch, 2)).sort(), ["ADDED a", "ADDED b"]);
    },
  },
  {
    id: "WATCH-011",
    claim: "an empty resourceVersion is none",
    source: SEMANTICS,
    flip: { set: "watch-from-zero=now" },
    async run(at) {
      await at.job("a");
      await at.fresh();
      assert.deepEqual(await read(await at.watch("jobs?watch=1&resourceVersion=&timeoutSeconds=5"), 1), ["ADDED a"]);
    },
  },
  {
    id: "WATCH-012",
    claim: "initial ADDED events show objects as they are, not each of their versions",
    source: SEMANTICS,
    flip: { fault: "line:object.spec.message=" },
    async run(at) {
      await at.job("a");
      await at.changed("jobs/a", { spec: { message: "new" } });
      await at.fresh();
      const { type, object } = await (await at.watch("jobs?watch=1&timeoutSeconds=5")).event();
      assert.deepEqual([type, object.spec["message"]], ["ADDED", "new"]);
    },
  },
  {
    id: "WATCH-013",
    claim: "timeoutSeconds ends a watch politely",
    source: GET_GO,
    flip: { fault: "ignore:query.timeoutSeconds" },
    async run(at) {
      const watch = await watching(at, "&timeoutSeconds=1");
      assert.equal(await watch.next(), undefined);
    },
  },
  {
    id: "WATCH-014",
    claim: "a watch of a namespace carries nothing of another",
    source: GET_GO,
    flip: { fault: 'line:object.metadata.name="other"' },
    async run(at) {
      const longer = at.path("jobs").replace(`/${at.namespace}/`, "/default/");
      const name = `from-${at.namespace}`;
      const watch = await watching(at);
      await at.made(longer, job(name));
      await at.job("marker");
      assert.deepEqual(await read(watch, 1), ["ADDED marker"]);
      await at.deleted(`${longer}/${name}`);
    },
  },
  {
    id: "WATCH-015",
    claim: "a watch of all namespaces names the namespace of each object",
    source: GET_GO,
    flip: { fault: "line:object.metadata.namespace=" },
    async run(at) {
      const first = await at.job("first");
      const watch = await at.watch(`${API}/jobs?watch=1&resourceVersion=${versionOf(first)}&fieldSelector=metadata.namespace%3D${at.namespace}`);
      await at.job("a");
      assert.equal((await watch.event()).object.metadata.namespace, at.namespace);
    },
  },
  {
    id: "WATCH-016",
    claim: "a watch of one kind carries nothing of another",
    source: GET_GO,
    flip: { fault: "line:object.kind=HistoricJob" },
    async run(at) {
      const watch = await watching(at);
      await at.made("historicjobs", { ...job("a"), kind: "HistoricJob" });
      await at.job("marker");
      const { object } = await watch.event();
      assert.deepEqual([object.kind, object.metadata.name], ["Job", "marker"]);
    },
  },
  {
    id: "WATCH-017",
    claim: "a finalizer makes of a deletion a MODIFIED, and of its removal the DELETED",
    source: "k8s docs: concepts/overview/working-with-objects/finalizers",
    flip: { fault: "lose:type=MODIFIED" },
    async run(at) {
      const made = await at.job("a", { metadata: { finalizers: ["example.com/hold"] } });
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(made)}`);
      await at.deleted("jobs/a");
      await at.changed("jobs/a", { metadata: { finalizers: null } });
      const [marked, gone] = [await watch.event(), await watch.event()];
      assert.deepEqual([brief(marked), typeof marked.object.metadata.deletionTimestamp, brief(gone)], ["MODIFIED a", "string", "DELETED a"]);
    },
  },
  {
    id: "WATCH-018",
    claim: "any value of watch but 0, false and False is a watch",
    source: "k8s: apimachinery/pkg/runtime/converter.go",
    flip: { fault: "ignore:query.watch" },
    async run(at) {
      await at.job("a");
      await at.fresh();
      for (const value of ["1", "true", "True", "yes", ""]) {
        const watch = await at.watch(`jobs?watch=${value}&timeoutSeconds=5`);
        assert.deepEqual([value, ...(await read(watch, 1))], [value, "ADDED a"]);
      }
    },
  },
  {
    id: "WATCH-019",
    claim: "watch=0, watch=false and watch=False are lists",
    source: "k8s: apimachinery/pkg/runtime/converter.go",
    flip: { fault: "request:query.watch=1" },
    async run(at) {
      for (const value of ["0", "false", "False"]) assert.match((await at.get(`jobs?watch=${value}&timeoutSeconds=1`)).text, /"kind":"JobList"/, value);
    },
  },
  {
    id: "WATCH-020",
    claim: "the old path with /watch/ watches",
    source: "k8s: apiserver/pkg/endpoints/request/requestinfo.go",
    flip: { fault: "status:404,path=/v0alpha1\\/watch/" },
    async run(at) {
      await at.job("a");
      await at.fresh();
      const watch = await at.watch(`${API}/watch/namespaces/${at.namespace}/jobs?timeoutSeconds=5`);
      assert.equal(watch.status, 200);
      assert.deepEqual(await read(watch, 1), ["ADDED a"]);
    },
  },
  {
    id: "WATCH-021",
    claim: "limit does not cut the initial events of a watch",
    source: CACHER_GO,
    flip: { fault: "lose:type=ADDED,after=1" },
    async run(at) {
      await at.jobs("a", "b", "c");
      await at.fresh();
      assert.deepEqual((await read(await at.watch("jobs?watch=1&limit=1&timeoutSeconds=5"), 3)).sort(), ["ADDED a", "ADDED b", "ADDED c"]);
    },
  },
  {
    id: "WSEL-001",
    claim: "an object that begins to match a selector is ADDED, one that ceases is DELETED",
    source: CACHE_WATCHER_GO,
    flip: { fault: "line:type=MODIFIED,type=DELETED" },
    async run(at) {
      const made = await at.job("a");
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(made)}&labelSelector=k%3Dyes`);
      for (const labels of [{ k: "yes" }, { more: "1" }, { k: "no" }, { k: "yes" }]) await at.changed("jobs/a", { metadata: { labels } });
      assert.deepEqual(await read(watch, 4), ["ADDED a", "MODIFIED a", "DELETED a", "ADDED a"]);
    },
  },
  {
    id: "WSEL-002",
    claim: "DELETED of an object that ceases to match shows its last labels that matched, under the version of the change",
    source: CACHE_WATCHER_GO,
    flip: { fault: "line:object.metadata.labels.k=no,type=DELETED" },
    async run(at) {
      const made = await at.job("a", { metadata: { labels: { k: "yes" } } });
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(made)}&labelSelector=k%3Dyes`);
      const changed = await at.changed("jobs/a", { metadata: { labels: { k: "no" } } });
      const { type, object } = await watch.event();
      assert.deepEqual([type, object.metadata.labels, versionOf(object)], ["DELETED", { k: "yes" }, versionOf(changed)]);
    },
  },
  {
    id: "WSEL-003",
    claim: "objects that never match are not seen",
    source: CACHE_WATCHER_GO,
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      const watch = await watching(at, "&labelSelector=k");
      await at.job("plain");
      await at.deleted("jobs/plain");
      await at.job("marked", { metadata: { labels: { k: "" } } });
      assert.deepEqual(await read(watch, 1), ["ADDED marked"]);
    },
  },
  {
    id: "WSEL-004",
    claim: "one object is watched by metadata.name",
    source: CACHE_WATCHER_GO,
    flip: { fault: "ignore:query.fieldSelector" },
    async run(at) {
      const watch = await watching(at, "&fieldSelector=metadata.name%3Db");
      await at.jobs("a", "b");
      await at.deleted("jobs/a");
      await at.deleted("jobs/b");
      assert.deepEqual(await read(watch, 2), ["ADDED b", "DELETED b"]);
    },
  },
  {
    id: "WSEL-005",
    claim: "initial events are selected, too",
    source: CACHE_WATCHER_GO,
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      await at.job("a");
      await at.job("b", { metadata: { labels: { k: "v" } } });
      await at.fresh();
      assert.deepEqual(await read(await at.watch("jobs?watch=1&labelSelector=k&timeoutSeconds=5"), 1), ["ADDED b"]);
    },
  },
  {
    id: "WSEL-006",
    claim: "a claim's age can be watched with <",
    source: "k8s: apimachinery/pkg/labels/selector.go",
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      const watch = await watching(at, "&labelSelector=claim%3C100");
      await at.job("young", { metadata: { labels: { claim: "100" } } });
      await at.job("old", { metadata: { labels: { claim: "99" } } });
      assert.deepEqual(await read(watch, 1), ["ADDED old"]);
    },
  },
  {
    id: "WSEL-007",
    claim: "a malformed selector is refused with 400 before the watch begins",
    source: GET_GO,
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      refused(await at.get("jobs?watch=1&timeoutSeconds=1&labelSelector=%3D"), 400, "BadRequest", "found '=', expected: !, identifier, or 'end of string'");
      refused(await at.get("jobs?watch=1&timeoutSeconds=1&fieldSelector=a%3Db"), 400, "BadRequest", "field label not supported: a");
    },
  },
  {
    id: "INIT-001",
    claim: "sendInitialEvents gives an ADDED for each object and a BOOKMARK that marks their end",
    source: STREAMING,
    flip: { fault: "drop-line:BOOKMARK" },
    async run(at) {
      await at.jobs("a", "b");
      const watch = await at.watch(`jobs?${INITIAL}`);
      const events = [await watch.event(), await watch.event(), await watch.event()];
      assert.deepEqual(events.slice(0, 2).map(brief).sort(), ["ADDED a", "ADDED b"]);
      assert.deepEqual([events[2]?.type, events[2]?.object.metadata.annotations], ["BOOKMARK", { [END]: "true" }]);
    },
  },
  {
    id: "INIT-002",
    claim: "that bookmark has kind, apiVersion and a version that is not older than any object's",
    source: STREAMING,
    flip: { fault: 'line:object.metadata.resourceVersion="1",type=BOOKMARK' },
    async run(at) {
      const made = await at.job("a");
      const watch = await at.watch(`jobs?${INITIAL}`);
      await watch.event();
      const { object } = await watch.event();
      assert.deepEqual([object.kind, object.apiVersion], [made.kind, made.apiVersion]);
      assert.ok(BigInt(versionOf(object)) >= BigInt(versionOf(made)));
    },
  },
  {
    id: "INIT-003",
    claim: "after the bookmark the watch goes on with what happens",
    source: STREAMING,
    flip: { fault: "lose:type=ADDED,after=1" },
    async run(at) {
      await at.job("a");
      const watch = await at.watch(`jobs?${INITIAL}`);
      await read(watch, 2);
      await at.job("b");
      assert.deepEqual(await read(watch, 1), ["ADDED b"]);
    },
  },
  {
    id: "INIT-004",
    claim: "an empty collection gives the bookmark at once",
    source: STREAMING,
    flip: { fault: `line:object.metadata.annotations=` },
    async run(at) {
      const { type, object } = await (await at.watch(`historicjobs?${INITIAL}`)).event();
      assert.deepEqual([type, object.kind, object.metadata.annotations], ["BOOKMARK", "HistoricJob", { [END]: "true" }]);
    },
  },
  {
    id: "INIT-005",
    claim: "initial events are selected, and the bookmark follows",
    source: STREAMING,
    flip: { fault: "ignore:query.labelSelector" },
    async run(at) {
      await at.job("a");
      await at.job("b", { metadata: { labels: { k: "v" } } });
      assert.deepEqual(await read(await at.watch(`jobs?${INITIAL}&labelSelector=k`), 2), ["ADDED b", "BOOKMARK"]);
    },
  },
  {
    id: "INIT-006",
    claim: "a version with sendInitialEvents says how fresh they must be, not where to begin",
    source: STREAMING,
    flip: { fault: "ignore:query.sendInitialEvents" },
    async run(at) {
      const [, b] = await at.jobs("a", "b");
      const events = await read(await at.watch(`jobs?${INITIAL}&resourceVersion=${versionOf(b as Body)}&timeoutSeconds=5`), 3);
      assert.deepEqual([events.slice(0, 2).sort(), events[2]], [["ADDED a", "ADDED b"], "BOOKMARK"]);
    },
  },
  {
    id: "INIT-007",
    claim: "without allowWatchBookmarks no bookmark marks the end of the initial events",
    source: STREAMING,
    flip: { fault: "request:query.allowWatchBookmarks=true" },
    async run(at) {
      await at.job("a");
      const watch = await at.watch("jobs?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=5");
      await read(watch, 1);
      await at.job("b");
      assert.deepEqual(await read(watch, 1), ["ADDED b"]);
    },
  },
  {
    id: "INIT-008",
    claim: "sendInitialEvents=false begins with what happens from now on",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.sendInitialEvents" },
    async run(at) {
      await at.job("a");
      await at.fresh();
      const watch = await at.watch("jobs?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan&timeoutSeconds=5");
      await at.job("b");
      assert.deepEqual(await read(watch, 1), ["ADDED b"]);
    },
  },
  {
    id: "INIT-009",
    claim: "sendInitialEvents without resourceVersionMatch is refused with 422, whatever its value",
    source: OPTIONS_GO,
    flip: { fault: "request:query.resourceVersionMatch=NotOlderThan" },
    async run(at) {
      for (const value of ["true", "false"]) {
        const reply = await at.get(`jobs?watch=1&timeoutSeconds=1&sendInitialEvents=${value}`);
        invalid(reply, ["FieldValueForbidden resourceVersionMatch"], { group: "meta.k8s.io", kind: "ListOptions" });
        assert.match(reply.json.message ?? "", /sendInitialEvents requires setting resourceVersionMatch to NotOlderThan$/);
      }
    },
  },
  {
    id: "INIT-010",
    claim: "sendInitialEvents with resourceVersionMatch=Exact is refused with two causes",
    source: OPTIONS_GO,
    flip: { fault: "request:query.resourceVersionMatch=NotOlderThan" },
    async run(at) {
      const reply = await at.get("jobs?watch=1&timeoutSeconds=1&sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=5");
      invalid(reply, ["FieldValueForbidden resourceVersionMatch", "FieldValueNotSupported resourceVersionMatch"]);
    },
  },
  {
    id: "INIT-011",
    claim: "a watch with resourceVersionMatch and without sendInitialEvents is refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.resourceVersionMatch" },
    async run(at) {
      const reply = await at.get("jobs?watch=1&timeoutSeconds=1&resourceVersionMatch=NotOlderThan&resourceVersion=5");
      invalid(reply, ["FieldValueForbidden resourceVersionMatch"]);
      assert.match(reply.json.message ?? "", /resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided$/);
    },
  },
  {
    id: "INIT-012",
    claim: "a server that serves initial events does not refuse them",
    source: "k8s: apiserver/pkg/features/kube_features.go, WatchList",
    flip: { set: "watch-list=refused" },
    async run(at) {
      assert.equal((await at.watch(`jobs?${INITIAL}&timeoutSeconds=1`)).status, 200);
    },
  },
  {
    id: "BOOK-001",
    claim: "a watch that takes bookmarks gets some before its time is over, with the version of what it was not shown",
    source: "k8s: apiserver/pkg/storage/cacher/util.go, nextBookmarkTime",
    flip: { set: "bookmarks=initial" },
    async run(at) {
      const watch = await watching(at, "&labelSelector=none&allowWatchBookmarks=true&timeoutSeconds=4");
      const hidden = await at.job("hidden");
      const events = await watch.all();
      assert.deepEqual([...new Set(events.map(({ type }) => type))], ["BOOKMARK"]);
      assert.ok(BigInt(versionOf(events.at(-1)?.object as Body)) >= BigInt(versionOf(hidden)));
    },
  },
  {
    id: "BOOK-002",
    claim: "the object of a bookmark has kind, apiVersion and resourceVersion, and nothing more",
    source: "k8s docs: reference/using-api/api-concepts#watch-bookmarks",
    flip: { fault: "line:object.spec={},type=BOOKMARK" },
    async run(at) {
      const watch = await watching(at, "&labelSelector=none&allowWatchBookmarks=true&timeoutSeconds=4");
      const { kind, apiVersion } = await at.job("hidden");
      const { object } = await watch.event();
      assert.deepEqual(object, { kind, apiVersion, metadata: { resourceVersion: versionOf(object) } });
    },
  },
  {
    id: "BOOK-003",
    claim: "a watch that does not take bookmarks gets none",
    source: "k8s docs: reference/using-api/api-concepts#watch-bookmarks",
    flip: { fault: "request:query.allowWatchBookmarks=true" },
    async run(at) {
      const watch = await watching(at, "&labelSelector=none&timeoutSeconds=4");
      await at.job("hidden");
      assert.equal(await watch.next(), undefined);
    },
  },
  {
    id: "WERR-001",
    claim: "a watch with continue is refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.continue" },
    async run(at) {
      invalid(await at.get("jobs?watch=1&timeoutSeconds=1&continue=abc"), ["FieldValueForbidden resourceVersionMatch"]);
    },
  },
  {
    id: "WERR-002",
    claim: "a watch from a version that is no number is refused with 500 and no reason",
    source: "k8s: apiserver/pkg/storage/api_object_versioner.go",
    flip: { fault: "ignore:query.resourceVersion" },
    async run(at) {
      const reply = await at.get("jobs?watch=1&timeoutSeconds=1&resourceVersion=abc");
      refused(reply, 500, "", /^resourceVersion: Invalid value: "abc"/);
    },
  },
  {
    id: "WERR-003",
    claim: "a watch with a timeoutSeconds that is no number is refused with 400",
    source: "k8s: apimachinery/pkg/runtime/converter.go",
    flip: { fault: "request:query.timeoutSeconds=1" },
    async run(at) {
      const reply = await at.get("jobs?watch=1&timeoutSeconds=abc");
      refused(reply, 400, "BadRequest", 'strconv.ParseInt: parsing "abc": invalid syntax');
    },
  },
  {
    id: "WERR-004",
    claim: "initial events not older than a version that is not reached end with an ERROR of 504",
    source: CACHER_GO,
    flip: { fault: "line:object.code=410,type=ERROR" },
    async run(at) {
      const watch = await at.watch(`jobs?${INITIAL}&resourceVersion=999999999`);
      assert.equal(watch.status, 200);
      const { type, object } = await watch.event();
      assert.deepEqual([type, object.kind, object.reason, object.code], ["ERROR", "Status", "Timeout", 504]);
      assert.equal(object.details?.causes?.[0]?.reason, "ResourceVersionTooLarge");
      assert.equal(await watch.next(), undefined);
    },
  },
  {
    id: "WERR-005",
    claim: "a watch from a version of the future waits, and carries nothing before it",
    source: CACHER_GO,
    flip: { fault: "request:query.resourceVersion=0" },
    async run(at) {
      await at.job("a");
      const watch = await at.watch("jobs?watch=1&resourceVersion=999999999&timeoutSeconds=1");
      assert.equal(watch.status, 200);
      await at.job("b");
      assert.equal(await watch.next(), undefined);
    },
  },
  {
    id: "WAGED-001",
    claim: "a watch from a version that is no longer kept is one ERROR of 410 Expired, then the end",
    source: WATCH_GO,
    flip: { set: "gaps=status" },
    on: "aged",
    async run(at) {
      const made = await at.job("a");
      await at.jobs("b", "c");
      await at.age();
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(made)}`);
      assert.equal(watch.status, 200);
      const { type, object } = await watch.event();
      assert.deepEqual([type, object.kind, object.status, object.reason, object.code], ["ERROR", "Status", "Failure", "Expired", 410]);
      assert.equal(await watch.next(), undefined);
    },
  },
  {
    id: "WAGED-002",
    claim: "a watch that misses events never says nothing of it",
    source: WATCH_GO,
    flip: { set: "gaps=silent" },
    on: "aged",
    async run(at) {
      const made = await at.job("a");
      await at.jobs("b", "c");
      await at.age();
      const watch = await at.watch(`jobs?watch=1&resourceVersion=${versionOf(made)}&timeoutSeconds=3`);
      await at.job("later");
      assert.equal((await watch.event()).type, "ERROR");
    },
  },
  {
    id: "WAGED-003",
    claim: "initial events come even when older versions are not kept",
    source: STREAMING,
    flip: { fault: "gone:event,verb=watch" },
    on: "aged",
    async run(at) {
      await at.job("a");
      await at.age();
      assert.deepEqual(await read(await at.watch(`jobs?${INITIAL}`), 2), ["ADDED a", "BOOKMARK"]);
    },
  },
];
