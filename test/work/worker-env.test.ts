import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { baseEnv, jobEnv } from "../../src/work/worker-env.ts";

describe("baseEnv()", () => {
  const ours = {
    PATH: "/bin", HOME: "/h", USER: "u", LOGNAME: "l", LANG: "C", LC_ALL: "C", TMPDIR: "/t", TZ: "UTC",
    TOKEN: "secret", JOB_CONTROLLER_TOKEN: "secret", KUBECONFIG: "/k", BUN_OPTIONS: "--x", NAMED: "n",
  };

  test("passes what is listed and named, and nothing else", () => {
    assert.deepEqual(baseEnv(ours, ["NAMED", "UNSET"]), {
      PATH: "/bin", HOME: "/h", USER: "u", LOGNAME: "l", LANG: "C", LC_ALL: "C", TMPDIR: "/t", TZ: "UTC", NAMED: "n",
    });
  });

  test("says where programs are when nobody does", () => assert.deepEqual(baseEnv({}), { PATH: "/usr/local/bin:/usr/bin:/bin" }));
});

describe("jobEnv()", () => {
  test("tells the worker its job", () => {
    assert.deepEqual(jobEnv({ uid: "u", name: "n", namespace: "ns", repository: "r", action: "pull", attempt: 3 }), {
      JOB_UID: "u", JOB_NAME: "n", JOB_NAMESPACE: "ns", JOB_REPOSITORY: "r", JOB_ACTION: "pull", JOB_ATTEMPT: "3",
    });
  });
});
