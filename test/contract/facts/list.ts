// Lists: their shape, pages, versions.

import assert from "node:assert/strict";
import { type Fact, invalid, names, ok, refused } from "../fact.ts";
import type { Place } from "../place.ts";
import type { Body } from "../../../src/verify/body.ts";
import { API } from "../server.ts";

const GET_GO = "k8s: apiserver/pkg/endpoints/handlers/get.go";
const STORE_GO = "k8s: apiserver/pkg/storage/etcd3/store.go";
const CONTINUE_GO = "k8s: apiserver/pkg/storage/continue.go";
const OPTIONS_GO = "k8s: apimachinery/pkg/apis/meta/internalversion/validation/validation.go";
const CHUNKS = "k8s docs: reference/using-api/api-concepts#retrieving-large-results-sets-in-chunks";
const VERSIONS = "k8s docs: reference/using-api/api-concepts#semantics-for-get-and-list";

/** A page, by its query. */
const page = async (at: Place, query: string): Promise<Body> => ok(await at.get(`jobs?${query}`));

const next = ({ metadata }: Body): string => encodeURIComponent(metadata.continue ?? "");

/** Names of a list, or what it is refused with. */
const outcome = async (at: Place, query: string): Promise<string> => {
  const reply = await at.get(`jobs?${query}`);
  return reply.status === 200 ? names(reply.json) : String(reply.status);
};

/** Four jobs, a list of them, and then a change, a deletion and a creation. */
async function moved(at: Place): Promise<{ before: Body; after: Body }> {
  await at.jobs("a", "b", "c", "d");
  const before = ok(await at.get("jobs"));
  await at.changed("jobs/c", { spec: { message: "changed" } });
  await at.deleted("jobs/d");
  await at.job("bb");
  return { before, after: ok(await at.get("jobs")) };
}

export const LIST: readonly Fact[] = [
  {
    id: "LIST-001",
    claim: "a list has the kind's name with List, the group version, a resourceVersion and items",
    source: "k8s docs: reference/using-api/api-concepts#collections",
    flip: { fault: "answer:metadata.resourceVersion=,verb=list" },
    async run(at) {
      await at.job("a");
      const { kind, apiVersion, metadata, items } = ok(await at.get("jobs"));
      assert.deepEqual([kind, apiVersion, items.length], ["JobList", "provisioning.grafana.app/v0alpha1", 1]);
      assert.match(metadata.resourceVersion, /^[1-9]\d*$/);
    },
  },
  {
    id: "LIST-002",
    claim: "an empty list has an empty array of items, in every kind",
    source: GET_GO,
    flip: { set: "empty-history=absent" },
    async run(at) {
      assert.deepEqual(ok(await at.get("jobs")).items, []);
      assert.deepEqual(ok(await at.get("historicjobs")).items, []);
    },
  },
  {
    id: "LIST-003",
    claim: "items of a list name their kind and apiVersion",
    source: "k8s: apimachinery/pkg/apis/meta/v1/unstructured/unstructured_list.go",
    flip: { fault: "answer:items.*.kind=" },
    async run(at) {
      await at.job("a");
      const [item] = ok(await at.get("jobs")).items;
      assert.deepEqual([item?.kind, item?.apiVersion], ["Job", "provisioning.grafana.app/v0alpha1"]);
    },
  },
  {
    id: "LIST-004",
    claim: "items come in the order of their names, byte by byte",
    source: STORE_GO,
    flip: { fault: "answer:items.0.metadata.name=zz,verb=list" },
    async run(at) {
      await at.jobs("b", "a-1", "a", "a.1", "a0");
      assert.equal(names(ok(await at.get("jobs"))), "a a-1 a.1 a0 b");
    },
  },
  {
    id: "LIST-005",
    claim: "a list of a namespace holds nothing of another, not even of one with a longer name",
    source: STORE_GO,
    flip: { fault: 'answer:items.1={"metadata":{"name":"other"}},verb=list' },
    async run(at) {
      await at.job("a");
      const longer = `${API}/namespaces/${at.namespace}-longer`;
      assert.equal(names(ok(await at.get("jobs"))), "a");
      assert.deepEqual(ok(await at.get(`${longer}/jobs`)).items, []);
    },
  },
  {
    id: "LIST-006",
    claim: "the list of all namespaces holds objects with their namespace",
    source: GET_GO,
    flip: { fault: "answer:items.*.metadata.namespace=,verb=list" },
    async run(at) {
      await at.job("a");
      const { items } = ok(await at.get(`${API}/jobs`));
      assert.ok(items.some(({ metadata }) => metadata.namespace === at.namespace && metadata.name === "a"));
    },
  },
  {
    id: "LIST-007",
    claim: "the resourceVersion of a list is not older than any item's",
    source: VERSIONS,
    flip: { fault: 'answer:metadata.resourceVersion="1",verb=list' },
    async run(at) {
      await at.jobs("a", "b");
      const { metadata, items } = ok(await at.get("jobs"));
      for (const item of items) assert.ok(BigInt(metadata.resourceVersion) >= BigInt(item.metadata.resourceVersion));
    },
  },
  {
    id: "LIST-008",
    claim: "a list sees a write that was answered before",
    source: VERSIONS,
    flip: { fault: "answer:items=[],verb=list" },
    async run(at) {
      for (const name of ["a", "b", "c"]) {
        await at.job(name);
        assert.ok(names(ok(await at.get("jobs"))).endsWith(name));
      }
    },
  },
  {
    id: "LIST-009",
    claim: "without limit everything comes in one list with an empty continue",
    source: CHUNKS,
    flip: { set: "page-size=2" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const list = ok(await at.get("jobs"));
      assert.deepEqual([names(list), list.metadata.continue ?? ""], ["a b c", ""]);
    },
  },
  {
    id: "LIST-010",
    claim: "a list of a namespace that is not there is empty",
    source: GET_GO,
    flip: { fault: "status:404,verb=list" },
    async run(at) {
      assert.deepEqual(ok(await at.get(`${API}/namespaces/${at.namespace}-missing/jobs`)).items, []);
    },
  },
  {
    id: "LIST-011",
    claim: "unknown query parameters are passed over",
    source: GET_GO,
    flip: { fault: "status:400,path=unknown" },
    async run(at) {
      await at.job("a");
      assert.equal(await outcome(at, "unknown=1&allowWatchBookmarks=true"), "a");
    },
  },
  {
    id: "PAGE-001",
    claim: "limit cuts a page and a continue leads on until it is empty",
    source: CHUNKS,
    flip: { fault: "ignore:query.limit" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const first = await page(at, "limit=2");
      const second = await page(at, `limit=2&continue=${next(first)}`);
      assert.deepEqual([names(first), names(second), second.metadata.continue ?? ""], ["a b", "c", ""]);
    },
  },
  {
    id: "PAGE-002",
    claim: "the first page says how many items remain",
    source: CHUNKS,
    flip: { fault: "answer:metadata.remainingItemCount=" },
    async run(at) {
      await at.jobs("a", "b", "c", "d", "e");
      const first = await page(at, "limit=2");
      const second = await page(at, `limit=2&continue=${next(first)}`);
      assert.deepEqual([first.metadata.remainingItemCount, second.metadata.remainingItemCount], [3, 1]);
    },
  },
  {
    id: "PAGE-003",
    claim: "the last page, and a list that is whole, say nothing of remaining items",
    source: CHUNKS,
    flip: { fault: "answer:metadata.remainingItemCount=0" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const last = await page(at, `limit=2&continue=${next(await page(at, "limit=2"))}`);
      const whole = await page(at, "limit=3");
      assert.deepEqual([last.metadata.remainingItemCount, whole.metadata.remainingItemCount, whole.metadata.continue ?? ""], [undefined, undefined, ""]);
    },
  },
  {
    id: "PAGE-004",
    claim: "a page with a label selector says nothing of remaining items",
    source: "k8s: apimachinery/pkg/apis/meta/v1/types.go",
    flip: { fault: "answer:metadata.remainingItemCount=2" },
    async run(at) {
      for (const name of ["a", "b", "c"]) await at.job(name, { metadata: { labels: { k: "v" } } });
      const first = await page(at, "limit=1&labelSelector=k");
      assert.deepEqual([names(first), first.metadata.remainingItemCount, next(first) !== ""], ["a", undefined, true]);
    },
  },
  {
    id: "PAGE-005",
    claim: "a page is filled with selected items: the selector comes before the cut",
    source: STORE_GO,
    flip: { set: "selectors=after-cut" },
    async run(at) {
      for (const name of ["a", "b", "c", "d"]) await at.job(name, { metadata: { labels: { k: name < "c" ? "no" : "yes" } } });
      assert.equal(names(await page(at, "limit=2&labelSelector=k%3Dyes")), "c d");
    },
  },
  {
    id: "PAGE-006",
    claim: "all pages show the resourceVersion of the first",
    source: CHUNKS,
    flip: { fault: 'answer:metadata.resourceVersion="12345678",verb=list,after=1' },
    async run(at) {
      await at.jobs("a", "b", "c");
      const first = await page(at, "limit=1");
      await at.job("d");
      const second = await page(at, `limit=1&continue=${next(first)}`);
      assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    },
  },
  {
    id: "PAGE-007",
    claim: "later pages do not show what was created since the first",
    source: CHUNKS,
    flip: { fault: "ignore:query.continue" },
    async run(at) {
      await at.jobs("a", "b", "d");
      const first = await page(at, "limit=2");
      await at.job("c");
      assert.equal(names(await page(at, `limit=5&continue=${next(first)}`)), "d");
    },
  },
  {
    id: "PAGE-008",
    claim: "later pages show what was deleted since the first",
    source: CHUNKS,
    flip: { set: "pages=latest" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const first = await page(at, "limit=1");
      await at.deleted("jobs/b");
      assert.equal(names(await page(at, `limit=5&continue=${next(first)}`)), "b c");
    },
  },
  {
    id: "PAGE-009",
    claim: "later pages show objects as they were at the first",
    source: CHUNKS,
    flip: { set: "pages=latest" },
    async run(at) {
      await at.jobs("a", "b");
      const first = await page(at, "limit=1");
      await at.changed("jobs/b", { spec: { message: "changed" } });
      const second = await page(at, `limit=1&continue=${next(first)}`);
      assert.deepEqual(second.items.map(({ metadata, spec }) => [metadata.name, spec["message"]]), [["b", undefined]]);
    },
  },
  {
    id: "PAGE-010",
    claim: "a page may be continued with another limit, or with none",
    source: CHUNKS,
    flip: { set: "page-size=1" },
    async run(at) {
      await at.jobs("a", "b", "c", "d");
      const first = await page(at, "limit=1");
      assert.equal(await outcome(at, `limit=2&continue=${next(first)}`), "b c");
      assert.equal(await outcome(at, `continue=${next(first)}`), "b c d");
    },
  },
  {
    id: "PAGE-011",
    claim: "one continue may be used twice and gives the same page",
    source: CHUNKS,
    flip: { fault: "answer:items=[],verb=list,after=2" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const first = await page(at, "limit=1");
      const again = [await outcome(at, `limit=1&continue=${next(first)}`), await outcome(at, `limit=1&continue=${next(first)}`)];
      assert.deepEqual(again, ["b", "b"]);
    },
  },
  {
    id: "PAGE-012",
    claim: "a continue that is none is refused with 400",
    source: CONTINUE_GO,
    flip: { fault: "ignore:query.continue" },
    async run(at) {
      await at.job("a");
      const reply = await at.get("jobs?limit=1&continue=garbage");
      refused(reply, 400, "BadRequest", /^invalid continue token: continue key is not valid/);
    },
  },
  {
    id: "PAGE-013",
    claim: "a continue together with a resourceVersion is refused with 400",
    source: CONTINUE_GO,
    flip: { fault: "ignore:query.resourceVersion" },
    async run(at) {
      await at.jobs("a", "b");
      const first = await page(at, "limit=1");
      const reply = await at.get(`jobs?limit=1&continue=${next(first)}&resourceVersion=${first.metadata.resourceVersion}`);
      refused(reply, 400, "BadRequest", "specifying resource version is not allowed when using continue");
    },
  },
  {
    id: "PAGE-014",
    claim: "a continue together with resourceVersion=0 is let through",
    source: CONTINUE_GO,
    flip: { fault: "request:query.resourceVersion=1" },
    async run(at) {
      await at.jobs("a", "b");
      assert.equal(await outcome(at, `limit=1&resourceVersion=0&continue=${next(await page(at, "limit=1"))}`), "b");
    },
  },
  {
    id: "PAGE-015",
    claim: "a continue together with resourceVersionMatch is refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.resourceVersionMatch" },
    async run(at) {
      await at.jobs("a", "b");
      const first = await page(at, "limit=1");
      const reply = await at.get(`jobs?limit=1&continue=${next(first)}&resourceVersion=${first.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`);
      invalid(reply, ["FieldValueForbidden resourceVersionMatch"], { group: "meta.k8s.io", kind: "ListOptions" });
      assert.match(reply.json.message ?? "", /resourceVersionMatch is forbidden when continue is provided$/);
    },
  },
  {
    id: "PAGE-016",
    claim: "an empty continue begins anew",
    source: CONTINUE_GO,
    flip: { fault: "request:query.continue=garbage" },
    async run(at) {
      await at.jobs("a", "b");
      assert.equal(await outcome(at, "limit=1&continue="), "a");
    },
  },
  {
    id: "PAGE-017",
    claim: "limit=0 and a negative limit are no limit",
    source: CHUNKS,
    flip: { set: "page-size=1" },
    async run(at) {
      await at.jobs("a", "b");
      assert.deepEqual([await outcome(at, "limit=0"), await outcome(at, "limit=-1")], ["a b", "a b"]);
    },
  },
  {
    id: "PAGE-018",
    claim: "a limit that is no number, or an empty one, is refused with 400",
    source: "k8s: apimachinery/pkg/runtime/converter.go",
    flip: { fault: "ignore:query.limit" },
    async run(at) {
      for (const text of ["abc", "", "1.5"]) {
        refused(await at.get(`jobs?limit=${text}`), 400, "BadRequest", `strconv.ParseInt: parsing "${text}": invalid syntax`);
      }
    },
  },
  {
    id: "PAGE-019",
    claim: "a limit beyond 64 bits is refused with 400: out of range",
    source: "k8s: apimachinery/pkg/runtime/converter.go",
    flip: { fault: "ignore:query.limit" },
    async run(at) {
      const reply = await at.get("jobs?limit=99999999999999999999");
      refused(reply, 400, "BadRequest", 'strconv.ParseInt: parsing "99999999999999999999": value out of range');
    },
  },
  {
    id: "PAGE-020",
    claim: "a list of all namespaces has pages, too",
    source: CHUNKS,
    flip: { fault: "wrong-continue:dropped" },
    async run(at) {
      for (const name of ["a", "b"]) await at.job(name, { metadata: { labels: { fact: at.namespace } } });
      const path = `${API}/jobs?limit=1&labelSelector=fact%3D${at.namespace}`;
      const first = ok(await at.get(path));
      assert.deepEqual([names(first), names(ok(await at.get(`${path}&continue=${next(first)}`)))], ["a", "b"]);
    },
  },
  {
    id: "AGED-001",
    claim: "a continue of a version that is no longer kept is refused with 410 Expired and a token for the rest",
    source: STORE_GO,
    flip: { fault: "answer:metadata.continue=,code=410" },
    on: "aged",
    async run(at) {
      await at.jobs("a", "b", "c");
      const first = await page(at, "limit=1");
      await at.job("d");
      await at.age();
      const reply = await at.get(`jobs?limit=5&continue=${next(first)}`);
      refused(reply, 410, "Expired", /^The provided continue parameter is too old to display a consistent list result\./);
      assert.notEqual(reply.json.metadata.continue ?? "", "");
    },
  },
  {
    id: "AGED-002",
    claim: "the token of an expired list gives the rest as it is now",
    source: STORE_GO,
    flip: { fault: "answer:metadata.continue=none,code=410" },
    on: "aged",
    async run(at) {
      await at.jobs("a", "b", "c");
      const first = await page(at, "limit=2");
      await at.job("bb");
      await at.deleted("jobs/c");
      await at.age();
      const expired = await at.get(`jobs?limit=2&continue=${next(first)}`);
      assert.equal(expired.status, 410);
      assert.equal(await outcome(at, `limit=2&continue=${next(expired.json)}`), "bb");
    },
  },
  {
    id: "AGED-003",
    claim: "a list at exactly a version that is no longer kept is refused with 410",
    source: STORE_GO,
    flip: { fault: "status-as:410->200" },
    on: "aged",
    async run(at) {
      const { before } = await moved(at);
      await at.age();
      const query = `resourceVersion=${before.metadata.resourceVersion}`;
      refused(await at.get(`jobs?${query}&resourceVersionMatch=Exact`), 410, "Expired", "The resourceVersion for the provided list is too old.");
      refused(await at.get(`jobs?${query}&limit=2`), 410, "Expired", "The resourceVersion for the provided list is too old.");
    },
  },
  {
    id: "AGED-004",
    claim: "a list not older than a version that is no longer kept is answered",
    source: VERSIONS,
    flip: { fault: "request:query.resourceVersionMatch=Exact" },
    on: "aged",
    async run(at) {
      const { before } = await moved(at);
      await at.age();
      assert.equal(await outcome(at, `resourceVersion=${before.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`), "a b bb c");
    },
  },
  {
    id: "RV-001",
    claim: "resourceVersionMatch=Exact gives the collection as it was",
    source: VERSIONS,
    flip: { set: "exact-match=filter" },
    async run(at) {
      const { before } = await moved(at);
      const list = await page(at, `resourceVersion=${before.metadata.resourceVersion}&resourceVersionMatch=Exact`);
      assert.deepEqual([names(list), list.metadata.resourceVersion], ["a b c d", before.metadata.resourceVersion]);
      assert.equal(list.items[2]?.spec["message"], undefined);
    },
  },
  {
    id: "RV-002",
    claim: "resourceVersionMatch=Exact with a limit pages through the collection as it was",
    source: VERSIONS,
    flip: { set: "exact-match=filter" },
    async run(at) {
      const { before } = await moved(at);
      const first = await page(at, `limit=3&resourceVersion=${before.metadata.resourceVersion}&resourceVersionMatch=Exact`);
      assert.deepEqual([names(first), await outcome(at, `limit=3&continue=${next(first)}`)], ["a b c", "d"]);
    },
  },
  {
    id: "RV-003",
    claim: "a resourceVersion with limit and without match is meant exactly",
    source: VERSIONS,
    flip: { fault: "ignore:query.limit" },
    async run(at) {
      const { before } = await moved(at);
      const list = await page(at, `limit=9&resourceVersion=${before.metadata.resourceVersion}`);
      assert.deepEqual([names(list), list.metadata.resourceVersion], ["a b c d", before.metadata.resourceVersion]);
    },
  },
  {
    id: "RV-004",
    claim: "a resourceVersion without limit and match gives what is there now",
    source: VERSIONS,
    flip: { fault: "request:query.resourceVersionMatch=Exact" },
    async run(at) {
      const { before } = await moved(at);
      assert.equal(await outcome(at, `resourceVersion=${before.metadata.resourceVersion}`), "a b bb c");
    },
  },
  {
    id: "RV-005",
    claim: "resourceVersionMatch=NotOlderThan gives a list that is at least as new",
    source: VERSIONS,
    flip: { fault: "request:query.resourceVersionMatch=Exact" },
    async run(at) {
      const { before } = await moved(at);
      const list = await page(at, `resourceVersion=${before.metadata.resourceVersion}&resourceVersionMatch=NotOlderThan`);
      assert.equal(names(list), "a b bb c");
      assert.ok(BigInt(list.metadata.resourceVersion) >= BigInt(before.metadata.resourceVersion));
    },
  },
  {
    id: "RV-006",
    claim: "resourceVersion=0 gives everything, with or without limit",
    source: VERSIONS,
    flip: { fault: "status:410,path=resourceVersion=0" },
    async run(at) {
      await at.jobs("a", "b", "c");
      await at.fresh();
      assert.equal(await outcome(at, "resourceVersion=0"), "a b c");
      assert.equal(await outcome(at, "resourceVersion=0&resourceVersionMatch=NotOlderThan"), "a b c");
    },
  },
  {
    id: "RV-007",
    claim: "resourceVersion=0 with a limit comes from the cache, which does not cut",
    source: "k8s: apiserver/pkg/storage/cacher/delegator/interface.go",
    flip: { fault: "ignore:query.resourceVersion" },
    async run(at) {
      await at.jobs("a", "b", "c");
      await at.fresh();
      const list = await page(at, "resourceVersion=0&limit=2");
      assert.deepEqual([names(list), list.metadata.continue ?? ""], ["a b c", ""]);
    },
  },
  {
    id: "RV-008",
    claim: "resourceVersionMatch=Exact with resourceVersion=0 is refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.resourceVersionMatch" },
    async run(at) {
      const reply = await at.get("jobs?resourceVersion=0&resourceVersionMatch=Exact");
      invalid(reply, ["FieldValueForbidden resourceVersionMatch"], { group: "meta.k8s.io", kind: "ListOptions" });
      assert.match(reply.json.message ?? "", /resourceVersionMatch "exact" is forbidden for resourceVersion "0"$/);
    },
  },
  {
    id: "RV-009",
    claim: "resourceVersionMatch without resourceVersion is refused with 422",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.resourceVersionMatch" },
    async run(at) {
      for (const match of ["Exact", "NotOlderThan"]) {
        const reply = await at.get(`jobs?resourceVersionMatch=${match}`);
        invalid(reply, ["FieldValueForbidden resourceVersionMatch"]);
        assert.match(reply.json.message ?? "", /resourceVersionMatch is forbidden unless resourceVersion is provided$/);
      }
    },
  },
  {
    id: "RV-010",
    claim: "a resourceVersionMatch that is none is refused with 422 that names the known ones",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.resourceVersionMatch" },
    async run(at) {
      const reply = await at.get("jobs?resourceVersion=1&resourceVersionMatch=Roughly");
      invalid(reply, ["FieldValueNotSupported resourceVersionMatch"]);
      assert.match(reply.json.message ?? "", /Unsupported value: "Roughly": supported values: "Exact", "NotOlderThan", ""$/);
    },
  },
  {
    id: "RV-011",
    claim: "a resourceVersion that is no number is refused with 400",
    source: "k8s: apiserver/pkg/storage/api_object_versioner.go",
    flip: { fault: "ignore:query.resourceVersion" },
    async run(at) {
      for (const text of ["abc", "-1"]) {
        const reply = await at.get(`jobs?resourceVersion=${text}`);
        refused(reply, 400, "BadRequest", new RegExp(`^invalid resource version: resourceVersion: Invalid value: "${text}"`));
      }
    },
  },
  {
    id: "RV-012",
    claim: "a resourceVersion that the server has not reached is refused with 504 and a cause",
    source: "k8s: apiserver/pkg/storage/errors.go",
    flip: { set: "version-too-large=400" },
    async run(at) {
      const reply = await at.get("jobs?resourceVersion=999999999");
      refused(reply, 504, "Timeout", /^Timeout: Too large resource version: 999999999, current: \d+$/, {
        causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
        retryAfterSeconds: 1,
      });
    },
  },
  {
    id: "RV-013",
    claim: "a list that is asked for sendInitialEvents is refused with 422, whatever its value",
    source: OPTIONS_GO,
    flip: { fault: "ignore:query.sendInitialEvents" },
    async run(at) {
      for (const value of ["true", "false"]) {
        const reply = await at.get(`jobs?sendInitialEvents=${value}`);
        invalid(reply, ["FieldValueForbidden sendInitialEvents"], { kind: "ListOptions" });
        assert.match(reply.json.message ?? "", /sendInitialEvents is forbidden for list$/);
      }
    },
  },
  {
    id: "RV-014",
    claim: "a timeoutSeconds that is no number is refused with 400",
    source: "k8s: apimachinery/pkg/runtime/converter.go",
    flip: { fault: "ignore:query.timeoutSeconds" },
    async run(at) {
      refused(await at.get("jobs?timeoutSeconds=abc"), 400, "BadRequest", 'strconv.ParseInt: parsing "abc": invalid syntax');
    },
  },
];
