import { describe, test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import { createLogger, type LogFormat, type LogLevel, LOG_LEVELS, rfc3339 } from "../../src/base/log.ts";
import { Secret } from "../../src/base/secret.ts";
import { ManualClock } from "../support/manual-clock.ts";

const START = Date.parse("2026-03-01T10:20:30.456Z");

function logger(level: LogLevel = "info", format: LogFormat = "json", color = false) {
  const lines: { line: string; level: LogLevel }[] = [];
  const clock = new ManualClock(START);
  const log = createLogger({ sink: { write: (line, at) => void lines.push({ line, level: at }) }, clock, level, format, name: "provisioning-job-controller", color });
  return { log, lines, clock, only: () => lines.map(({ line }) => line) };
}

/** Runs `use` in another time zone; both hosts follow TZ at once. */
function inZone<T>(zone: string, use: () => T): T {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    return use();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

describe("createLogger() as JSON", () => {
  test("writes time, level, msg and logger first, then the fields in the order given", () => {
    const { log, only } = logger();
    inZone("UTC", () => log.info("job create notification received", { namespace: "default", job: "a", uid: "u", lag_ms: 12 }));
    assert.deepEqual(only(), [
      '{"time":"2026-03-01T10:20:30.456Z","level":"INFO","msg":"job create notification received","logger":"provisioning-job-controller",' +
        '"namespace":"default","job":"a","uid":"u","lag_ms":12}',
    ]);
  });

  test("leaves out fields that are undefined", () => {
    const { log, only } = logger();
    log.info("m", { a: undefined, b: null, c: "" });
    assert.match(only()[0] ?? "", /"logger":"provisioning-job-controller","b":null,"c":""}$/);
  });

  test("writes errors as their message, big integers as text, secrets as [redacted]", () => {
    const { log, only } = logger();
    log.warn("m", { error: new Error("refused"), deep: { errors: [new TypeError("bad")] }, version: 2n ** 64n, token: new Secret("canary") });
    const fields = JSON.parse(only()[0] ?? "");
    assert.deepEqual([fields.error, fields.deep.errors, fields.version, fields.token], ["refused", ["bad"], "18446744073709551616", "[redacted]"]);
  });

  test("keeps every line one line", () => {
    const { log, only } = logger();
    log.error("a\nb", { text: "c\r\nd\u2028" });
    assert.ok(!/[\r\n]/.test(only()[0] ?? "\n"));
    assert.equal(JSON.parse(only()[0] ?? "").msg, "a\nb");
  });

  test("names the level in capitals, and tells the sink", () => {
    const { log, lines } = logger("debug");
    log.debug("m");
    log.info("m");
    log.warn("m");
    log.error("m");
    log.notify("m", {});
    assert.deepEqual(lines.map(({ line }) => JSON.parse(line).level), ["DEBUG", "INFO", "WARN", "ERROR", "INFO"]);
    assert.deepEqual(lines.map(({ level }) => level), ["debug", "info", "warn", "error", "info"]);
  });

  test("does not take a field list for consola's own record", () => {
    const { log, only } = logger();
    log.info("m", { message: "x", additional: "y", type: "error", date: 1 });
    assert.match(only()[0] ?? "", /"msg":"m".*"message":"x","additional":"y","type":"error","date":1}/);
  });
});

describe("level threshold", () => {
  for (const [index, level] of LOG_LEVELS.entries()) {
    test(`at ${level} writes ${LOG_LEVELS.slice(index).join(", ")} and notifications`, () => {
      const { log, lines } = logger(level);
      for (const each of LOG_LEVELS) log[each]("m");
      log.notify("n", { uid: "u" });
      assert.deepEqual(lines.map(({ level: at }) => at), [...LOG_LEVELS.slice(index), "info"]);
      assert.equal(log.debugEnabled, level === "debug");
    });
  }
});

describe("equal lines", () => {
  test("10,000 of them are 10,000 lines", () => {
    const { log, lines } = logger();
    for (let nth = 0; nth < 10_000; nth++) log.notify("job create notification received", { uid: "same" });
    for (let nth = 0; nth < 10_000; nth++) log.info("same");
    assert.equal(lines.length, 20_000);
  });

  test("are not folded while the system's clock goes back", () => {
    const { log, lines } = logger();
    const RealDate = globalThis.Date;
    let ms = RealDate.now();
    globalThis.Date = class extends RealDate {
      constructor() {
        super((ms -= 1_000));
      }
    } as DateConstructor;
    try {
      for (let nth = 0; nth < 100; nth++) log.notify("job create notification received", { uid: "same" });
    } finally {
      globalThis.Date = RealDate;
    }
    assert.equal(lines.length, 100);
  });
});

describe("createLogger() for people", () => {
  test("writes local time, level, message and the fields as key=value", () => {
    const { log, only } = logger("info", "pretty");
    inZone("UTC", () => log.info("list complete", { what: "jobs", objects: 3, took: "1.5s", gone: undefined }));
    assert.deepEqual(only(), ["10:20:30.456 INFO  list complete  what=jobs objects=3 took=1.5s"]);
  });

  test("quotes what would not stand out as one value", () => {
    const { log, only } = logger("info", "pretty");
    log.warn("m", { error: new Error("not here, or there"), empty: "", text: "a b", quote: 'say "x"', list: [1, "a"], big: 5n, none: null });
    assert.match(only()[0] ?? "", / WARN {2}m {2}error="not here, or there" empty="" text="a b" quote="say \\"x\\"" list=\[1,"a"\] big=5 none=null$/);
  });

  test("has nothing after the message without fields, and colours on demand only", () => {
    const plain = logger("info", "pretty");
    plain.log.error("m");
    assert.match(plain.only()[0] ?? "", /^\d\d:\d\d:\d\d\.\d{3} ERROR m$/);
    const colored = logger("info", "pretty", true);
    colored.log.error("m");
    assert.match(colored.only()[0] ?? "", /\x1b\[31mERROR\x1b\[0m m$/);
  });

  test("keeps every line one line", () => {
    const { log, only } = logger("info", "pretty");
    log.info("m", { text: "a\nb", error: new Error("c\nd"), object: { e: "f\ng" } });
    assert.ok(!(only()[0] ?? "\n").includes("\n"));
  });

  test("shows no secret", () => {
    const { log, only } = logger("info", "pretty");
    log.info("m", { token: new Secret("canary"), all: { token: new Secret("canary") } });
    assert.ok(!(only()[0] ?? "canary").includes("canary"));
  });
});

describe("rfc3339()", () => {
  for (const [zone, at, expected] of [
    ["UTC", "2026-03-01T10:20:30.456Z", "2026-03-01T10:20:30.456Z"],
    ["Europe/London", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"],
    ["Europe/London", "2026-07-01T00:00:00.001Z", "2026-07-01T01:00:00.001+01:00"],
    ["Europe/Berlin", "2026-12-31T23:30:00.000Z", "2027-01-01T00:30:00.000+01:00"],
    ["America/New_York", "2026-01-01T02:00:00.999Z", "2025-12-31T21:00:00.999-05:00"],
    ["America/St_Johns", "2026-01-01T02:00:00.000Z", "2025-12-31T22:30:00.000-03:30"],
    ["America/St_Johns", "2026-07-01T02:00:00.000Z", "2026-06-30T23:30:00.000-02:30"],
    ["Asia/Kolkata", "2026-03-01T18:30:00.000Z", "2026-03-02T00:00:00.000+05:30"],
    ["Asia/Kathmandu", "2026-03-01T18:30:00.000Z", "2026-03-02T00:15:00.000+05:45"],
    ["Pacific/Kiritimati", "2026-03-01T10:00:00.000Z", "2026-03-02T00:00:00.000+14:00"],
    ["Europe/Berlin", "2026-03-29T00:59:59.999Z", "2026-03-29T01:59:59.999+01:00"],
    ["Europe/Berlin", "2026-03-29T01:00:00.000Z", "2026-03-29T03:00:00.000+02:00"],
  ] as const) {
    test(`${at} in ${zone} is ${expected}`, () => {
      const text = inZone(zone, () => rfc3339(Date.parse(at)));
      assert.equal(text, expected);
      assert.equal(Date.parse(text), Date.parse(at));
    });
  }
});
