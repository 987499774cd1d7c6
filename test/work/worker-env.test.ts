import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "../../src/base/errors.ts";
import { baseEnv, jobEnv, parseWorkerEnv } from "../../src/work/worker-env.ts";

describe("parseWorkerEnv()", () => {
  test("takes names, separated by commas or in flags of their own", () => {
    assert.deepEqual(parseWorkerEnv(["GIT_TOKEN, HTTPS_PROXY", "a1"]), ["GIT_TOKEN", "HTTPS_PROXY", "a1"]);
  });

  for (const text of ["", "A,,B", "1A", "A B", "JOB_UID", "JOB_ATTEMPT"]) {
    test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseWorkerEnv([text]), UsageError));
  }

  test("repeats no value of a text that has one", () => {
    assert.throws(
      () => parseWorkerEnv(["GIT_TOKEN=hunter2"]),
      (error) => error instanceof UsageError && error.message.includes('"GIT_TOKEN=…"') && !error.message.includes("hunter2"),
    );
  });
});

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
