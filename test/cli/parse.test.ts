import { describe, test } from "node:test";
import assert from "node:assert/strict";
import { COMMANDS } from "../../src/cli/flags.ts";
import { parseArguments, printArguments } from "../../src/cli/parse.ts";
import { refusal } from "../support/command-line.ts";

function read(command: keyof typeof COMMANDS, ...argv: string[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { flag, text } of parseArguments(COMMANDS[command], argv).given) (found[flag.name] ??= []).push(text);
  return found;
}

describe("parseArguments() reads every form", () => {
  const forms: [string, string[], Record<string, string[]>][] = [
    ["--name=value", ["--token=abc"], { token: ["abc"] }],
    ["--name value", ["--token", "abc"], { token: ["abc"] }],
    ["-name=value", ["-token=abc"], { token: ["abc"] }],
    ["-name value", ["-token", "abc"], { token: ["abc"] }],
    ["a value with =", ["--token=a=b"], { token: ["a=b"] }],
    ["a value that looks like a flag, behind =", ["--token=--tls-insecure"], { token: ["--tls-insecure"] }],
    ["an empty value, behind =", ["--token="], { token: [""] }],
    ["a value of several lines", ["--token=a\nb"], { token: ["a\nb"] }],
    ["standard input as a value", ["--token-file", "-"], { "token-file": ["-"] }],
    ["a negative duration", ["--history-expiration", "-1s"], { "history-expiration": ["-1s"] }],
    ["a negative duration without a leading digit", ["--history-expiration", "-.5s"], { "history-expiration": ["-.5s"] }],
    ["one letter", ["-n", "a", "-n=b"], { namespace: ["a", "b"] }],
    ["a list", ["--namespace=a", "--namespace", "b", "-namespace=a"], { namespace: ["a", "b", "a"] }],
    ["a bare switch", ["--dry-run"], { "dry-run": ["true"] }],
    ["a bare switch, one dash", ["-dry-run"], { "dry-run": ["true"] }],
    ["--no-name", ["--no-tls-insecure"], { "tls-insecure": ["false"] }],
    ["-no-name", ["-no-tls-insecure"], { "tls-insecure": ["false"] }],
    ["a switch given twice", ["--tls-insecure", "--no-tls-insecure"], { "tls-insecure": ["true", "false"] }],
    ["a switch before another flag", ["--dry-run", "--token", "x"], { "dry-run": ["true"], token: ["x"] }],
    ["nothing", [], {}],
    ["the end of flags with nothing behind it", ["--dry-run", "--"], { "dry-run": ["true"] }],
  ];
  for (const [what, argv, expected] of forms) test(what, () => assert.deepEqual(read("run", ...argv), expected));

  for (const text of ["1", "t", "T", "true", "TRUE", "True"]) {
    test(`--tls-insecure=${text} as true`, () => assert.deepEqual(read("run", `--tls-insecure=${text}`), { "tls-insecure": ["true"] }));
  }
  for (const text of ["0", "f", "F", "false", "FALSE", "False"]) {
    test(`--tls-insecure=${text} as false`, () => assert.deepEqual(read("run", `--tls-insecure=${text}`), { "tls-insecure": ["false"] }));
  }

  test("one argument where the command takes one, before or behind flags and --", () => {
    for (const argv of [["dev"], ["--", "dev"], ["dev", "--no-version"], ["--no-version", "dev"]]) {
      assert.equal(parseArguments(COMMANDS.help, argv).argument, "dev");
    }
  });
});

describe("parseArguments() reads a switch that may have a value", () => {
  const forms: [string, string[], string][] = [
    ["alone", ["--simulate"], "on"],
    ["with parts", ["--simulate=errors:10%,drivers:1"], "errors:10%,drivers:1"],
    ["negated", ["--no-simulate"], "off"],
    ["before another flag", ["--simulate", "--mtls=off"], "on"],
  ];
  for (const [what, argv, text] of forms) test(what, () => assert.deepEqual(read("dev", ...argv)["simulate"], [text]));
});

describe("printArguments()", () => {
  test("keeps one form, of a scalar the last value, of a list all", () => {
    const argv = ["-token", "a", "--namespace", "x", "--tls-insecure=f", "-token=b", "-n", "y", "--dry-run=0", "--dry-run"];
    assert.deepEqual(printArguments(parseArguments(COMMANDS.run, argv)), [
      "--namespace=x", "--no-tls-insecure", "--token=b", "--namespace=y", "--dry-run",
    ]);
  });

  test("keeps an argument that looks like a flag an argument", () => {
    for (const word of ["-x", "--", "--help"]) {
      const printed = printArguments(parseArguments(COMMANDS.help, ["--", word]));
      assert.deepEqual(printed, ["--", word]);
      assert.equal(parseArguments(COMMANDS.help, printed).argument, word);
    }
  });
});

describe("a malformed command line is refused", () => {
  const rows: [string, string[], string][] = [
    ["a swap of letters", ["--histroy-expiration=30s"], "Unknown flag --histroy-expiration: did you mean --history-expiration?"],
    ["a missing letter, one dash", ["-token-fil", "x"], "Unknown flag -token-fil: did you mean --token-file?"],
    ["camel case", ["--historyExpiration=1s"], "Unknown flag --historyExpiration: did you mean --history-expiration?"],
    ["underscores", ["--tls_ca_file=x"], "Unknown flag --tls_ca_file: did you mean --tls-ca-file?"],
    ["capitals", ["--DRY-RUN"], "Unknown flag --DRY-RUN: did you mean --dry-run?"],
    ["a beginning", ["--history=1s"], "Unknown flag --history: did you mean --history-expiration?"],
    ["a letter that is no flag", ["-v"], "Unknown flag -v: did you mean --version?"],
    ["a negation misspelt", ["--no-tls-insecur"], "Unknown flag --no-tls-insecur: did you mean --tls-insecure?"],
    ["a negation of what is no switch", ["--no-token"], "Unknown flag --no-token: --token takes a value, only switches can be negated"],
    ["underscores in place of dashes", ["--token_file=x"], "Unknown flag --token_file: did you mean --token-file?"],
    ["a dash too many, on a flag that dev has too", ["---token=x"], "Unknown flag ---token: did you mean --token?"],
    ["a flag of another command", ["--simulate"], 'Unknown flag --simulate: it belongs to "job-controller dev"'],
    ["a flag of run under dev", ["dev", "--kubeconfig=x"], 'Unknown flag --kubeconfig: it belongs to "job-controller run"'],
    ["a name like none", ["ready", "--quux=1"],
      "Unknown flag --quux: expected one of --health-probe-bind-address, --timeout, --help, --version"],
    ["three dashes", ["ready", "---timeout=1s"], "Unknown flag ---timeout: did you mean --timeout?"],
    ["an en dash, as word processors write it", ["ready", "\u2013timeout=1s"], 'Unknown flag "\u2013timeout": did you mean --timeout?'],
    ["an escape sequence, shown as text", ["ready", "--\u001b[31m"],
      'Unknown flag "--\\u001b[31m": expected one of --health-probe-bind-address, --timeout, --help, --version'],
    ["a letter glued to its value", ["version", "-ojson"], "Unknown flag -ojson: expected one of --output, --help, --version"],
    ["no value at the end", ["--kubeconfig"], "Missing value for --kubeconfig: write --kubeconfig=<file>"],
    ["no value before a flag", ["--token", "--tls-insecure"],
      'Missing value for --token: the next argument starts with "-"; write --token=<secret> if it is the value'],
    ["no value before --", ["--token", "--"],
      'Missing value for --token: the next argument starts with "-"; write --token=<secret> if it is the value'],
    ["an empty value", ["--kubeconfig="], "Missing value for --kubeconfig: it is empty"],
    ["an empty value of its own", ["--kubeconfig", ""], "Missing value for --kubeconfig: it is empty"],
    ["an empty member of a list", ["--namespace=a", "--namespace="], "Missing value for --namespace: it is empty"],
    ["a switch that says yes", ["--tls-insecure=yes"], 'Cannot parse --tls-insecure "yes": expected true or false; did you mean true?'],
    ["a switch that says off", ["--tls-insecure=off"], 'Cannot parse --tls-insecure "off": expected true or false; did you mean false?'],
    ["a switch of garbage", ["--dry-run=garbage"], 'Cannot parse --dry-run "garbage": expected true or false'],
    ["an empty switch", ["--dry-run="], 'Cannot parse --dry-run "": expected true or false'],
    ["a switch in mixed capitals", ["--dry-run=tRUE"], 'Cannot parse --dry-run "tRUE": expected true or false; did you mean true?'],
    ["a bad switch that a later one would override", ["--dry-run=x", "--dry-run"], 'Cannot parse --dry-run "x": expected true or false'],
    ["a negation with a value", ["--no-dry-run=true"],
      'Cannot parse --no-dry-run "true": expected no value; write --dry-run=true or --dry-run=false'],
    ["a switch with a separate value", ["--tls-insecure", "false"], 'Unexpected argument "false": did you mean --tls-insecure=false?'],
    ["an argument", ["--dry-run", "now"], 'Unexpected argument "now": "job-controller run" takes flags only'],
    ["a lonely dash", ["-"], 'Unexpected argument "-": "job-controller run" takes flags only'],
    ["an argument behind --", ["--dry-run", "--", "--token=x"], 'Unexpected argument "--token=…": "job-controller run" takes flags only'],
    ["parts behind a space", ["dev", "--simulate", "errors:10%"], 'Unexpected argument "errors:10%": did you mean --simulate=errors:10%?'],
    ["a flag without dashes", ["dev", "mtls=off"], 'Unexpected argument "mtls=…": did you mean --mtls=…?'],
    ["a flag without dashes in the command's place", ["dry-run=1"], 'Unexpected argument "dry-run=…": did you mean --dry-run=…?'],
    ["a command behind flags", ["--dry-run", "dev"],
      'Unexpected argument "dev": a command comes first, as in "job-controller dev --flag=value"'],
    ["two topics", ["help", "run", "dev"], 'Unexpected argument "dev": "job-controller help" takes one command'],
    ["an unknown command", ["redy"], 'Unknown command "redy": did you mean ready?'],
    ["an unknown command before --help", ["rn", "--help"], 'Unknown command "rn": did you mean run?'],
    ["a command like none", ["frobnicate"], 'Unknown command "frobnicate": expected one of run, history, verify, dev, ready, version, completion, help'],
    ["an empty command", [""], 'Unknown command "": expected one of run, history, verify, dev, ready, version, completion, help'],
    ["a property of every object as a command", ["constructor"], 'Unknown command "constructor": expected one of run, history, verify, dev, ready, version, completion, help'],
    ["an unknown topic", ["help", "versoin"], 'Unknown command "versoin": did you mean version?'],
  ];
  for (const [what, argv, message] of rows) test(what, () => assert.equal(refusal(argv), message));
});

describe("a message never holds a secret", () => {
  const rows: [string, string[], string][] = [
    ["glued to the name", ["-tokenS3CRET"], "Unknown flag --token…: did you mean --token=<secret>?"],
    ["behind a misspelt name", ["--tokn=S3CRET"], "Unknown flag --tokn: did you mean --token?"],
    ["torn apart by a space", ["--token=a", "S3CRET"], "Unexpected argument behind --token: quote a value that has spaces"],
    ["without dashes", ["token=S3CRET"], 'Unexpected argument "token=…": did you mean --token=…?'],
    ["in a variable in the command's place", ["JOB_CONTROLLER_TOKEN=S3CRET"],
      'Unexpected argument "JOB_CONTROLLER_TOKEN=…": "job-controller run" takes flags only'],
    ["behind --", ["--", "--token=S3CRET"], 'Unexpected argument "--token=…": "job-controller run" takes flags only'],
    ["that starts with a dash", ["--token", "-S3CRET"],
      'Missing value for --token: the next argument starts with "-"; write --token=<secret> if it is the value'],
    ["that no header can hold", ["--token=S3CRET\nx", "--token-exchange-url=http://localhost/"],
      "Cannot use the value of --token: expected one line of printable ASCII without spaces"],
  ];
  for (const [what, argv, message] of rows) test(what, () => assert.equal(refusal(argv), message));
});
