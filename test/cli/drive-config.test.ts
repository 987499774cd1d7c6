import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusal, runOf, SEED } from "../support/command-line.ts";

function driveOf(...flags: string[]) {
  return runOf([...SEED, ...flags]).drive;
}

describe("driveOf()", () => {
  test("keeps workers as they were given", () => {
    assert.deepEqual(
      driveOf("--worker=pull,push=exec:./sync.sh --now", "--worker", "*=builtin:test").workers,
      ["pull,push=exec:./sync.sh --now", "*=builtin:test"],
    );
  });

  test("reads every number", () => {
    const { workers: _workers, ...rest } = driveOf(
      "--worker-env=B", "--worker-env=A", "--worker-env=B", "--drivers=10", "--job-timeout=5m", "--job-interval=1s", "--max-attempts=1",
      "--on-expired=fail", "--lease-validity=3s", "--lease-renewal=1s", "--lease-expiry=4s", "--claim-settle=500ms",
    );
    assert.deepEqual(rest, {
      workerEnv: ["B", "A"], drivers: 10, jobTimeoutMs: 300_000, jobIntervalMs: 1_000, maxAttempts: 1, onExpired: "fail",
      leaseValidityMs: 3_000, leaseRenewalMs: 1_000, leaseExpiryMs: 4_000, claimSettleMs: 500,
    });
  });

  test("takes one worker a line from the variable, so that commands may have words", () => {
    const env = { JOB_CONTROLLER_WORKER: "pull,push=exec:./sync.sh --now\r\n\n*=builtin:test\n", JOB_CONTROLLER_WORKER_ENV: "A, B" };
    const { workers, workerEnv } = runOf(SEED, env).drive;
    assert.deepEqual(workers, ["pull,push=exec:./sync.sh --now", "*=builtin:test"]);
    assert.deepEqual(workerEnv, ["A", "B"]);
  });

  test("refuses a renewal above a third of the validity", () => {
    assert.equal(
      refusal([...SEED, "--lease-renewal=9s"]),
      'Cannot use --lease-renewal "9s": expected at most a third of --lease-validity 25s',
    );
    assert.match(refusal([...SEED, "--lease-validity=20s"]), /--lease-renewal "8s": expected at most a third of --lease-validity 20s$/);
    assert.equal(driveOf("--lease-validity=24s").leaseRenewalMs, 8_000);
  });

  test("refuses an expiry that is not longer than the validity", () => {
    assert.equal(refusal([...SEED, "--lease-expiry=25s"]), 'Cannot use --lease-expiry "25s": expected more than --lease-validity 25s');
    assert.equal(driveOf("--lease-expiry=26s").leaseExpiryMs, 26_000);
    assert.equal(
      refusal([...SEED, "--lease-expiry=27s", "--claim-settle=2s"]),
      'Cannot use --lease-expiry "27s": expected more than --lease-validity 25s and --claim-settle 2s together',
    );
  });

  test("refuses a settle time that leaves no room for renewals", () => {
    assert.match(refusal([...SEED, "--claim-settle=9s"]), /--claim-settle "9s": expected at most a third/);
  });

  test("refuses numbers out of range, and what is no name of a variable", () => {
    assert.equal(refusal([...SEED, "--drivers=0"]), 'Cannot parse --drivers "0": expected a whole number from 1 to 100');
    assert.match(refusal([...SEED, "--drivers=101"]), /from 1 to 100$/);
    assert.match(refusal([...SEED, "--max-attempts=x"]), /from 1 to 1000$/);
    assert.equal(
      refusal([...SEED, "--worker-env=SECRET=hunter2"]),
      'Cannot parse --worker-env "SECRET=…": expected the name of an environment variable; did you mean SECRET?',
    );
  });
});
