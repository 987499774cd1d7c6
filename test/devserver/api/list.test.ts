import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { listPage } from "../../../src/devserver/api/list.ts";
import { Events } from "../../../src/devserver/state/events.ts";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { plainForm } from "../../../src/devserver/api/plain-form.ts";
import { type ResourceName, RESOURCES } from "../../../src/devserver/resources.ts";
import { Refusal } from "../../../src/devserver/wire/status.ts";
import { Store } from "../../../src/devserver/state/store.ts";
import type { ApiVersion } from "../../../src/provisioning.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import type { Body } from "../../support/devserver.ts";

interface ListOptions {
  resource?: ResourceName;
  version?: ApiVersion;
  namespace?: string;
  behaviour?: Partial<Behaviour>;
}

function list(store: Store, query: Record<string, string> = {}, options: ListOptions = {}): Body {
  const resource = RESOURCES[options.resource ?? "jobs"];
  const behaviour = { ...behaviourOf("2026-09"), ...options.behaviour };
  const form = plainForm(resource, options.version ?? "v0alpha1", behaviour);
  const request = { resource, namespace: options.namespace, query: new URLSearchParams(query), form };
  return JSON.parse(listPage({ store, events: new Events(store, behaviour), behaviour }, request)) as Body;
}

/** Follows `continue` to the end; the names of each page. */
function pages(store: Store, query: Record<string, string> = {}, options: ListOptions = {}): string[][] {
  const found: string[][] = [];
  let token: string | undefined = "";
  while (token !== undefined) {
    const page = list(store, token === "" ? query : { ...query, continue: token }, options);
    found.push(namesOf(page));
    token = page.metadata.continue;
  }
  return found;
}

function namesOf(page: Body): string[] {
  return (page.items ?? []).map(({ metadata }) => metadata.name);
}

function storeOf(count: number, more: (index: number) => Record<string, unknown> = () => ({})): Store {
  const store = new Store(new ManualClock());
  for (let index = 0; index < count; index++) {
    store.create("jobs", { metadata: { name: `j${String(index).padStart(4, "0")}`, namespace: "a" }, ...more(index) });
  }
  return store;
}

function codeOf(run: () => unknown): number {
  try {
    run();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
  return 200;
}

describe("listPage()", () => {
  test("is a list of the kind, at the version of the last write of any kind", () => {
    const store = storeOf(1);
    const version = store.create("repositories", { metadata: { name: "r", namespace: "a" } }).version;
    const page = list(store);
    assert.deepEqual([page.kind, page.apiVersion], ["JobList", "provisioning.grafana.app/v0alpha1"]);
    assert.deepEqual(page.metadata, { resourceVersion: String(version) });
    assert.equal(page.items?.[0]?.kind, "Job");
  });

  test("pages without being asked to, at 500", () => {
    assert.deepEqual(pages(storeOf(1_001)).map(({ length }) => length), [500, 500, 1]);
  });

  test("pages by limit, in order, without a token after an exact end", () => {
    assert.deepEqual(pages(storeOf(4), { limit: "2" }), [["j0000", "j0001"], ["j0002", "j0003"]]);
    assert.deepEqual(pages(storeOf(600), { limit: "1000" }).length, 1);
  });

  test("cuts a page once its bytes are reached, whatever the limit, but never an empty one", () => {
    const store = storeOf(3, () => ({ spec: { pad: "x".repeat(900_000) } }));
    assert.deepEqual(pages(store, { limit: "500" }).map(({ length }) => length), [3]);
    const large = storeOf(4, () => ({ spec: { pad: "é".repeat(600_000) } }));
    assert.deepEqual(pages(large, { limit: "500" }).map(({ length }) => length), [2, 2]);
    assert.deepEqual(pages(storeOf(3), {}, { behaviour: { pageBytes: 1 } }).map(({ length }) => length), [1, 1, 1]);
  });

  test("selects after the cut: pages may be empty and still go on", () => {
    const store = new Store(new ManualClock());
    for (const name of ["a", "b", "c", "d", "e"]) {
      const labels = name === "e" ? undefined : { "provisioning.grafana.app/claim": "1" };
      store.create("jobs", { metadata: { name, namespace: "n", labels } });
    }
    const query = { limit: "2", labelSelector: "!provisioning.grafana.app/claim" };
    assert.deepEqual(pages(store, query), [[], [], ["e"]]);
  });

  test("later pages are as of the first: what came or changed meanwhile is missing", () => {
    const store = storeOf(6);
    const first = list(store, { limit: "2" });
    store.create("jobs", { metadata: { name: "j0003a", namespace: "a" } });
    store.update("jobs", { metadata: { name: "j0004", namespace: "a" }, status: { state: "working" } });
    store.delete("jobs", "a", "j0002");
    const second = list(store, { limit: "2", continue: first.metadata.continue ?? "" });
    assert.deepEqual(namesOf(second), ["j0003", "j0005"]);
    assert.equal(second.metadata.resourceVersion, first.metadata.resourceVersion);
    assert.equal(second.metadata.continue, undefined);
  });

  test("one object that is named in its namespace is the whole list, with nothing to follow", () => {
    const query = { limit: "1", fieldSelector: "metadata.name=j0001" };
    const behaviour: Partial<Behaviour> = { selectors: "before-cut" };
    assert.deepEqual(pages(storeOf(3), query, { namespace: "a", behaviour }), [["j0001"]]);
    assert.deepEqual(pages(storeOf(3), query, { behaviour }), [["j0001"], []]);
  });

  test("one namespace or all", () => {
    const store = storeOf(1);
    store.create("jobs", { metadata: { name: "other", namespace: "b" } });
    assert.deepEqual(namesOf(list(store)), ["j0000", "other"]);
    assert.deepEqual(namesOf(list(store, {}, { namespace: "b" })), ["other"]);
  });

  test("no jobs are an empty list of items, no historic jobs none at all", () => {
    assert.deepEqual(list(storeOf(0)).items, []);
    assert.equal("items" in list(storeOf(0), {}, { resource: "historicjobs" }), false);
  });

  test("items take the version that was asked for, historic jobs keep the storage version", () => {
    const store = storeOf(1);
    store.create("historicjobs", { metadata: { name: "h", namespace: "a" } });
    assert.equal(list(store, {}, { version: "v1beta1" }).items?.[0]?.apiVersion, "provisioning.grafana.app/v1beta1");
    const historic = list(store, {}, { resource: "historicjobs", version: "v1beta1" });
    assert.equal(historic.apiVersion, "provisioning.grafana.app/v1beta1");
    assert.equal(historic.items?.[0]?.apiVersion, "provisioning.grafana.app/v0alpha1");
  });

  test("resourceVersionMatch=Exact keeps the objects of exactly that version", () => {
    const store = storeOf(3);
    const wanted = store.get("jobs", "a", "j0001")?.version;
    assert.deepEqual(namesOf(list(store, { resourceVersion: String(wanted), resourceVersionMatch: "Exact" })), ["j0001"]);
    assert.equal(namesOf(list(store, { resourceVersion: String(wanted), resourceVersionMatch: "NotOlderThan" })).length, 3);
    assert.equal(namesOf(list(store, { resourceVersion: "0" })).length, 3);
  });

  test("a negative limit is none", () => {
    assert.equal(namesOf(list(storeOf(3), { limit: "-1" })).length, 3);
  });

  for (
    const query of [
      { limit: "many" },
      { continue: "garbage" },
      { continue: "bnVsbA" },
      { resourceVersion: "abc" },
      { resourceVersion: "9999999999999999999" },
      { labelSelector: "a b" },
    ]
  ) {
    test(`refuses ${JSON.stringify(query)} with 400`, () => {
      assert.equal(codeOf(() => list(storeOf(1), query as unknown as Record<string, string>)), 400);
    });
  }
});
