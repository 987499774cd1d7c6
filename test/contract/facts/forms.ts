// Other forms of the same objects: Table, PartialObjectMetadata, gzip, and what cannot be accepted.

import assert from "node:assert/strict";
import { type Fact, ok, refused } from "../fact.ts";
import { job, MERGE } from "../place.ts";
import type { Body } from "../../../src/verify/body.ts";
import type { Headers, Reply } from "../server.ts";

const NEGOTIATE_GO = "k8s: apiserver/pkg/endpoints/handlers/negotiation/negotiate.go";
const RESPONSE_GO = "k8s: apiserver/pkg/endpoints/handlers/response.go";
const WRITERS_GO = "k8s: apiserver/pkg/endpoints/handlers/responsewriters/writers.go";
const TABLES = "k8s docs: reference/using-api/api-concepts#receiving-resources-as-tables";

const as = (form: string, version = "v1") => ({ accept: `application/json;as=${form};v=${version};g=meta.k8s.io` });
const TABLE = as("Table");
const PARTIAL = as("PartialObjectMetadata");
const PARTIAL_LIST = as("PartialObjectMetadataList");
const NO_ACCEPT = { fault: "ignore:header.accept" };

interface Table extends Body {
  columnDefinitions: { name: string; type: string; format: string; priority: number }[] | null;
  rows: { cells: unknown[]; object: Body | null }[];
}

const table = (reply: Reply, code = 200): Table => {
  const body = ok(reply, code);
  assert.deepEqual([body.kind, body.apiVersion], ["Table", "meta.k8s.io/v1"]);
  return body as Table;
};

const COLUMNS = ["Name", "Created At", "Action", "State", "Message"];

export const FORMS: readonly Fact[] = [
  {
    id: "TABLE-001",
    claim: "a list as Table has the columns Name, Created At, Action, State and Message",
    source: "grafana: pkg/registry/apis/provisioning/register.go; as columns of the CRD",
    flip: NO_ACCEPT,
    async run(at) {
      const { columnDefinitions } = table(await at.get("jobs", TABLE));
      assert.deepEqual(columnDefinitions?.map(({ name }) => name), COLUMNS);
    },
  },
  {
    id: "TABLE-002",
    claim: "the first column is the name by type and format, and no column is for wide output only",
    source: "k8s: apiserver/pkg/registry/rest/table.go",
    flip: { fault: "answer:columnDefinitions.0.format=" },
    async run(at) {
      const { columnDefinitions } = table(await at.get("jobs", TABLE));
      const { type, format } = columnDefinitions?.[0] ?? {};
      assert.deepEqual([type, format, columnDefinitions?.map(({ priority }) => priority)], ["string", "name", [0, 0, 0, 0, 0]]);
    },
  },
  {
    id: "TABLE-003",
    claim: "cells hold the values, and null for what is not set",
    source: "k8s: apiextensions-apiserver/pkg/registry/customresource/tableconvertor/tableconvertor.go",
    flip: { fault: "answer:rows.1.cells.3=working" },
    async run(at) {
      const made = await at.job("a", { status: { state: "working", message: "m" } });
      await at.job("b");
      const { rows } = table(await at.get("jobs", TABLE));
      assert.deepEqual(rows[0]?.cells, ["a", made.metadata.creationTimestamp, "pull", "working", "m"]);
      assert.deepEqual(rows[1]?.cells.slice(2), ["pull", null, null]);
    },
  },
  {
    id: "TABLE-004",
    claim: "rows carry the metadata of their objects as PartialObjectMetadata",
    source: TABLES,
    flip: { fault: "request:query.includeObject=None" },
    async run(at) {
      const { metadata } = await at.job("a", { metadata: { labels: { k: "v" } } });
      const object = table(await at.get("jobs", TABLE)).rows[0]?.object;
      assert.deepEqual([object?.kind, object?.apiVersion, object?.spec], ["PartialObjectMetadata", "meta.k8s.io/v1", undefined]);
      assert.deepEqual([object?.metadata.uid, object?.metadata.labels], [metadata.uid, { k: "v" }]);
    },
  },
  {
    id: "TABLE-005",
    claim: "includeObject=None leaves the objects out of the rows",
    source: TABLES,
    flip: { fault: "ignore:query.includeObject" },
    async run(at) {
      await at.job("a");
      assert.equal(table(await at.get("jobs?includeObject=None", TABLE)).rows[0]?.object, null);
    },
  },
  {
    id: "TABLE-006",
    claim: "includeObject=Object puts whole objects into the rows",
    source: TABLES,
    flip: { fault: "ignore:query.includeObject" },
    async run(at) {
      const made = await at.job("a");
      const object = table(await at.get("jobs?includeObject=Object", TABLE)).rows[0]?.object;
      assert.deepEqual([object?.kind, object?.spec], ["Job", made.spec]);
    },
  },
  {
    id: "TABLE-007",
    claim: "an includeObject that is none is refused with 400 that names the known ones",
    source: RESPONSE_GO,
    flip: { fault: "ignore:query.includeObject" },
    async run(at) {
      const message = "Unable to convert to Table as requested: includeObject: Invalid value: \"Some\": must be 'Metadata', 'Object', 'None', or empty";
      refused(await at.get("jobs?includeObject=Some", TABLE), 400, "BadRequest", message);
    },
  },
  {
    id: "TABLE-008",
    claim: "a Table has the list's resourceVersion, continue and remaining count",
    source: "k8s: apimachinery/pkg/apis/meta/v1/types.go",
    flip: { fault: "answer:metadata.continue=" },
    async run(at) {
      await at.jobs("a", "b", "c");
      const { metadata, rows } = table(await at.get("jobs?limit=1", TABLE));
      assert.deepEqual([rows.length, metadata.remainingItemCount, (metadata.continue ?? "") === ""], [1, 2, false]);
      assert.match(metadata.resourceVersion, /^\d+$/);
    },
  },
  {
    id: "TABLE-009",
    claim: "one object as Table has one row and its own resourceVersion",
    source: RESPONSE_GO,
    flip: { fault: 'answer:metadata.resourceVersion="1",verb=get' },
    async run(at) {
      const made = await at.job("a");
      const { metadata, rows, columnDefinitions } = table(await at.get("jobs/a", TABLE));
      assert.deepEqual([metadata.resourceVersion, rows.length, columnDefinitions?.length], [made.metadata.resourceVersion, 1, 5]);
    },
  },
  {
    id: "TABLE-010",
    claim: "an empty list as Table has columns and an empty array of rows",
    source: RESPONSE_GO,
    flip: { fault: "answer:rows=" },
    async run(at) {
      const { rows, columnDefinitions } = table(await at.get("jobs", TABLE));
      assert.deepEqual([rows, columnDefinitions?.length], [[], 5]);
    },
  },
  {
    id: "TABLE-011",
    claim: "a creation may be answered as a Table",
    source: RESPONSE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      assert.equal(table(await at.post("jobs", job("a"), TABLE), 201).rows[0]?.cells[0], "a");
    },
  },
  {
    id: "TABLE-012",
    claim: "what fails is a Status, also when a Table was asked for",
    source: WRITERS_GO,
    flip: { fault: "answer:kind=Table,code=404" },
    async run(at) {
      refused(await at.get("jobs/a", TABLE), 404, "NotFound");
    },
  },
  {
    id: "TABLE-013",
    claim: "events of a watch are Tables of one row, and only the first has columns",
    source: RESPONSE_GO,
    flip: { fault: "line:object.columnDefinitions=" },
    async run(at) {
      await at.jobs("a", "b");
      await at.fresh();
      const watch = await at.watch("jobs?watch=1&timeoutSeconds=5", TABLE);
      const [first, second] = [await watch.event(), await watch.event()].map(({ object }) => object as Table);
      assert.deepEqual([first?.kind, first?.rows.length, first?.columnDefinitions?.length], ["Table", 1, 5]);
      assert.deepEqual([second?.kind, second?.rows[0]?.cells[0], second?.columnDefinitions], ["Table", "b", null]);
    },
  },
  {
    id: "TABLE-014",
    claim: "a Table of v1beta1 of meta.k8s.io is answered in that version",
    source: NEGOTIATE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const { kind, apiVersion } = ok(await at.get("jobs", as("Table", "v1beta1")));
      assert.deepEqual([kind, apiVersion], ["Table", "meta.k8s.io/v1beta1"]);
    },
  },
  {
    id: "TABLE-015",
    claim: "an expired watch as Table has its ERROR as a Status",
    source: "k8s: apiserver/pkg/endpoints/handlers/watch.go",
    flip: { fault: "line:object.kind=Table,type=ERROR" },
    on: "aged",
    async run(at) {
      const made = await at.job("a");
      await at.jobs("b", "c");
      await at.age();
      const { type, object } = await (await at.watch(`jobs?watch=1&resourceVersion=${made.metadata.resourceVersion}`, TABLE)).event();
      assert.deepEqual([type, object.kind, object.code], ["ERROR", "Status", 410]);
    },
  },
  {
    id: "TABLE-016",
    claim: "a list of repositories as Table has the columns Name, Created At, Title, Type and Target",
    source: "grafana: pkg/registry/apis/provisioning/register.go; as columns of the CRD",
    flip: NO_ACCEPT,
    async run(at) {
      assert.deepEqual(table(await at.get("repositories", TABLE)).columnDefinitions?.map(({ name }) => name), ["Name", "Created At", "Title", "Type", "Target"]);
    },
  },
  {
    id: "META-001",
    claim: "a list as PartialObjectMetadataList has metadata alone",
    source: NEGOTIATE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const made = await at.job("a", { metadata: { labels: { k: "v" } } });
      const { kind, apiVersion, items } = ok(await at.get("jobs", PARTIAL_LIST));
      assert.deepEqual([kind, apiVersion], ["PartialObjectMetadataList", "meta.k8s.io/v1"]);
      const [item] = items;
      assert.deepEqual([item?.kind, item?.metadata.uid, item?.metadata.labels, item?.spec], ["PartialObjectMetadata", made.metadata.uid, { k: "v" }, undefined]);
    },
  },
  {
    id: "META-002",
    claim: "one object as PartialObjectMetadata has metadata alone",
    source: NEGOTIATE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const made = await at.job("a");
      const { kind, apiVersion, metadata, spec } = ok(await at.get("jobs/a", PARTIAL));
      assert.deepEqual([kind, apiVersion, metadata.uid, spec], ["PartialObjectMetadata", "meta.k8s.io/v1", made.metadata.uid, undefined]);
    },
  },
  {
    id: "META-003",
    claim: "a PartialObjectMetadataList has pages",
    source: NEGOTIATE_GO,
    flip: { fault: "ignore:query.limit" },
    async run(at) {
      await at.jobs("a", "b");
      const { kind, items, metadata } = ok(await at.get("jobs?limit=1", PARTIAL_LIST));
      assert.deepEqual([kind, items.length, metadata.remainingItemCount], ["PartialObjectMetadataList", 1, 1]);
    },
  },
  {
    id: "META-004",
    claim: "a list as PartialObjectMetadata, without List, is refused with 406",
    source: RESPONSE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const reply = await at.get("jobs", PARTIAL);
      refused(reply, 406, "NotAcceptable", /^you requested PartialObjectMetadata, but the requested object is a list/);
    },
  },
  {
    id: "META-005",
    claim: "events of a watch come as PartialObjectMetadata",
    source: RESPONSE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      await at.job("a");
      await at.fresh();
      const { type, object } = await (await at.watch("jobs?watch=1&timeoutSeconds=5", PARTIAL)).event();
      assert.deepEqual([type, object.kind, object.metadata.name, object.spec], ["ADDED", "PartialObjectMetadata", "a", undefined]);
    },
  },
  {
    id: "META-006",
    claim: "the bookmark after initial events comes as PartialObjectMetadata, too",
    source: RESPONSE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const watch = await at.watch("jobs?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true", PARTIAL);
      const { type, object } = await watch.event();
      assert.deepEqual([type, object.kind, object.metadata.annotations], ["BOOKMARK", "PartialObjectMetadata", { "k8s.io/initial-events-end": "true" }]);
    },
  },
  {
    id: "META-007",
    claim: "a patch may be answered as PartialObjectMetadata",
    source: RESPONSE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      await at.job("a");
      const { kind, metadata } = ok(await at.patch("jobs/a", { metadata: { labels: { k: "v" } } }, { ...MERGE, ...PARTIAL }));
      assert.deepEqual([kind, metadata.labels], ["PartialObjectMetadata", { k: "v" }]);
    },
  },
  {
    id: "META-008",
    claim: "the success of a DELETE is a Status whatever form was asked for",
    source: "k8s: apiserver/pkg/endpoints/handlers/delete.go",
    flip: { fault: "answer:kind=PartialObjectMetadata,method=DELETE" },
    async run(at) {
      await at.job("a");
      const { kind, status } = ok(await at.del("jobs/a", undefined, PARTIAL));
      assert.deepEqual([kind, status], ["Status", "Success"]);
    },
  },
  {
    id: "ACPT-001",
    claim: "a media type that is not served is refused with 406 that names those that are",
    source: "k8s: apiserver/pkg/endpoints/handlers/negotiation/errors.go",
    flip: NO_ACCEPT,
    async run(at) {
      const reply = await at.get("jobs", { accept: "text/html" });
      refused(reply, 406, "NotAcceptable", /^only the following media types are accepted: application\/json/);
    },
  },
  {
    id: "ACPT-002",
    claim: "of several media types the first that is served is taken",
    source: NEGOTIATE_GO,
    flip: { fault: "request:header.accept=text/html" },
    async run(at) {
      const reply = await at.get("jobs", { accept: "text/html, application/json;q=0.5" });
      assert.deepEqual([reply.status, reply.headers["content-type"]], [200, "application/json"]);
    },
  },
  {
    id: "ACPT-003",
    claim: "*/* and no Accept at all are JSON",
    source: NEGOTIATE_GO,
    flip: { fault: "answer-header:content-type=text/plain" },
    async run(at) {
      for (const accept of ["*/*", "application/*", undefined]) {
        const headers: Headers = accept === undefined ? {} : { accept };
        const reply = await at.get("jobs", headers);
        assert.deepEqual([reply.status, reply.headers["content-type"]], [200, "application/json"]);
      }
    },
  },
  {
    id: "ACPT-004",
    claim: "a form in a version that is not known is refused with 406, and passed over when JSON follows",
    source: NEGOTIATE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const unknown = as("Table", "v9").accept;
      assert.equal((await at.get("jobs", { accept: unknown })).status, 406);
      assert.equal(ok(await at.get("jobs", { accept: `${unknown},application/json` })).kind, "JobList");
    },
  },
  {
    id: "ACPT-005",
    claim: "a form of another group, or that is none, is refused with 406",
    source: NEGOTIATE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      assert.equal((await at.get("jobs", { accept: "application/json;as=Table;v=v1;g=example.com" })).status, 406);
      assert.equal((await at.get("jobs", as("Chart"))).status, 406);
    },
  },
  {
    id: "ACPT-006",
    claim: "a watch in a media type that is not served is refused with 406",
    source: NEGOTIATE_GO,
    flip: NO_ACCEPT,
    async run(at) {
      const reply = await at.watch("jobs?watch=1&timeoutSeconds=1", { accept: "text/html" });
      assert.equal(reply.status, 406);
    },
  },
  {
    id: "ACPT-007",
    claim: "HEAD answers the headers of GET without the body",
    source: "RFC 9110, section 9.3.2",
    flip: { fault: "status:405,method=HEAD" },
    async run(at) {
      await at.job("a");
      const [head, get] = [await at.call("HEAD", "jobs/a"), await at.get("jobs/a")];
      assert.deepEqual([head.status, head.text, head.headers["content-type"]], [200, "", "application/json"]);
      assert.equal(head.headers["content-length"], get.headers["content-length"]);
      assert.equal((await at.call("HEAD", "jobs/missing")).status, 404);
    },
  },
  {
    id: "ACPT-008",
    claim: "methods that no kind has are refused with 405",
    source: "k8s: apiserver/pkg/endpoints/installer.go",
    flip: { set: "kinds=custom" },
    on: "built-in",
    async run(at) {
      for (const method of ["OPTIONS", "TRACE"]) {
        const reply = await at.call(method, at.builtin.path);
        refused(reply, 405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});
      }
    },
  },
  {
    id: "GZIP-001",
    claim: "an answer of more than 128 KiB is compressed when gzip is accepted, and says so",
    source: WRITERS_GO,
    flip: { fault: "ignore:header.accept-encoding" },
    async run(at) {
      await at.job("a", { metadata: { annotations: { big: "x".repeat(140_000) } } });
      const { headers, bytes } = await at.get("jobs", { "accept-encoding": "gzip" });
      assert.deepEqual([headers["content-encoding"], headers["vary"]], ["gzip", "Accept-Encoding"]);
      assert.deepEqual([bytes[0], bytes[1], bytes.length < 20_000], [0x1f, 0x8b, true]);
    },
  },
  {
    id: "GZIP-002",
    claim: "a small answer is not compressed",
    source: WRITERS_GO,
    flip: { fault: "answer-header:content-encoding=gzip" },
    async run(at) {
      await at.job("a");
      const { headers } = await at.get("jobs", { "accept-encoding": "gzip" });
      assert.equal(headers["content-encoding"], undefined);
    },
  },
  {
    id: "GZIP-003",
    claim: "an answer is not compressed for a client that does not accept gzip",
    source: WRITERS_GO,
    flip: { fault: "request:header.accept-encoding=gzip,verb=list" },
    async run(at) {
      await at.job("a", { metadata: { annotations: { big: "x".repeat(140_000) } } });
      for (const encoding of ["identity", "gzip;q=0, identity", "deflate"]) {
        const { headers, text } = await at.get("jobs", { "accept-encoding": encoding });
        assert.equal(headers["content-encoding"], undefined, encoding);
        assert.ok(text.startsWith("{"));
      }
    },
  },
];
