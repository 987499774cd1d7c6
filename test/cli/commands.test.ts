import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { parseArgs } from "citty";
import type { ArgsDef, CommandDef } from "citty";
import { UsageError } from "../../src/base/errors.ts";
import { commandTree, dispatch, normalize } from "../../src/cli/commands.ts";
import type { Handlers } from "../../src/cli/commands.ts";
import type { Config } from "../../src/cli/config.ts";
import { COMMANDS, COMMAND_NAMES } from "../../src/cli/flags.ts";
import { helpPage } from "../../src/cli/help.ts";
import { refusal, runOf, SEED } from "../support/command-line.ts";

const VIEW = { width: 80, color: false };

/** Dispatches and records which handlers ran, with what. */
async function dispatched(...argv: string[]): Promise<{ calls: (Config | string)[]; code: number }> {
  const calls: (Config | string)[] = [];
  const record = (code: number) => async (what: Config | string) => {
    calls.push(what);
    return code;
  };
  const handlers: Handlers = { run: record(10), history: record(17), verify: record(18), dev: record(11), fault: record(15), seed: record(16), ready: record(12), version: record(13), completion: record(19), help: record(14) };
  const code = await dispatch(argv, {}, handlers, VIEW);
  return { calls, code };
}

describe("dispatch()", () => {
  const codes: [string[], string, number][] = [
    [SEED, "run", 10], [["run", ...SEED], "run", 10], [["history", ...SEED], "history", 17], [["verify", ...SEED], "verify", 18], [["dev"], "dev", 11], [["dev", "--simulate"], "dev", 11], [["ready"], "ready", 12],
    [["version"], "version", 13], [["--version"], "version", 13], [["-version"], "version", 13], [["dev", "--version"], "version", 13],
    [["version", "-o", "json"], "version", 13],
    [["completion", "zsh"], "completion", 19], [["completion", "--version"], "version", 13],
  ];
  for (const [argv, command, code] of codes) {
    test(`runs ${command} alone, once, and gives its code: ${argv.slice(0, 2).join(" ")}`, async () => {
      const outcome = await dispatched(...argv);
      assert.equal(outcome.code, code);
      assert.deepEqual(outcome.calls.map((call) => typeof call === "object" && call.command), [command]);
    });
  }

  const pages: [string[], string][] = [
    [["help"], helpPage(undefined, VIEW)], [["--help"], helpPage(undefined, VIEW)], [["-h"], helpPage(undefined, VIEW)],
    [["-help"], helpPage(undefined, VIEW)], [["--help", "dev"], helpPage("dev", VIEW)],
    ...COMMAND_NAMES.flatMap((name): [string[], string][] => [
      [["help", name], helpPage(name, VIEW)], [[name, "--help"], helpPage(name, VIEW)], [[name, "-h"], helpPage(name, VIEW)],
    ]),
    [["--namespace", "dev", "--help"], helpPage(undefined, VIEW)],
    [["--nonsense", "--help"], helpPage(undefined, VIEW)],
    [["dev", "--token", "-h"], helpPage("dev", VIEW)],
    [["dev", "--help=true"], helpPage("dev", VIEW)],
    [["help", "--", "dev"], helpPage("dev", VIEW)],
    [["help", "dev", "fault", "add"], helpPage("dev fault add", VIEW)], [["dev", "fault", "add", "-h"], helpPage("dev fault add", VIEW)],
    [["help", "dev", "fault"], helpPage("dev fault", VIEW)], [["dev", "fault", "--help"], helpPage("dev fault", VIEW)],
    [["dev", "fault", "ad", "--help"], helpPage("dev fault", VIEW)],
  ];
  for (const [argv, page] of pages) {
    test(`shows a page: ${argv.join(" ")}`, async () => assert.deepEqual(await dispatched(...argv), { calls: [page], code: 14 }));
  }

  test("shows no page for --help=false, nor behind --, nor as a value", async () => {
    assert.equal((await dispatched("dev", "--help=false")).code, 11);
    assert.equal(refusal(["dev", "--", "--help"]), 'Unexpected argument "--help": "job-controller dev" takes flags, fault or seed');
    assert.equal((await dispatched("dev", "--token=--help")).code, 11);
  });

  test("passes on what a handler throws", async () => {
    const fail = async () => {
      throw new RangeError("from the handler");
    };
    const handlers = { run: fail, history: fail, verify: fail, dev: fail, fault: fail, seed: fail, ready: fail, version: fail, completion: fail, help: fail };
    await assert.rejects(dispatch(["dev"], {}, handlers, VIEW), RangeError);
  });

  test("names the help that explains a refusal", async () => {
    const hints: [string[], string][] = [
      [["--nonsense"], 'Run "job-controller --help" for the flags'], [["run", "--nonsense"], 'Run "job-controller run --help" for the flags'],
      [["dev", "--mtls=x"], 'Run "job-controller dev --help" for the flags'], [["nonsense"], 'Run "job-controller --help" for the flags'],
      [["help", "nonsense"], 'Run "job-controller --help" for the flags'],
    ];
    for (const [argv, hint] of hints) await assert.rejects(dispatched(...argv), (error) => error instanceof UsageError && error.hint === hint);
  });
});

describe("a command of several words", () => {
  test("is run with its argument, flags before or behind", async () => {
    const config = (command: string, argument?: string, adminUrl = "http://localhost:6447") => ({ command, adminUrl, argument });
    const rows: [string[], object][] = [
      [["dev", "fault", "add", "cut:rst,lines=3"], config("dev fault add", "cut:rst,lines=3")],
      [["dev", "fault", "add", "--admin-address=:7000", "lose"], config("dev fault add", "lose", "http://127.0.0.1:7000")],
      [["dev", "fault", "list", "--admin-address", "[::1]:7000"], config("dev fault list", undefined, "http://[::1]:7000")],
      [["dev", "fault", "clear"], config("dev fault clear")],
      [["dev", "fault", "clear", "2"], config("dev fault clear", "2")],
    ];
    for (const [argv, expected] of rows) assert.deepEqual(await dispatched(...argv), { calls: [expected], code: 15 });
  });

  test("hands on the numbers of dev seed that were given, as text", async () => {
    const { calls, code } = await dispatched("dev", "seed", "--jobs=10", "--history-age", "0-24h", "--admin-address=:7000");
    const numbers = { jobs: "10", "history-age": "0-24h" };
    assert.deepEqual([calls, code], [[{ command: "dev seed", adminUrl: "http://127.0.0.1:7000", numbers }], 16]);
  });

  const refusals: [string[], string][] = [
    [["dev", "fault"], 'Missing command behind "job-controller dev fault": expected one of add, list, clear'],
    [["dev", "fault", "ad", "x"], 'Unknown command "dev fault ad": did you mean "job-controller dev fault add"?'],
    [["dev", "fault", "frob"], 'Unknown command "dev fault frob": expected one of add, list, clear'],
    [["help", "dev", "fault", "lst"], 'Unknown command "dev fault lst": did you mean "job-controller dev fault list"?'],
    [["dev", "faults"], 'Unexpected argument "faults": did you mean "job-controller dev fault"?'],
    [["dev", "--simulate", "--mtls=off", "fault"], 'Unexpected argument "fault": the command comes first, as in "job-controller dev fault"'],
    [["dev", "fault", "add"], 'Missing <fault> behind "job-controller dev fault add"'],
    [["dev", "sed"], 'Unexpected argument "sed": did you mean "job-controller dev seed"?'],
    [["dev", "seed", "10"], 'Unexpected argument "10": "job-controller dev seed" takes flags only'],
    [["dev", "seed", "--history"], "Unknown flag --history: did you mean --historic?"],
    [["dev", "fault", "add", "cut", "rst"], 'Unexpected argument "rst": "job-controller dev fault add" takes one fault'],
    [["dev", "fault", "list", "2"], 'Unexpected argument "2": "job-controller dev fault list" takes flags only'],
    [["dev", "fault", "list", "--admin-address=localhost:0"], 'Cannot use --admin-address "localhost:0": expected the port that dev listens on'],
    [["dev", "fault", "list", "--admin-address=0"], 'Cannot parse --admin-address "0": expected host:port or :port'],
    [["dev", "fault", "add", "x", "--fault-seed=1"], 'Unknown flag --fault-seed: it belongs to "job-controller dev"'],
  ];
  for (const [argv, message] of refusals) test(`is refused: ${argv.join(" ")}`, () => assert.equal(refusal(argv), message));
});

describe("normalize()", () => {
  test("gives citty a command's name and one form of arguments", () => {
    assert.deepEqual(normalize(["-token", "a", "-tls-insecure=F", "--dry-run", "--namespace", "x"]), [
      "run", "--token=a", "--no-tls-insecure", "--dry-run", "--namespace=x",
    ]);
    assert.deepEqual(normalize([]), ["run"]);
    assert.deepEqual(normalize(["help", "--", "dev"]), ["help", "dev"]);
  });
});

// Each row of citty's table that would read a line in another way than it was meant.
describe("citty's traps are closed:", () => {
  /** What citty itself makes of the arguments that it is handed for this line. */
  function cittyReads(...argv: string[]): Record<string, unknown> {
    const [name, ...rest] = normalize(argv);
    const tree = commandTree(async () => {});
    const command = (tree.subCommands as Record<string, CommandDef>)[name];
    return { ...parseArgs(rest, command?.args as ArgsDef) };
  }

  test("a value that looks like a flag is not swallowed", () => {
    assert.match(refusal(["--token", "--tls-insecure"]), /^Missing value for --token/);
    assert.equal(cittyReads("--token=--tls-insecure")["token"], "--tls-insecure");
    assert.equal(cittyReads("--token=--tls-insecure")["tls-insecure"], undefined);
  });

  for (const text of ["0", "f", "F", "false", "FALSE", "False"]) {
    test(`--tls-insecure=${text} is false`, () => {
      assert.equal(cittyReads(`--tls-insecure=${text}`)["tls-insecure"], false);
      assert.equal(runOf([...SEED, `--tls-insecure=${text}`]).tls.insecure, false);
    });
  }
  for (const text of ["no", "off", "garbage", ""]) {
    test(`--tls-insecure=${text} is refused`, () => assert.match(refusal([...SEED, `--tls-insecure=${text}`]), /^Cannot parse --tls-insecure/));
  }
  test("--tls-insecure false is refused", () => assert.match(refusal([...SEED, "--tls-insecure", "false"]), /^Unexpected argument "false"/));
  test("--no-tls-insecure=true is refused", () => assert.match(refusal([...SEED, "--no-tls-insecure=true"]), /^Cannot parse --no-tls-insecure "true"/));
  test("--no-verify is refused", () => assert.match(refusal([...SEED, "--no-verify"]), /^Unknown flag --no-verify/));
  test("a flag without its value is refused", () => assert.match(refusal([...SEED, "--context"]), /^Missing value for --context/));
  test("an unknown flag is refused", () => assert.match(refusal([...SEED, "--foo=1"]), /^Unknown flag --foo/));
  test("-token=x is one flag", () => assert.equal(cittyReads("-token=x")["token"], "x"));
  test("-o=json is json", () => assert.equal(cittyReads("version", "-o=json")["output"], "json"));
  test("camel case is refused", () => assert.match(refusal([...SEED, "--resyncInterval=5s"]), /^Unknown flag --resyncInterval/));
  test("a number stays text until it is read", () => assert.equal(cittyReads("--token=007")["token"], "007"));
  test("an extra argument is refused", () => assert.match(refusal([...SEED, "extra"]), /^Unexpected argument "extra"/));
  test("what follows -- is refused", () => assert.match(refusal([...SEED, "--", "extra"]), /^Unexpected argument "extra"/));

  test("a value is not taken for a command", async () => {
    const outcome = await dispatched("--token", "dev", ...SEED.filter((word) => !word.startsWith("--token=")));
    assert.equal(outcome.code, 10);
  });

  test("no command is run after a command, and the root has no run of its own", async () => {
    const tree = commandTree(async () => {});
    assert.equal(tree.run, undefined);
    assert.equal(tree.default, "run");
    assert.equal((await dispatched("version")).calls.length, 1);
  });

  test("flags of run are not asked of other commands", async () => assert.equal((await dispatched("version")).code, 13));
  test("-v does not mean version", () => assert.match(refusal(["-v"]), /^Unknown flag -v/));
  test("a property of every object is no command", () => assert.match(refusal(["toString"]), /^Unknown command "toString"/));

  test("citty reads every flag of every command as it was given", () => {
    for (const name of COMMAND_NAMES) {
      for (const flag of COMMANDS[name].flags) {
        const words = flag.kind === "bool" ? [[`--${flag.name}`, true], [`--no-${flag.name}`, false]] as const : [[`--${flag.name}=a=b`, "a=b"]] as const;
        const argument = COMMANDS[name].arguments === "required" ? ["x"] : [];
        for (const [word, value] of words) assert.equal(cittyReads(name, word, ...argument)[flag.name], value, `${name} ${word}`);
      }
    }
  });
});
