// Which parameters of lists and watches are possible together, and the real server's words for those that are not.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { flag, parseListOptions, parseWatchOptions } from "../../../src/devserver/api/list-options.ts";
import { RESOURCES } from "../../../src/devserver/resources.ts";
import { Refusal } from "../../../src/devserver/wire/status.ts";

function list(query: string): ReturnType<typeof parseListOptions> {
  return parseListOptions(RESOURCES.jobs, new URLSearchParams(query), behaviourOf("kubernetes"));
}

function watch(query: string, behaviour: Partial<Behaviour> = {}): ReturnType<typeof parseWatchOptions> {
  return parseWatchOptions(RESOURCES.jobs, new URLSearchParams(query), { ...behaviourOf("kubernetes"), ...behaviour });
}

/** Code and message; of a 422 each cause as `field: message`. */
function refusal(run: () => unknown): string[] {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    const causes = (error.body.details?.["causes"] ?? []) as { field: string; message: string }[];
    return [String(error.code), ...(causes.length === 0 ? [error.message] : causes.map(({ field, message }) => `${field}: ${message}`))];
  }
  assert.fail("expected a refusal");
}

const FORBIDDEN = "resourceVersionMatch: Forbidden:";
const UNSUPPORTED = "resourceVersionMatch: Unsupported value:";

describe("parseListOptions()", () => {
  const refused: [query: string, ...wanted: string[]][] = [
    ["limit=many", "400", 'strconv.ParseInt: parsing "many": invalid syntax'],
    ["limit=", "400", 'strconv.ParseInt: parsing "": invalid syntax'],
    ["limit=99999999999999999999", "400", 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ["timeoutSeconds=1.5&limit=many", "400", 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    ["limit=many&labelSelector=a+b", "400", 'strconv.ParseInt: parsing "many": invalid syntax'],
    ["resourceVersionMatch=Exact", "422", `${FORBIDDEN} resourceVersionMatch is forbidden unless resourceVersion is provided`],
    ["resourceVersionMatch=Exact&resourceVersion=0", "422", `${FORBIDDEN} resourceVersionMatch "exact" is forbidden for resourceVersion "0"`],
    ["resourceVersionMatch=Newest&resourceVersion=1", "422", `${UNSUPPORTED} "Newest": supported values: "Exact", "NotOlderThan", ""`],
    ["resourceVersionMatch=Exact&resourceVersion=1&continue=x", "422", `${FORBIDDEN} resourceVersionMatch is forbidden when continue is provided`],
    ["sendInitialEvents=false", "422", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"],
    ["sendInitialEvents=1&fieldSelector=x%3Dy", "422", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"],
    ["fieldSelector=x%3Dy", "400", "field label not supported: x"],
  ];
  for (const [query, ...wanted] of refused) {
    test(`refuses ${query}`, () => assert.deepEqual(refusal(() => list(query)), wanted));
  }

  test("names all causes at once, of the kind ListOptions", () => {
    const causes = [
      `${FORBIDDEN} resourceVersionMatch is forbidden unless resourceVersion is provided`,
      `${UNSUPPORTED} "Newest": supported values: "Exact", "NotOlderThan", ""`,
      "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list",
    ];
    const query = "resourceVersionMatch=Newest&sendInitialEvents=true";
    assert.deepEqual(refusal(() => list(query)), ["422", ...causes]);
    assert.throws(() => list(query), ({ message, body }: Refusal) => {
      assert.equal(message, `ListOptions.meta.k8s.io "" is invalid: [${causes.join(", ")}]`);
      assert.deepEqual([body.details?.["group"], body.details?.["kind"]], ["meta.k8s.io", "ListOptions"]);
      return true;
    });
  });

  test("takes the first of several values, and a negative limit as none", () => {
    assert.deepEqual([list("limit=1&limit=2").limit, list("limit=-3").limit, list("").limit, list("limit=%2B4").limit], [1, 0, 0, 4]);
  });
});

describe("parseWatchOptions()", () => {
  const needed = `${FORBIDDEN} sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`;
  const refused: [query: string, ...wanted: string[]][] = [
    ["sendInitialEvents=true", "422", needed],
    ["sendInitialEvents=false&resourceVersionMatch=Exact", "422", needed, `${UNSUPPORTED} "Exact": supported values: "NotOlderThan"`],
    ["resourceVersion=1&resourceVersionMatch=NotOlderThan", "422", `${FORBIDDEN} resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided`],
    ["resourceVersion=0&continue=x", "422", `${FORBIDDEN} resourceVersionMatch is forbidden when continue is provided`],
    ["timeoutSeconds=soon", "400", 'strconv.ParseInt: parsing "soon": invalid syntax'],
  ];
  for (const [query, ...wanted] of refused) {
    test(`refuses ${query}`, () => assert.deepEqual(refusal(() => watch(query)), wanted));
  }

  test("refuses sendInitialEvents, whatever it says, where streaming lists are not served", () => {
    const wanted = "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
    assert.deepEqual(refusal(() => watch("sendInitialEvents=false&resourceVersionMatch=NotOlderThan", { watchList: "refused" })), ["422", wanted]);
  });

  const beginnings: [query: string, behaviour: Partial<Behaviour>, initial: boolean, marked: boolean][] = [
    ["", {}, true, true],
    ["resourceVersion=0", {}, true, true],
    ["resourceVersion=00", {}, true, false],
    ["resourceVersion=7", {}, false, false],
    ["", { watchList: "refused" }, true, false],
    ["", { watchFromZero: "now" }, false, false],
    ["sendInitialEvents=false&resourceVersionMatch=NotOlderThan", {}, false, false],
    ["sendInitialEvents=true&resourceVersionMatch=NotOlderThan", { watchFromZero: "now" }, true, true],
  ];
  for (const [query, behaviour, initial, marked] of beginnings) {
    test(`"${query}" ${initial ? `begins with the state${marked ? ", marked" : ""}` : "begins with changes"} ${JSON.stringify(behaviour)}`, () => {
      const options = watch(query, behaviour);
      assert.deepEqual([options.initial, options.marked], [initial, marked]);
    });
  }
});

describe("flag()", () => {
  test("is off for 0 and false alone, and unknown when it is not there", () => {
    const values = ["x=0", "x=false", "x=FALSE", "x=", "x", "x=1", "x=true", "x=no", ""].map((query) => flag(new URLSearchParams(query), "x"));
    assert.deepEqual(values, [false, false, false, true, true, true, true, true, undefined]);
  });
});
