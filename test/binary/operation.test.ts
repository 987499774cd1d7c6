// What the flags do that choose what is followed, deleted and written; from the command line and from the environment.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { runBinary, Site } from "../support/binary.ts";
import { type Controller, NOTIFICATION, STARTED } from "../support/controller.ts";

const levels = ({ lines }: Controller) => [...new Set(lines.map(({ level }) => level))].sort();

describe("--namespace", () => {
  test("given twice, both namespaces are followed and no other is asked for", async () => {
    await using site = await Site.open();
    const before = [site.createJob("there", "team-a"), site.createJob("there", "team-c")];
    const controller = site.start(["--namespace", "team-a", "-n=team-b", "--history-expiration=1h"]);
    await controller.started();
    await controller.until(({ msg }) => msg === "history sweep complete");
    const after = ["team-a", "team-b", "team-c"].map((namespace) => site.createJob("new", namespace));
    const [a, b] = [after[0]?.uid, after[1]?.uid];
    assert.equal((await controller.notified(a)).namespace, "team-a");
    assert.equal((await controller.notified(b)).namespace, "team-b");
    assert.equal(await controller.stop(), 0);
    assert.deepEqual([...controller.counts()].sort(), [before[0]?.uid, a, b].map((uid) => [uid, 1]).sort());
    assert.equal(controller.of(STARTED).length, 1);
    const paths = site.devserver.requests.filter(({ server }) => server === "api").map(({ path }) => path.replace(/^.*\/v0alpha1\//, ""));
    const expected = ["team-a", "team-b"].flatMap((name) => [`namespaces/${name}/historicjobs`, `namespaces/${name}/jobs`]);
    assert.deepEqual([...new Set(paths)].sort(), expected);
  });
});

describe("the notification", () => {
  test("is one line of JSON with these keys in this order", async () => {
    await using site = await Site.open();
    const controller = site.start();
    await controller.started();
    const { uid } = site.createJob("test6-sync");
    const { time, lag_ms: lag, ...line } = await controller.notified(uid);
    assert.deepEqual(Object.entries(line), Object.entries({
      level: "INFO",
      msg: NOTIFICATION,
      logger: "provisioning-job-controller",
      namespace: "default",
      job: "test6-sync",
      uid,
      repository: "test6",
      action: "pull",
      trigger: "live",
    }));
    assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)$/);
    assert.equal(Number.isInteger(lag), true);
    assert.equal(await controller.stop(), 0);
  });

  test("its time has the local offset of TZ", async () => {
    await using site = await Site.open();
    const controller = site.start([], { env: { TZ: "Asia/Kolkata" } });
    assert.match((await controller.started()).time, /\+05:30$/);
    assert.equal(await controller.stop(), 0);
  });
});

describe("--log-level and --log-format", () => {
  test("at error nothing is left but the notifications", async () => {
    await using site = await Site.open();
    const controller = site.launch([...site.credential, site.address, "--health-probe-bind-address=0", "--log-level=error"]);
    const first = site.createJob("one");
    await controller.notified(first.uid);
    assert.equal(await controller.stop(), 0);
    assert.deepEqual(controller.lines.map(({ msg }) => msg), [NOTIFICATION]);
  });

  test("at debug there are debug lines", async () => {
    await using site = await Site.open();
    const controller = site.start(["--log-level=debug"]);
    await controller.started();
    assert.equal(await controller.stop(), 0);
    assert.deepEqual(levels(controller), ["DEBUG", "INFO"]);
  });

  test("pretty lines are for people, without colours in a pipe", async () => {
    await using site = await Site.open();
    const controller = site.start(["--log-format=pretty"], { env: { TERM: "xterm-256color" } });
    await site.devserver.watching(1);
    const { uid } = site.createJob("one");
    while (!controller.garbage.some((line) => line.includes(uid))) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await controller.stop(), 0);
    assert.deepEqual(controller.lines, []);
    const line = controller.garbage.find((text) => text.includes(NOTIFICATION)) ?? "";
    const facts = `namespace=default job=one uid=${uid} repository=test6 action=pull trigger=\\w+ lag_ms=\\d+`;
    assert.match(line, new RegExp(`^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  ${NOTIFICATION}  ${facts}$`));
    assert.equal(controller.garbage.join("").includes("\x1b"), false);
  });
});

describe("--history-expiration", () => {
  test("expired records go, others stay, and one line sums up", async () => {
    await using site = await Site.open();
    for (let nth = 0; nth < 5; nth++) site.createRecord(`old-${nth}`, 3_700_000);
    site.createRecord("young", 3_000_000);
    const controller = site.start(["--history-expiration=1h"]);
    const { duration, time: _, ...summary } = await controller.until(({ msg }) => msg === "history sweep complete");
    assert.deepEqual(summary, {
      level: "INFO",
      msg: "history sweep complete",
      logger: "provisioning-job-controller",
      seen: 6,
      expired: 5,
      deleted: 5,
      gone: 0,
      changed: 0,
      failed: 0,
    });
    assert.match(String(duration), /^\d.*s$/);
    assert.deepEqual(site.history, ["young"]);
    assert.equal(await controller.stop(), 0);
  });

  test("--dry-run names what would go and deletes nothing", async () => {
    await using site = await Site.open();
    const old = site.createRecord("old", 3_700_000);
    site.createRecord("young", 3_000_000);
    const controller = site.start(["--history-expiration=1h", "--dry-run"]);
    const { seen, expired, deleted, dry_run: dry } = await controller.until(({ msg }) => msg === "history sweep complete");
    assert.deepEqual({ seen, expired, deleted, dry }, { seen: 2, expired: 1, deleted: 0, dry: true });
    const [named, ...more] = controller.of("would delete expired historic job");
    assert.deepEqual([named?.name ?? named?.job, more], [old.name, []]);
    assert.deepEqual(site.history, ["old", "young"]);
    assert.equal(site.devserver.requests.some(({ method }) => method === "DELETE"), false);
    assert.equal(await controller.stop(), 0);
  });

  for (const value of ["0", "-1h"]) {
    test(`${value} deletes nothing`, async () => {
      await using site = await Site.open();
      site.createRecord("old", 3_700_000);
      const controller = site.start([`--history-expiration=${value}`]);
      await controller.started();
      await controller.notified(site.createJob("one").uid);
      assert.equal(await controller.stop(), 0);
      assert.deepEqual(controller.of("history cleanup enabled"), []);
      assert.deepEqual(site.history, ["old"]);
    });
  }
});

describe("JOB_CONTROLLER_*", () => {
  test("a controller without a single flag", async () => {
    await using site = await Site.open({ mtls: "required" });
    const old = site.createRecord("old", 3_700_000, "team-a");
    const controller = site.launch([], {
      env: {
        JOB_CONTROLLER_TOKEN: site.token,
        JOB_CONTROLLER_TOKEN_EXCHANGE_URL: site.devserver.exchangeUrl,
        JOB_CONTROLLER_PROVISIONING_SERVER_URL: site.devserver.apiUrl,
        JOB_CONTROLLER_TLS_CA_FILE: site.files.ca,
        JOB_CONTROLLER_TLS_CERT_FILE: site.files.cert,
        JOB_CONTROLLER_TLS_KEY_FILE: site.files.key,
        JOB_CONTROLLER_HEALTH_PROBE_BIND_ADDRESS: "0",
        JOB_CONTROLLER_HISTORY_EXPIRATION: "1h",
        JOB_CONTROLLER_DRY_RUN: "true",
        JOB_CONTROLLER_LOG_LEVEL: "debug",
        JOB_CONTROLLER_NAMESPACE: "team-a,team-b",
        JOB_CONTROLLER_SERVICE_HOST: "10.0.0.1",
      },
    });
    await controller.started();
    await controller.until(({ msg }) => msg === "would delete expired historic job");
    await controller.notified(site.createJob("one", "team-b").uid);
    assert.equal(await controller.stop(), 0);
    assert.deepEqual([levels(controller), site.history], [["DEBUG", "INFO"], [old.name]]);
  });

  test("flags win over variables, an empty variable is none", async () => {
    await using site = await Site.open();
    const env = {
      JOB_CONTROLLER_LOG_LEVEL: "nonsense",
      JOB_CONTROLLER_LOG_FORMAT: "",
      JOB_CONTROLLER_PROVISIONING_SERVER_URL: "https://127.0.0.1:9",
    };
    const controller = site.start(["--log-level=info"], { env });
    await controller.started();
    assert.equal(await controller.stop(), 0);
  });

  test("a bad value and a misspelt name are refused by the variable's name", async () => {
    const level = await runBinary([], { env: { JOB_CONTROLLER_LOG_LEVEL: "inof" } });
    assert.deepEqual([level.code, level.stdout], [2, ""]);
    assert.match(level.stderr, /^Error: Cannot parse JOB_CONTROLLER_LOG_LEVEL "inof": expected one of .*; did you mean info\?\n/);
    const name = await runBinary([], { env: { JOB_CONTROLLER_TOKN: "canary" } });
    assert.deepEqual([name.code, name.stdout], [2, ""]);
    assert.match(name.stderr, /^Error: Unknown environment variable JOB_CONTROLLER_TOKN: did you mean JOB_CONTROLLER_TOKEN\?\n/);
  });
});
