// Command lines made of random flags in random forms, against the table and a model of what they say.

import { describe, test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UsageError } from "../../src/base/errors.ts";
import { parseConfig } from "../../src/cli/commands.ts";
import { COMMANDS, COMMAND_NAMES, COMMON_FLAGS, environmentName } from "../../src/cli/flags.ts";
import type { Flag } from "../../src/cli/flags.ts";
import { parseArguments, printArguments } from "../../src/cli/parse.ts";
import { refusal, runOf, SEED } from "../support/command-line.ts";

const TRUE = ["1", "t", "T", "TRUE", "true", "True"];
const FALSE = ["0", "f", "F", "FALSE", "false", "False"];

/** A flag with a text for it, in one of the forms that mean the same. */
interface Written {
  flag: Flag;
  text: string;
  words: string[];
}

function written(flag: Flag): fc.Arbitrary<Written> {
  const dashes = fc.constantFrom("--", "-");
  if (flag.kind === "bool") {
    return fc.tuple(dashes, fc.boolean(), fc.nat(6)).map(([dash, on, form]) => {
      const word = form === 6 ? `${on ? "" : "no-"}${flag.name}` : `${flag.name}=${(on ? TRUE : FALSE)[form]}`;
      return { flag, text: String(on), words: [dash + word] };
    });
  }
  const names = fc.constantFrom(`--${flag.name}`, `-${flag.name}`, ...(flag.short === undefined ? [] : [`-${flag.short}`]));
  return fc.tuple(names, fc.string({ unit: "binary", minLength: 1 }), fc.boolean()).map(([name, text, apart]) => {
    const swallowed = /^-[^\d.]/.test(text);
    // A switch that may have a value has it behind `=` alone.
    const takesNext = apart && !swallowed && flag.kind !== "parts";
    return { flag, text, words: takesNext ? [name, text] : [`${name}=${text}`] };
  });
}

const commands = fc.constantFrom(...COMMAND_NAMES.filter((name) => COMMANDS[name].flags.length > 0));
const lines = commands.chain((name) => fc.record({
  command: fc.constant(COMMANDS[name]),
  flags: fc.array(fc.constantFrom(...COMMANDS[name].flags).chain(written), { maxLength: 12 }),
}));

describe("parseArguments()", () => {
  test("reads any flags in any form as what was written, in order", () => {
    fc.assert(fc.property(lines, ({ command, flags }) => {
      const { given } = parseArguments(command, flags.flatMap(({ words }) => words));
      assert.deepEqual(given.map(({ flag, text }) => [flag.name, text]), flags.map(({ flag, text }) => [flag.name, text]));
    }), { numRuns: 2_000 });
  });

  test("is undone by printArguments(), which keeps of each scalar the last", () => {
    fc.assert(fc.property(lines, ({ command, flags }) => {
      const printed = printArguments(parseArguments(command, flags.flatMap(({ words }) => words)));
      const again = parseArguments(command, printed);
      const kept = flags.filter(({ flag }, index) => flag.kind === "list" || !flags.slice(index + 1).some((later) => later.flag === flag));
      assert.deepEqual(again.given.map(({ flag, text }) => [flag.name, text]), kept.map(({ flag, text }) => [flag.name, text]));
      assert.deepEqual(printArguments(again), printed);
      for (const word of printed) assert.match(word, /^--/);
    }), { numRuns: 2_000 });
  });

  test("never accepts a name that is not in the table", () => {
    const known = COMMAND_NAMES.flatMap((name) => [...COMMANDS[name].flags, ...COMMON_FLAGS]
      .flatMap((flag) => [flag.name, `no-${flag.name}`, flag.short ?? flag.name]));
    const names = fc.oneof(
      fc.string({ minLength: 1 }),
      // One letter changed, dropped or added.
      fc.tuple(fc.constantFrom(...known), fc.nat(30), fc.nat(1), fc.constantFrom("", "x", "-", "s", "A")).map(([name, at, drop, more]) => {
        const place = Math.min(at, name.length);
        return name.slice(0, place) + more + name.slice(place + drop);
      }),
    ).filter((name) => name !== "" && !name.includes("=") && !known.includes(name) && name !== "-");
    fc.assert(fc.property(fc.constantFrom(...COMMAND_NAMES), names, fc.constantFrom("--", "-"), fc.constantFrom("", "=", "=1"), (command, name, dash, value) => {
      if (dash + name === "--" || known.includes(name.replace(/^-/, ""))) return;
      assert.throws(() => parseArguments(COMMANDS[command], [dash + name + value]), UsageError);
    }), { numRuns: 5_000 });
  });
});

// Values that are right, with what the configuration must hold for them.
const duration = fc.integer({ min: 1, max: 86_400 }).map((seconds): [string, number] => [`${seconds}s`, seconds * 1000]);
const settings = fc.record({
  "history-expiration": duration,
  "history-sweep-interval": duration,
  "resync-interval": duration,
  "startup-timeout": duration,
  "shutdown-timeout": duration,
  "history-delete-rate": fc.integer({ min: 0, max: 10_000 }).map((rate): [string, number] => [String(rate), rate]),
  "api-version": fc.constantFrom("v0alpha1", "v1beta1").map((name): [string, string] => [name, name]),
  "log-format": fc.constantFrom("json", "pretty").map((name): [string, string] => [name, name]),
  "log-level": fc.constantFrom("debug", "info", "warn", "error").map((name): [string, string] => [name, name]),
  "dry-run": fc.boolean().map((on): [string, boolean] => [String(on), on]),
  "allow-plaintext-token": fc.boolean().map((on): [string, boolean] => [String(on), on]),
}, { requiredKeys: [] });

const FIELDS: Record<string, string> = {
  "history-expiration": "historyExpirationMs", "history-sweep-interval": "historySweepIntervalMs", "resync-interval": "resyncIntervalMs",
  "startup-timeout": "startupTimeoutMs", "shutdown-timeout": "shutdownTimeoutMs", "history-delete-rate": "historyDeleteRate",
  "api-version": "apiVersion", "log-format": "logFormat", "log-level": "logLevel", "dry-run": "dryRun", "allow-plaintext-token": "allowPlaintextToken",
};

describe("parseConfig()", () => {
  test("takes flag before environment before default, for any of them in any place", () => {
    const defaults = runOf(SEED) as unknown as Record<string, unknown>;
    fc.assert(fc.property(settings, settings, fc.nat(), (flags, variables, turn) => {
      const argv = [...SEED, ...Object.entries(flags).map(([name, value]) => `--${name}=${value[0]}`)];
      const rotated = [...argv.slice(turn % argv.length), ...argv.slice(0, turn % argv.length)];
      const env = Object.fromEntries(Object.entries(variables).map(([name, value]) => [environmentName({ name } as Flag), String(value[0])]));
      const config = runOf(rotated, env) as unknown as Record<string, unknown>;
      for (const [name, field] of Object.entries(FIELDS)) {
        const key = name as keyof typeof flags;
        assert.equal(config[field], flags[key]?.[1] ?? variables[key]?.[1] ?? defaults[field], name);
      }
    }), { numRuns: 1_000 });
  });

  test("answers any words with a configuration or a UsageError of one line", () => {
    const table = COMMAND_NAMES.flatMap((name) => COMMANDS[name].flags);
    const words = fc.oneof(
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.constantFrom<string>(...COMMAND_NAMES, "--", "-", "--help", "-h", "--version", ...table.map((flag) => `--${flag.name}`), ...SEED),
      fc.tuple(fc.constantFrom(...table), fc.string({ unit: "binary" })).map(([flag, text]) => `--${flag.name}=${text}`),
      fc.tuple(fc.constantFrom(...table), fc.webUrl({ withQueryParameters: true })).map(([flag, text]) => `--${flag.name}=${text}`),
    );
    const env = fc.dictionary(fc.constantFrom(...table.map(environmentName)), fc.string());
    fc.assert(fc.property(fc.array(words, { maxLength: 8 }), env, (argv, variables) => {
      try {
        assert.ok(COMMAND_NAMES.includes(parseConfig(argv, variables).command));
      } catch (error) {
        assert.ok(error instanceof UsageError, String(error));
        assert.match(error.message, /^[^\p{Cc}]+[^.\p{Cc}]$/u);
        assert.ok(error.hint);
      }
    }), { numRuns: 5_000 });
  });

  test("never repeats the text of a secret, however the line around it is broken", () => {
    // Starts with a letter that no flag continues with, so that it cannot be mistaken for a name.
    const secrets = fc.string({ unit: fc.constantFrom(..."QXZ0123456789_ =/"), minLength: 8, maxLength: 24 }).map((text) => `Q${text}`);
    const forms = fc.constantFrom(
      (secret: string) => [`--token=${secret}`], (secret: string) => ["--token", secret], (secret: string) => [`-token${secret}`],
      (secret: string) => [`--tokn=${secret}`], (secret: string) => [`token=${secret}`], (secret: string) => ["--token=a", secret],
      (secret: string) => ["--", `--token=${secret}`], (secret: string) => [`--token=${secret}\n`, `--token-file=x`],
      (secret: string) => [`--token-exchange-url=https://me:${secret}@x/`, "--token=a"], (secret: string) => [`--provisioning-server-url=https://x/?t=${secret}`, "--token=a"],
      (secret: string) => ["--token", `-${secret}`], (secret: string) => [`JOB_CONTROLLER_TOKEN=${secret}`],
    );
    const broken = fc.constantFrom([], ["--nonsense"], ["--history-expiration=3x"], ["--log-level=x"], ["--tls-cert-file=x"], ["extra"]);
    fc.assert(fc.property(secrets, forms, broken, fc.boolean(), (secret, form, more, before) => {
      const line = before ? [...more, ...form(secret)] : [...form(secret), ...more];
      const message = refusal(line);
      // Pieces that a space or "=" tore off are secret, too.
      for (const piece of secret.split(/[ =/]/).filter((one) => one.length >= 4)) assert.ok(!message.includes(piece), `${piece} in ${message}`);
    }), { numRuns: 5_000 });
  });
});
