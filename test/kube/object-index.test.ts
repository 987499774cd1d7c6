import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { identify, isIdentified, ObjectIndex } from "../../src/kube/object-index.ts";
import type { KubeObject } from "../../src/kube/types.ts";
import { job } from "../support/objects.ts";

/** An index that knows these objects from one complete list. */
function known(...objects: KubeObject[]): ObjectIndex {
  const index = new ObjectIndex();
  list(index, objects);
  return index;
}

/** A complete list of `objects`, all on one page. */
function list(index: ObjectIndex, objects: KubeObject[], trusted = true) {
  index.beginList();
  const changes = objects.map((object) => index.list(object).change);
  const { gone, held } = index.endList(trusted);
  return { changes, gone: gone.map(({ uid }) => ({ uid })), held };
}

const gone = (uid: string) => ({ uid });

describe("ObjectIndex, a list beside what is known", () => {
  test("tells new, same and changed apart", () => {
    const index = known(job("a", "1", "5"), job("b", "2", "5"));
    assert.deepEqual(list(index, [job("a", "1", "5"), job("b", "2", "6"), job("c", "3", "7")]).changes, ["same", "changed", "new"]);
    assert.equal(index.size, 3);
  });

  test("takes another uid under a known key for the end of the old and a new one", () => {
    const index = known(job("a", "old"));
    index.beginList();
    assert.deepEqual(index.list(job("a", "new")), { change: "new", replaced: gone("old") });
    assert.equal(index.uidOf("default/a"), "new");
  });

  test("keeps equal names of two namespaces apart", () => {
    const index = known(job("a", "1", "5", { namespace: "x" }), job("a", "2", "5", { namespace: "y" }));
    assert.deepEqual([index.size, index.uidOf("x/a"), index.uidOf("y/a")], [2, "1", "2"]);
  });

  test("believes an absence after two complete lists", () => {
    const index = known(job("a", "1"), job("b", "2"));
    assert.deepEqual(list(index, [job("a", "1")]).gone, []);
    assert.equal(index.size, 2);
    assert.deepEqual(list(index, [job("a", "1")]).gone, [gone("2")]);
    assert.equal(index.size, 1);
    assert.deepEqual(list(index, [job("a", "1")]).gone, [], "told once");
  });

  test("tells which list was the last to show what is gone", () => {
    const index = known(job("a", "1"));
    index.apply(job("b", "2"));
    assert.equal(index.lists, 1);
    list(index, []);
    index.beginList();
    assert.deepEqual(index.endList(true).gone, [{ ...gone("1"), shown: 1 }, { ...gone("2"), shown: 0 }]);
    assert.equal(index.lists, 3);
  });

  test("starts to count again when the object is seen between", () => {
    const index = known(job("a", "1"));
    list(index, []);
    list(index, [job("a", "1")]);
    assert.deepEqual(list(index, []).gone, []);
    index.apply(job("a", "1", "2"));
    assert.deepEqual(list(index, []).gone, []);
    assert.deepEqual(list(index, []).gone, [gone("1")]);
  });

  test("needs two lists too for what the stream has added between lists", () => {
    const index = known();
    index.apply(job("a", "1"));
    assert.deepEqual(list(index, []).gone, []);
    assert.deepEqual(list(index, []).gone, [gone("1")]);
  });

  test("takes two lives of one name on two pages in their order", () => {
    const index = new ObjectIndex();
    index.beginList();
    index.list(job("a", "old"));
    assert.deepEqual(index.list(job("a", "new")), { change: "new", replaced: gone("old") });
  });

  test("concludes nothing from a list that broke off, and takes its pages for true", () => {
    const index = known(job("a", "1"));
    for (let nth = 0; nth < 5; nth++) {
      index.beginList();
      index.list(job("b", "2"));
      index.dropList();
    }
    assert.equal(index.size, 2);
    assert.equal(index.uidOf("default/b"), "2");
    list(index, [job("b", "2")]);
    index.beginList();
    index.dropList();
    assert.deepEqual(list(index, [job("b", "2")]).gone, [gone("1")], "the broken list between two complete ones does not count");
  });

  test("concludes nothing from a list during which the stream was lost", () => {
    const index = known(job("a", "1"));
    for (let nth = 0; nth < 5; nth++) assert.deepEqual(list(index, [], false), { changes: [], gone: [], held: 0 });
    list(index, []);
    assert.deepEqual(list(index, [job("b", "2")]).gone, [gone("1")]);
  });
});

describe("ObjectIndex, a list beside a stream", () => {
  test("keeps an object that the stream added while the list ran", () => {
    const index = known();
    for (let nth = 0; nth < 3; nth++) {
      index.beginList();
      index.apply(job("a", "1", String(nth)));
      assert.deepEqual(index.endList(true).gone, []);
    }
  });

  test("does not let an old page bring back what the stream removed", () => {
    const index = known(job("a", "1"));
    index.beginList();
    assert.equal(index.remove(job("a", "1", "9")), true);
    assert.equal(index.list(job("a", "1")).change, "stale");
    index.endList(true);
    assert.equal(index.size, 0);
  });

  test("does not let an old page bring back a life that the stream saw end, under a new one of the same name", () => {
    const index = known(job("a", "old"));
    index.beginList();
    index.remove(job("a", "old"));
    index.apply(job("a", "new"));
    assert.equal(index.list(job("a", "old")).change, "stale");
    assert.equal(index.uidOf("default/a"), "new");
  });

  test("does not let an old page bring back a life whose end was lost, once the stream told of its successor", () => {
    const index = known(job("a", "old"));
    index.beginList();
    assert.deepEqual(index.apply(job("a", "new")), { change: "new", replaced: gone("old") });
    assert.equal(index.list(job("a", "old")).change, "stale");
    assert.equal(index.uidOf("default/a"), "new");
  });

  test("lets a page of an older version not undo what the stream said", () => {
    const index = known(job("a", "1", "5"));
    index.beginList();
    index.apply(job("a", "1", "6"));
    assert.equal(index.list(job("a", "1", "5")).change, "same");
    index.endList(true);
    assert.equal(index.apply(job("a", "1", "6")).change, "same");
  });

  test("is no exemption for what the stream told before the list began", () => {
    const index = new ObjectIndex();
    index.apply(job("a", "old"));
    index.beginList();
    assert.deepEqual(index.list(job("a", "new")), { change: "new", replaced: gone("old") });
  });

  test("forgets after the list what the stream removed during it: the next list speaks for itself", () => {
    const index = known(job("a", "1"));
    for (const end of [() => index.endList(true), () => index.dropList()]) {
      index.beginList();
      index.remove(job("a", "1"));
      end();
      assert.deepEqual(list(index, [job("a", "1")]).changes, ["new"]);
    }
  });

  test("takes an object back that the stream adds again", () => {
    const index = known(job("a", "1"));
    index.beginList();
    index.remove(job("a", "1"));
    assert.equal(index.apply(job("a", "1")).change, "new");
    assert.equal(index.list(job("a", "1")).change, "same");
  });
});

describe("ObjectIndex, a stream behind a list", () => {
  test("does not put an old life in the place of the one that the list has shown", () => {
    const index = known(job("a", "new", "1897654321098765433"));
    assert.deepEqual(index.apply(job("a", "old", "999654321098765433")), { change: "past" }, "shorter is older");
    assert.deepEqual(index.apply(job("a", "old", "1897654321098765432")), { change: "past" });
    assert.equal(index.uidOf("default/a"), "new");
    assert.equal(index.apply(job("a", "new", "1897654321098765433")).change, "same");
  });

  test("does not let a late page bring that old life back", () => {
    const index = known(job("a", "new", "50"));
    index.beginList();
    index.apply(job("a", "old", "40"));
    assert.equal(index.list(job("a", "old", "40")).change, "stale");
    assert.equal(index.uidOf("default/a"), "new");
  });

  test("follows the stream where versions are no numbers", () => {
    for (const [before, after] of [["b", "a"], ["", "1"], ["5", ""], ["5x", "4x"]] as const) {
      const index = known(job("a", "old", before));
      assert.deepEqual(index.apply(job("a", "new", after)), { change: "new", replaced: gone("old") });
    }
  });
});

describe("ObjectIndex, a stream", () => {
  test("tells a repeated event from a change", () => {
    const index = new ObjectIndex();
    assert.equal(index.apply(job("a", "1", "5")).change, "new");
    assert.equal(index.apply(job("a", "1", "5")).change, "same");
    assert.equal(index.apply(job("a", "1", "6")).change, "changed");
    assert.deepEqual(index.apply(job("a", "1", "5")), { change: "same", told: "6" }, "old news");
    assert.equal(list(index, [job("a", "1", "6")]).changes[0], "same", "the newer version is still the one that is known");
    assert.equal(list(index, [job("a", "1", "3")]).changes[0], "changed", "a list is believed, as after a restore");
    assert.deepEqual(index.apply(job("a", "1", "x")), { change: "changed" }, "what is no number is as it comes");
  });

  test("removes a known object once", () => {
    const index = known(job("a", "1"));
    assert.equal(index.remove(job("a", "1", "9")), true);
    assert.equal(index.remove(job("a", "1", "9")), false);
  });

  test("does not remove a new life for the end of the old one", () => {
    const index = known(job("a", "new"));
    assert.equal(index.remove(job("a", "old")), false);
    assert.equal(index.uidOf("default/a"), "new");
  });
});

describe("ObjectIndex, many absences at once", () => {
  const many = (count: number) => Array.from({ length: count }, (_, nth) => job(`j${nth}`, `u${nth}`));

  test("asks for one list more before more than half and more than 20 go", () => {
    const index = known(...many(21));
    assert.deepEqual(list(index, []), { changes: [], gone: [], held: 0 });
    assert.deepEqual(list(index, []), { changes: [], gone: [], held: 21 });
    assert.equal(index.size, 21);
    assert.equal(list(index, []).gone.length, 21);
    assert.equal(index.size, 0);
  });

  test("believes 20, and half", () => {
    const twenty = known(...many(20));
    list(twenty, []);
    assert.equal(list(twenty, []).gone.length, 20);
    const half = known(...many(100));
    list(half, many(50));
    assert.equal(list(half, many(50)).gone.length, 50);
  });

  test("keeps all that is there again on the list that was asked for", () => {
    const index = known(...many(30));
    list(index, []);
    assert.equal(list(index, []).held, 30);
    assert.deepEqual(list(index, many(30)).gone, []);
    list(index, []);
    assert.equal(list(index, []).held, 30, "the guard is up again");
  });

  test("is not fooled by a list that broke off in between", () => {
    const index = known(...many(30));
    list(index, []);
    assert.equal(list(index, []).held, 30);
    index.beginList();
    index.dropList();
    assert.equal(index.size, 30);
    assert.equal(list(index, []).gone.length, 30);
  });
});

describe("identify() and isIdentified()", () => {
  test("read whatever a server sends", () => {
    assert.deepEqual(identify({}), { key: "/", uid: "", version: "" });
    assert.deepEqual(identify({ metadata: { name: "a", uid: "1" } }), { key: "/a", uid: "1", version: "" });
  });

  for (const object of [{}, { metadata: {} }, { metadata: { name: "a" } }, { metadata: { uid: "1" } }, { metadata: { name: "a", uid: "" } }, { metadata: null }]) {
    test(`cannot follow ${JSON.stringify(object)}`, () => assert.equal(isIdentified(object as KubeObject), false));
  }

  test("keeps a version of 19 digits as it is", () => {
    assert.equal(identify(job("a", "1", "1897654321098765433")).version, "1897654321098765433");
  });
});
