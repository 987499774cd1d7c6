import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { type Announcement, Ledger } from "../../src/jobs/ledger.ts";
import { following } from "../support/machine.ts";
import { job, page, record } from "../support/objects.ts";

/** Server time of monotonic 0. */
const EPOCH = Date.parse("2026-03-01T10:00:00Z");
const MINUTE = 60_000;
const server = (at: number) => EPOCH + at;

/** A complete pass over the history that begins and ends at `at` and reads these records. */
function scan(ledger: Ledger, at: number, records: ReturnType<typeof record>[] = [], firstAnswerMs = EPOCH): void {
  ledger.scanBegan(at);
  ledger.recorded(records, server(at), firstAnswerMs, at);
  ledger.scanEnded(true, at);
}

/** A complete list that begins at `beganAt` and ends at `at`, beside a stream that is up to date. */
function listed(ledger: Ledger, beganAt: number, at: number): void {
  ledger.listed({ beganAt, resumesAt: at }, at);
}

/** A job that is told and has gone again. */
function lived(ledger: Ledger, uid: string, goneAt: number): void {
  ledger.applied(job(`job-${uid}`, uid), "live");
  ledger.deleted(uid, goneAt);
}

const uids = (announcements: Announcement[]) => announcements.map(({ uid }) => uid);

describe("Ledger, a job that exists", () => {
  test("is announced once, with what the line says", () => {
    const ledger = new Ledger();
    assert.deepEqual(ledger.applied(job("a", "1", "5", { namespace: "stacks-42", createdMs: EPOCH }), "initial"), {
      trigger: "initial",
      namespace: "stacks-42",
      job: "a",
      uid: "1",
      repository: "repo",
      action: "pull",
      createdMs: EPOCH,
    });
    for (const trigger of ["initial", "live", "relist"] as const) assert.equal(ledger.applied(job("a", "1"), trigger), undefined);
  });

  test("takes the trigger from whoever told first", () => {
    const ledger = new Ledger();
    assert.equal(ledger.applied(job("a", "1"), "live")?.trigger, "live");
    assert.equal(ledger.applied(job("b", "2"), "relist")?.trigger, "relist");
    assert.equal(ledger.applied(job("c", "3"), "initial")?.trigger, "initial");
  });

  test("is told by uid: a recreated one again, one of another namespace too", () => {
    const ledger = new Ledger();
    ledger.applied(job("a", "1"), "live");
    ledger.deleted("1", 0);
    assert.ok(ledger.applied(job("a", "2"), "live"));
    assert.ok(ledger.applied(job("a", "3", "1", { namespace: "other" }), "live"));
  });

  test("is told with what there is", () => {
    const { repository, action, createdMs, namespace } = new Ledger().applied({ metadata: { name: "a", uid: "1", creationTimestamp: null } }, "live") ?? {};
    assert.deepEqual([repository, action, createdMs, namespace], [undefined, undefined, undefined, ""]);
    const labelled = { metadata: { name: "a", uid: "1", labels: { "provisioning.grafana.app/repository": "labelled" }, creationTimestamp: "soon" } };
    const other = new Ledger().applied(labelled, "live");
    assert.deepEqual([other?.repository, other?.createdMs], ["labelled", undefined]);
  });
});

describe("Ledger, a job that has gone", () => {
  test("is not announced by a late page, a replayed event or its record", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 1_000);
    assert.equal(ledger.applied(job("a", "1"), "relist"), undefined);
    ledger.deleted("1", 2_000);
    assert.equal(ledger.applied(job("a", "1"), "live"), undefined);
    ledger.deleted("1", 3_000);
    scan(ledger, 4_000, [record("a", "1", server(3_000))]);
    assert.deepEqual(ledger.due(1_000_000), []);
  });

  test("is forgotten once a list and a scan have ended that began three minutes later", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 10 * MINUTE);
    const later = 13 * MINUTE;
    listed(ledger, later, later);
    scan(ledger, later - 1_000);
    assert.equal(ledger.size, 1, "the scan began too early");
    scan(ledger, later);
    assert.equal(ledger.size, 0);
  });

  test("is kept while either of list and scan is missing", () => {
    const lists = new Ledger();
    lived(lists, "1", 0);
    for (let at = MINUTE; at < 120 * MINUTE; at += MINUTE) listed(lists, at, at);
    assert.equal(lists.size, 1, "no scan has ended");
    const scans = new Ledger();
    lived(scans, "1", 0);
    for (let at = MINUTE; at < 120 * MINUTE; at += MINUTE) scan(scans, at);
    assert.equal(scans.size, 1, "no list has ended");
  });

  test("is kept by a scan that broke off, and by one that has only begun", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 0);
    listed(ledger, 60 * MINUTE, 60 * MINUTE);
    ledger.scanBegan(60 * MINUTE);
    ledger.recorded([], server(60 * MINUTE), EPOCH, 60 * MINUTE);
    listed(ledger, 61 * MINUTE, 61 * MINUTE);
    assert.equal(ledger.size, 1);
    ledger.scanEnded(false, 62 * MINUTE);
    listed(ledger, 63 * MINUTE, 63 * MINUTE);
    assert.equal(ledger.size, 1);
  });

  test("is kept while the stream may go back to before its end, however long lists and scans have ended since", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 10 * MINUTE);
    const broken = { resumesAt: 9 * MINUTE };
    for (let at = 10 * MINUTE; at < 100 * MINUTE; at += MINUTE) {
      ledger.listed({ beganAt: at, ...broken }, at);
      scan(ledger, at);
    }
    ledger.historyUnreadable();
    ledger.listed({ beganAt: 100 * MINUTE, ...broken }, 100 * MINUTE);
    assert.equal(ledger.applied(job("a", "1"), "live"), undefined, "a stream that was down repeats it");
    ledger.deleted("1", 101 * MINUTE);
    ledger.listed({ beganAt: 120 * MINUTE, resumesAt: 102 * MINUTE }, 120 * MINUTE);
    assert.equal(ledger.size, 0);
  });

  test("is kept when its end and the version of the stream are of one second: either may have been first", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 10 * MINUTE + 900);
    ledger.listed({ beganAt: 60 * MINUTE, resumesAt: 10 * MINUTE + 100 }, 60 * MINUTE);
    scan(ledger, 60 * MINUTE);
    assert.equal(ledger.size, 1);
    ledger.listed({ beganAt: 61 * MINUTE, resumesAt: 10 * MINUTE + 2_000 }, 61 * MINUTE);
    assert.equal(ledger.size, 0);
  });

  test("is forgotten after ten minutes where the history cannot be read", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 10 * MINUTE);
    ledger.historyUnreadable();
    listed(ledger, 19 * MINUTE, 19 * MINUTE + 59_000);
    assert.equal(ledger.size, 1);
    listed(ledger, 20 * MINUTE, 20 * MINUTE + 1_000);
    assert.equal(ledger.size, 0);
  });

  test("is kept where the history cannot be read either, until a list that began after its end has ended", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 10 * MINUTE);
    ledger.historyUnreadable();
    listed(ledger, 9 * MINUTE, 30 * MINUTE);
    assert.equal(ledger.size, 1, "a page of that list may still have shown it");
  });

  test("is not forgotten while it lives, whatever ends", () => {
    const ledger = new Ledger();
    ledger.applied(job("a", "1"), "live");
    for (let at = 0; at < 300 * MINUTE; at += MINUTE) {
      listed(ledger, at, at);
      scan(ledger, at);
    }
    assert.equal(ledger.applied(job("a", "1"), "relist"), undefined);
  });

  test("was forgotten, and its record is not taken for news when the history can be read again", () => {
    const ledger = new Ledger();
    scan(ledger, 0);
    ledger.historyUnreadable();
    for (let at = 0; at < 120 * MINUTE; at += MINUTE) {
      lived(ledger, `u${at / MINUTE}`, at);
      listed(ledger, at, at);
    }
    assert.ok(ledger.size < 12, `${ledger.size} departed are kept`);
    const records = Array.from({ length: 120 }, (_, nth) => record("a", `u${nth}`, server(nth * MINUTE)));
    scan(ledger, 120 * MINUTE, [...records, record("gap", "gap", server(119 * MINUTE))]);
    assert.deepEqual(uids(ledger.due(200 * MINUTE)), ["gap"]);
  });

  test("was forgotten in the quiet way, and its record still is no news", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 10 * MINUTE);
    const old = record("a", "1", server(10 * MINUTE));
    for (let at = 10 * MINUTE; at < 60 * MINUTE; at += 10_000) {
      listed(ledger, at, at);
      scan(ledger, at, [old]);
    }
    assert.equal(ledger.size, 0);
    assert.deepEqual(ledger.due(100 * MINUTE), []);
  });
});

describe("Ledger, a job that is known from its record alone", () => {
  test("is announced by its own name, whichever suffix its record's has", () => {
    const ledger = new Ledger();
    scan(ledger, 1_000);
    const uid = "5f0e6c1e-0003-4a70";
    const ours = record("x", uid, server(40_000));
    ours.metadata = { ...ours.metadata, name: `pull-repo-${uid}` };
    ledger.recorded([ours, record("push-repo", "2", server(40_000))], server(50_000), EPOCH, 50_000);
    assert.deepEqual(ledger.due(70_000).map(({ job: name }) => name), ["pull-repo", "push-repo"]);
  });

  test("is announced ten seconds later, once, as reconstructed", () => {
    const ledger = new Ledger();
    ledger.scanBegan(50_000);
    ledger.recorded([record("pull-repo", "1", server(40_000))], server(50_000), EPOCH, 50_000);
    assert.equal(ledger.dueAt, 60_000);
    assert.deepEqual(ledger.due(59_999), []);
    assert.deepEqual(ledger.due(60_000), [
      { trigger: "reconstructed", namespace: "default", job: "pull-repo", uid: "1", repository: "repo", action: "pull", createdMs: undefined },
    ]);
    assert.equal(ledger.dueAt, undefined);
    ledger.scanEnded(true, 61_000);
    for (let at = 70_000; at < 200_000; at += 10_000) scan(ledger, at, [record("pull-repo", "1", server(40_000))]);
    assert.deepEqual(ledger.due(1_000_000), []);
  });

  test("is left to its ADDED if that comes within the ten seconds", () => {
    const ledger = new Ledger();
    scan(ledger, 50_000, [record("a", "1", server(40_000)), record("b", "2", server(40_000))]);
    assert.equal(ledger.applied(job("a", "1"), "live")?.trigger, "live");
    assert.deepEqual(uids(ledger.due(60_000)), ["2"]);
  });

  test("stays silent when its ADDED comes after that", () => {
    const ledger = new Ledger();
    scan(ledger, 50_000, [record("a", "1", server(40_000))]);
    ledger.due(60_000);
    assert.equal(ledger.applied(job("a", "1"), "live"), undefined);
    ledger.deleted("1", 61_000);
    assert.equal(ledger.applied(job("a", "1"), "relist"), undefined);
  });

  test("is announced once for two records: a job may run twice", () => {
    const ledger = new Ledger();
    scan(ledger, 50_000, [record("a", "1", server(40_000)), record("a", "1", server(45_000))]);
    assert.deepEqual(uids(ledger.due(60_000)), ["1"]);
  });

  test("comes in the order in which the records were read, and keeps the later ones waiting", () => {
    const ledger = new Ledger();
    scan(ledger, 50_000, [record("a", "1", server(40_000)), record("b", "2", server(41_000))]);
    scan(ledger, 55_000, [record("c", "3", server(54_000))]);
    assert.deepEqual(uids(ledger.due(64_999)), ["1", "2"]);
    assert.equal(ledger.dueAt, 65_000);
    assert.deepEqual(uids(ledger.due(65_000)), ["3"]);
  });

  test("is nobody's news when the record is from before the process's first answer, or of that very second", () => {
    const ledger = new Ledger();
    const first = server(30_000);
    scan(ledger, 50_000, [record("old", "1", first - 1_000), record("same", "2", first), record("new", "3", first + 1_000)], first);
    assert.deepEqual(uids(ledger.due(60_000)), ["3"]);
  });

  test("counts back two minutes from the begin of the last complete scan, on the server's clock", () => {
    const ledger = new Ledger();
    scan(ledger, 10 * MINUTE);
    const records = [record("old", "1", server(8 * MINUTE)), record("new", "2", server(8 * MINUTE) + 1_000)];
    scan(ledger, 20 * MINUTE, records);
    assert.deepEqual(uids(ledger.due(30 * MINUTE)), ["2"]);
  });

  test("counts from the last scan that was complete", () => {
    const ledger = new Ledger();
    scan(ledger, 10 * MINUTE);
    ledger.scanBegan(20 * MINUTE);
    ledger.recorded([], server(20 * MINUTE), EPOCH, 20 * MINUTE);
    ledger.scanEnded(false, 21 * MINUTE);
    scan(ledger, 30 * MINUTE, [record("a", "1", server(11 * MINUTE))]);
    assert.deepEqual(uids(ledger.due(40 * MINUTE)), ["1"]);
  });

  test("counts from the server's begin of a scan, however long it took and whatever our clock says", () => {
    const ledger = new Ledger();
    const ahead = 3_600_000;
    ledger.scanBegan(10 * MINUTE);
    ledger.recorded([], server(10 * MINUTE) + ahead, EPOCH, 10 * MINUTE);
    ledger.recorded([], server(40 * MINUTE) + ahead, EPOCH, 40 * MINUTE);
    ledger.scanEnded(true, 40 * MINUTE);
    ledger.scanBegan(50 * MINUTE);
    ledger.recorded([record("a", "1", server(20 * MINUTE) + ahead)], server(50 * MINUTE) + ahead, EPOCH, 50 * MINUTE);
    assert.deepEqual(uids(ledger.due(60 * MINUTE)), ["1"], "written while that scan ran, and maybe behind its back");
  });

  test("is found by a sweep and a scan side by side, whichever ends first or breaks off", () => {
    for (const [first, second] of [[true, true], [true, false], [false, true], [false, false]] as const) {
      const ledger = new Ledger();
      scan(ledger, 0);
      // A sweep begins at 1 min, a scan at 30 min; one of them ends at 31, the other at 32 min.
      ledger.scanBegan(1 * MINUTE);
      ledger.recorded([], server(1 * MINUTE), EPOCH, 1 * MINUTE);
      ledger.scanBegan(30 * MINUTE);
      ledger.recorded([], server(30 * MINUTE), EPOCH, 30 * MINUTE);
      ledger.scanEnded(first, 31 * MINUTE);
      // Written at 2 min: a sweep that had passed its place did not see it.
      const unseen = record("a", "1", server(2 * MINUTE));
      if (!second) ledger.scanEnded(false, 32 * MINUTE);
      scan(ledger, 33 * MINUTE, [unseen]);
      assert.deepEqual(uids(ledger.due(60 * MINUTE)), ["1"], `first ${first}, second ${second}`);
    }
  });

  test("is none without an original uid, without a time, or without anything", () => {
    const ledger = new Ledger();
    const unlabelled = record("a", "1", server(40_000));
    delete unlabelled.metadata?.labels;
    const empty = record("a", "", server(40_000));
    const timeless = record("a", "2", server(40_000));
    delete timeless.metadata?.creationTimestamp;
    const garbled = record("a", "3", server(40_000));
    if (garbled.metadata) garbled.metadata.creationTimestamp = "yesterday";
    scan(ledger, 50_000, [unlabelled, empty, timeless, garbled, {}, { metadata: {} }]);
    assert.equal(ledger.dueAt, undefined);
  });

  test("gets its name back from the record's", () => {
    const ledger = new Ledger();
    const plain = record("x", "3", server(40_000));
    if (plain.metadata) plain.metadata.name = "nodash";
    delete plain.spec;
    scan(ledger, 50_000, [record("repository-0a6b0ad-sync", "1", server(40_000)), record("a", "2", server(40_000)), plain]);
    const told = ledger.due(60_000);
    assert.deepEqual(told.map(({ job: name }) => name), ["repository-0a6b0ad-sync", "a", "nodash"]);
    assert.deepEqual(told.map(({ repository, action }) => [repository, action]).at(-1), ["repo", undefined], "the label stands in for the spec");
  });
});

describe("Ledger, a job that leaves no record", () => {
  /** What a complete pass that begins and ends at `at` shows to be missing. */
  function missing(ledger: Ledger, at: number, records: ReturnType<typeof record>[] = []): number {
    ledger.scanBegan(at);
    ledger.recorded(records, server(at), EPOCH, at);
    return ledger.scanEnded(true, at);
  }

  test("is counted once, by the first complete pass that begins a minute later", () => {
    const ledger = new Ledger();
    lived(ledger, "1", 100_000);
    assert.equal(missing(ledger, 159_999), 0);
    ledger.scanBegan(200_000);
    assert.equal(ledger.scanEnded(false, 200_000), 0, "broken off");
    assert.equal(missing(ledger, 210_000), 1);
    assert.equal(missing(ledger, 270_000), 0);
  });

  test("is not one whose record any pass has shown, before its end or after", () => {
    const ledger = new Ledger();
    ledger.applied(job("a", "1"), "live");
    ledger.applied(job("b", "2"), "live");
    assert.equal(missing(ledger, 100_000, [record("a", "1", server(99_000))]), 0);
    ledger.deleted("1", 100_500);
    ledger.deleted("2", 100_500);
    assert.equal(missing(ledger, 130_000, [record("b", "2", server(100_000))]), 0);
    assert.equal(missing(ledger, 300_000), 0);
  });

  test("is not one that lives, nor one that is known from its record", () => {
    const ledger = new Ledger();
    ledger.applied(job("a", "1"), "live");
    missing(ledger, 100_000, [record("b", "2", server(99_000)), record("c", "3", server(99_000))]);
    ledger.applied(job("c", "3"), "live");
    assert.deepEqual(uids(ledger.due(110_000)), ["2"]);
    ledger.deleted("3", 111_000);
    assert.equal(missing(ledger, 300_000), 0);
  });
});

describe("Ledger.scannedSince", () => {
  test("is the begin of the last complete pass", () => {
    const ledger = new Ledger();
    assert.equal(ledger.scannedSince, Number.NEGATIVE_INFINITY);
    ledger.scanBegan(5_000);
    ledger.recorded([], server(5_000), EPOCH, 5_000);
    assert.equal(ledger.scannedSince, Number.NEGATIVE_INFINITY);
    ledger.scanEnded(true, 9_000);
    assert.equal(ledger.scannedSince, 5_000);
    ledger.scanBegan(20_000);
    ledger.scanEnded(false, 21_000);
    assert.equal(ledger.scannedSince, 5_000);
  });
});

describe("a million short-lived jobs", () => {
  test("leave table and index as large as what is alive or has just gone", { timeout: 120_000 }, () => {
    const ledger = new Ledger();
    const machine = following();
    const perSecond = 100;
    const lifeSeconds = 5;
    let announced = 0;
    let most = 0;
    const apply = (outputs: ReturnType<typeof machine.events>) => {
      for (const output of outputs) {
        if (output.kind === "applied") {
          if (ledger.applied(output.object, output.trigger) !== undefined) announced++;
        } else if (output.kind === "deleted") ledger.deleted(output.uid, machine.at);
        else if (output.kind === "listed") ledger.listed(output, machine.at);
      }
    };
    const alive: ReturnType<typeof job>[] = [];
    for (let second = 0; second < 10_000; second++) {
      machine.at = second * 1_000;
      const born = Array.from({ length: perSecond }, (_, nth) => job(`job-${nth}`, `${second}-${nth}`, `${second}${nth}`, { namespace: `ns-${second % 50}` }));
      alive.push(...born);
      const gone = alive.length > perSecond * lifeSeconds ? alive.splice(0, perSecond) : [];
      apply(machine.events(...born.map((object) => ({ type: "ADDED" as const, object }))));
      apply(machine.events(...gone.map((object) => ({ type: "DELETED" as const, object }))));
      if (second % 60 === 59) {
        machine.send({ kind: "list-due" });
        machine.send({ kind: "list-began" });
        apply(machine.send({ kind: "page", page: page([...alive, ...gone]) }));
        scan(ledger, machine.at, gone.map((object) => record("r", object.metadata?.uid ?? "", server(machine.at))));
      }
      most = Math.max(most, ledger.size);
    }
    assert.equal(announced, 1_000_000);
    assert.ok(machine.index.size <= perSecond * (lifeSeconds + 1), `${machine.index.size} in the index`);
    assert.ok(most <= perSecond * (lifeSeconds + 60 + 180 + 60), `${most} uids at most`);
    assert.equal(ledger.due(1e9).length, 0);
  });
});
