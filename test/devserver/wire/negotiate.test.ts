import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Conversion, negotiate } from "../../../src/devserver/wire/negotiate.ts";

const TYPES = ["application/json", "application/yaml"];
const TABLE = { kind: "Table", group: "meta.k8s.io", version: "v1" };

function outcome(accept: string | undefined): string | undefined {
  const media = negotiate(accept, TYPES, (as: Conversion) => JSON.stringify(as) === JSON.stringify(TABLE));
  return media && `${media.type}${media.as === undefined ? "" : ` as ${media.as.kind}`}`;
}

describe("negotiate()", () => {
  for (
    const [accept, expected] of [
      [undefined, "application/json"],
      ["", "application/json"],
      ["*/*", "application/json"],
      ["application/*", "application/json"],
      ["APPLICATION/JSON", "application/json"],
      ["application/yaml", "application/yaml"],
      ["text/html", undefined],
      ["nonsense", undefined],
      ["text/html, */*;q=0.8", "application/json"],
      ["application/json;q=0", "application/json"],
      ["application/json;q=0.1, application/yaml", "application/yaml"],
      ["*/*, application/yaml", "application/yaml"],
      ["application/json;stream=watch", "application/json"],
      ["application/json;as=Table;v=v1;g=meta.k8s.io", "application/json as Table"],
      ["application/json; as=Table; g=meta.k8s.io; v=v1", "application/json as Table"],
      ["*/*;as=Table;v=v1;g=meta.k8s.io", "application/json as Table"],
      ["application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", "application/json"],
      ["application/json;as=Table;v=v9;g=meta.k8s.io", undefined],
      ["application/json;as=Table", undefined],
      ["application/json;v=v1;g=meta.k8s.io", undefined],
      ["application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io,application/json", "application/json"],
    ] as const
  ) {
    test(`${accept ?? "no Accept"} is ${expected ?? "refused"}`, () => assert.equal(outcome(accept), expected));
  }
});
