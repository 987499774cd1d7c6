import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { createSecretFile } from "../../src/auth/secret-file.ts";
import { ConfigError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { ManualClock } from "../support/manual-clock.ts";

const failed = (code: string) => Object.assign(new Error(`${code}: the host's own words`), { code });

function setup(path = "/run/secrets/token") {
  const clock = new ManualClock();
  const paths: string[] = [];
  const stale: string[] = [];
  const state: { content: string | Error } = { content: "first\n" };
  const file = createSecretFile({
    path,
    clock,
    name: "--token-file",
    readText: async (asked) => {
      paths.push(asked);
      if (state.content instanceof Error) throw state.content;
      return state.content;
    },
    onStale: (error) => stale.push(error.message),
  });
  return { clock, paths, stale, file, state, current: async () => (await file.current()).reveal() };
}

describe("createSecretFile() current", () => {
  test("reads nothing before it is asked, then the path as it was given, trimmed", async () => {
    const { paths, current, state } = setup();
    assert.deepEqual(paths, []);
    state.content = "\uFEFF  first \r\n\n";
    assert.equal(await current(), "first");
    assert.deepEqual(paths, ["/run/secrets/token"]);
  });

  test("reads again after a minute, not before", async () => {
    const { clock, paths, current, state } = setup();
    await current();
    state.content = "second";
    await clock.advance(59_999);
    assert.equal(await current(), "first");
    assert.equal(paths.length, 1);
    await clock.advance(1);
    assert.equal(await current(), "second");
    assert.equal(paths.length, 2);
  });

  test("reads once for many who ask together", async () => {
    const { paths, current } = setup();
    assert.deepEqual(await Promise.all([current(), current(), current()]), ["first", "first", "first"]);
    assert.equal(paths.length, 1);
  });

  for (const [name, content, message] of [
    ["a missing file", failed("ENOENT"), 'Cannot read --token-file "/run/secrets/token": no such file'],
    ["a file of somebody else", failed("EACCES"), 'Cannot read --token-file "/run/secrets/token": permission denied'],
    ["a folder", failed("EISDIR"), 'Cannot read --token-file "/run/secrets/token": it is a directory'],
    ["any other failure", failed("EIO"), 'Cannot read --token-file "/run/secrets/token": EIO: the host\'s own words'],
    ["an empty file", "", 'Cannot use --token-file "/run/secrets/token": it is empty'],
    ["a file of blanks", " \n\t\n", 'Cannot use --token-file "/run/secrets/token": it is empty'],
    [
      "a file of two lines",
      "can\nary",
      'Cannot use --token-file "/run/secrets/token": expected one line of printable ASCII without spaces',
    ],
    [
      "a file that is not ASCII",
      "canaryé",
      'Cannot use --token-file "/run/secrets/token": expected one line of printable ASCII without spaces',
    ],
  ] as [string, string | Error, string][]) {
    test(`refuses ${name} by flag and path`, async () => {
      const { current, state, stale } = setup();
      state.content = content;
      await assert.rejects(current(), (error) => error instanceof ConfigError && error.message === message);
      assert.deepEqual(stale, []);
      state.content = "good";
      assert.equal(await current(), "good");
    });

    test(`keeps the last good secret over ${name}, and says so once`, async () => {
      const { clock, paths, current, state, stale } = setup();
      await current();
      state.content = content;
      for (let minute = 1; minute <= 3; minute++) {
        await clock.advance(60_000);
        assert.equal(await current(), "first");
        assert.equal(await current(), "first");
        assert.equal(paths.length, minute + 1);
      }
      assert.deepEqual(stale, [message]);
      state.content = "second";
      await clock.advance(60_000);
      assert.equal(await current(), "second");
      state.content = content;
      await clock.advance(60_000);
      assert.equal(await current(), "second");
      assert.deepEqual(stale, [message, message]);
    });
  }
});

describe("createSecretFile() renewed", () => {
  test("reads at once, and gives what is new", async () => {
    const { file, paths, current, state } = setup();
    const first = await file.current();
    state.content = "second";
    assert.equal((await file.renewed(first))?.reveal(), "second");
    assert.equal(await current(), "second");
    assert.equal(paths.length, 2);
  });

  test("gives nothing where nothing changed, or the file cannot be read", async () => {
    const { file, paths, state, stale } = setup();
    const first = await file.current();
    assert.equal(await file.renewed(first), undefined);
    state.content = failed("ENOENT");
    assert.equal(await file.renewed(first), undefined);
    assert.equal(paths.length, 3);
    assert.equal(stale.length, 1);
  });

  test("does not read where a newer one is at hand", async () => {
    const { file, paths } = setup();
    await file.current();
    assert.equal((await file.renewed(new Secret("older")))?.reveal(), "first");
    assert.equal(paths.length, 1);
  });
});

describe("createSecretFile() standard input", () => {
  test("is read once and never again", async () => {
    const { clock, file, paths, current, state } = setup("-");
    assert.deepEqual(await Promise.all([current(), current()]), ["first", "first"]);
    state.content = "";
    await clock.advance(3_600_000);
    assert.equal(await current(), "first");
    assert.equal(await file.renewed(await file.current()), undefined);
    assert.deepEqual(paths, ["-"]);
  });

  test("is named when it is empty", async () => {
    const { current, state } = setup("-");
    state.content = "\n";
    await assert.rejects(current(), { name: "ConfigError", message: "Cannot use --token-file - (standard input): it is empty" });
  });
});

describe("createSecretFile() on a disk", () => {
  test("follows a file that is replaced, and words a missing one alike on every host", async () => {
    const folder = await mkdtemp(join(tmpdir(), "secret-file-"));
    try {
      const path = join(folder, "token");
      const clock = new ManualClock();
      const file = createSecretFile({ path, clock, name: "--bearer-token-file", readText: (asked) => readFile(asked, "utf8") });
      await assert.rejects(file.current(), { message: `Cannot read --bearer-token-file ${JSON.stringify(path)}: no such file` });
      await writeFile(path, "one\n");
      assert.equal((await file.current()).reveal(), "one");
      await writeFile(path, "two\n");
      await clock.advance(60_000);
      assert.equal((await file.current()).reveal(), "two");
      const directory = createSecretFile({
        path: folder,
        clock,
        name: "--bearer-token-file",
        readText: (asked) => readFile(asked, "utf8"),
      });
      await assert.rejects(directory.current(), {
        message: `Cannot read --bearer-token-file ${JSON.stringify(folder)}: it is a directory`,
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
