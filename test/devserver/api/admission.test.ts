import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { admit } from "../../../src/devserver/api/admission.ts";
import type { ResourceName } from "../../../src/devserver/resources.ts";
import { type Behaviour, behaviourOf } from "../../../src/devserver/behaviour/eras.ts";
import { type Cause, Refusal } from "../../../src/devserver/wire/status.ts";

/** Each cause as `field: message`. */
function causes(spec: Record<string, unknown>, resource: ResourceName = "jobs", more: Partial<Behaviour> = {}): string[] {
  try {
    admit(resource, { metadata: { name: "x" }, spec }, { ...behaviourOf("2026-09"), ...more });
    return [];
  } catch (error) {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.body.reason], [422, "Invalid"]);
    return (error.body.details?.["causes"] as Cause[]).map(({ field, message }) => `${field}: ${message}`);
  }
}

describe("admit()", () => {
  for (
    const spec of [
      { action: "pull", pull: { incremental: false } },
      { action: "push", push: { branch: "feature/x", resources: [{ name: "d", kind: "Dashboard" }] } },
      { action: "pr", pr: { ref: "main", pr: 7 } },
      { action: "migrate", migrate: {} },
      { action: "delete", delete: { paths: ["a/b.json"] } },
      { action: "move", move: { paths: ["a"], targetPath: "b" } },
      { action: "fixFolderMetadata" },
      { action: "releaseResources" },
      { action: "deleteResources" },
      { action: "test", test: { duration: "20m" } },
    ]
  ) {
    test(`accepts ${spec.action}`, () => assert.deepEqual(causes({ ...spec, repository: "r" }), []));
  }

  test("wants action and repository, and names both at once", () => {
    assert.deepEqual(causes({}), [
      "spec.action: Required value: action must be specified",
      "spec.repository: Required value: repository must be specified",
    ]);
  });

  for (
    const [spec, cause] of [
      [{ action: "sing" }, 'spec.action: Invalid value: "sing": invalid action'],
      [{ action: "toString" }, 'spec.action: Invalid value: "toString": invalid action'],
      [{ action: "pull" }, "spec.pull: Required value: pull options required for pull action"],
      [{ action: "push" }, "spec.push: Required value: push options required for push action"],
      [{ action: "push", push: { branch: "a..b" } }, 'spec.push.branch: Invalid value: "a..b": invalid git branch name'],
      [
        { action: "fixFolderMetadata", fixFolderMetadata: { ref: "a b" } },
        'spec.fixFolderMetadata.ref: Invalid value: "a b": invalid git branch name',
      ],
      [{ action: "delete", delete: {} }, "spec.delete: Required value: at least one path or resource must be specified"],
      [
        { action: "delete", delete: { paths: ["a/../b"] } },
        'spec.delete.paths[0]: Invalid value: "a/../b": path contains traversal attempt',
      ],
      [{ action: "move", move: { paths: ["a"] } }, "spec.move.targetPath: Required value: target path is required"],
      [
        { action: "push", push: { resources: Array(101).fill({ name: "d" }) } },
        'spec.push.resources: Invalid value: "101": at most 100 resources',
      ],
      [
        { action: "push", push: { resources: [{ kind: "Pod" }] } },
        'spec.push.resources[0].kind: Invalid value: "Pod": unsupported kind',
      ],
      [
        { action: "test", test: { duration: "21m" } },
        'spec.test.duration: Invalid value: "21m": must be more than 0 and at most 20m',
      ],
      [{ action: "test", test: {} }, 'spec.test.duration: Invalid value: "": must be more than 0 and at most 20m'],
    ] as const
  ) {
    test(`refuses: ${cause}`, () => assert.deepEqual(causes({ ...spec, repository: "r" }), [cause]));
  }

  test("asks of historic jobs for action and repository alone, of repositories for nothing", () => {
    assert.deepEqual(causes({ action: "sing", repository: "r" }, "historicjobs"), []);
    assert.equal(causes({}, "historicjobs").length, 2);
    assert.deepEqual(causes({}, "repositories"), []);
  });

  for (const action of ["fixFolderMetadata", "releaseResources", "deleteResources", "test"]) {
    test(`without new actions ${action} is none`, () => {
      const spec = { action, repository: "r", test: { duration: "1s" } };
      assert.deepEqual(causes(spec, "jobs", { newActions: false }), [`spec.action: Invalid value: "${action}": invalid action`]);
    });
  }

  test("accepts anything where specs are not checked", () => assert.deepEqual(causes({}, "jobs", { admission: false }), []));
});
