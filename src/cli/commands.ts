// The citty tree, and in front of it the normaliser that closes citty's traps: citty sees one command name and
// arguments of the form --name=value, --name or --no-name, all checked. Handlers are passed in; nothing is printed here.

import { defineCommand, runCommand } from "citty";
import type { ArgsDef, CommandDef } from "citty";
import { UsageError } from "../base/errors.ts";
import { completionConfig, devConfig, faultConfig, readyConfig, runConfig, seedConfig, versionConfig } from "./config.ts";
import type { CompletionConfig, Config, DevConfig, FaultConfig, ReadyConfig, RunConfig, SeedConfig, VersionConfig } from "./config.ts";
import { argumentPlaceholder, COMMANDS, COMMAND_NAMES } from "./flags.ts";
import type { CommandName } from "./flags.ts";
import { helpPage } from "./help.ts";
import type { View } from "./help.ts";
import { historyConfig } from "./history-config.ts";
import type { HistoryConfig } from "./history-config.ts";
import { parseArguments, printArguments } from "./parse.ts";
import type { Environment } from "./settings.ts";
import { helpConfig, isCommand, leadingTopic, withoutCommand } from "./topics.ts";
import { verifyConfig } from "./verify-config.ts";
import type { VerifyConfig } from "./verify-config.ts";

/** What each command does; the number is the exit code. */
export interface Handlers {
  run(config: RunConfig): Promise<number>;
  history(config: HistoryConfig): Promise<number>;
  verify(config: VerifyConfig): Promise<number>;
  dev(config: DevConfig): Promise<number>;
  fault(config: FaultConfig): Promise<number>;
  seed(config: SeedConfig): Promise<number>;
  ready(config: ReadyConfig): Promise<number>;
  version(config: VersionConfig): Promise<number>;
  completion(config: CompletionConfig): Promise<number>;
  /** Receives the page, newline at its end; writes it to standard output. */
  help(page: string): Promise<number>;
}

/**
 * argv to a command name and arguments of one form only; a help or version flag becomes that command.
 * @throws UsageError
 */
export function normalize(argv: readonly string[]): [CommandName, ...string[]] {
  const first = argv[0];
  const explicit = first !== undefined && (first === "" || !/^[-\u2010-\u2015\u2212]/.test(first));
  // No command holds "=": a flag without its dashes, or a variable in the wrong place.
  if (explicit && first.includes("=")) return normalizeCommand("run", argv, false);
  if (!explicit) return normalizeCommand("run", argv, false);
  const { topic, rest } = withHint(undefined, () => leadingTopic(argv));
  if (isCommand(topic)) return normalizeCommand(topic, rest, true);
  if (rest.some(isHelp)) return ["help", topic];
  throw withoutCommand(topic, rest[0]);
}

function normalizeCommand(name: CommandName, argv: readonly string[], explicit: boolean): [CommandName, ...string[]] {
  const end = argv.indexOf("--");
  const words = end === -1 ? argv : argv.slice(0, end);
  // Asked for help, a person gets it whatever else the line holds.
  if (words.some(isHelp)) {
    return explicit ? ["help", name] : ["help", ...COMMAND_NAMES.filter((one) => isHelp(words[0]) && one === words[1])];
  }
  return withHint(explicit ? name : undefined, () => {
    const parsed = parseArguments(COMMANDS[name], argv);
    const asked = (flag: string) => parsed.given.findLast((entry) => entry.flag.name === flag)?.text === "true";
    if (asked("help")) return explicit ? ["help", name] : ["help"];
    if (asked("version")) return ["version"];
    if (COMMANDS[name].arguments === "required" && parsed.argument === undefined) {
      throw new UsageError(`Missing ${argumentPlaceholder(COMMANDS[name])} behind "job-controller ${name}"`);
    }
    const given = parsed.given.filter(({ flag }) => COMMANDS[name].flags.includes(flag));
    return [name, ...printArguments({ ...parsed, given })];
  });
}

function isHelp(word: string | undefined): boolean {
  return word === "--help" || word === "-help" || word === "-h";
}

/** argv and environment to the configuration of the command that was asked for. Pure. @throws UsageError */
export function parseConfig(argv: readonly string[], env: Environment): Config {
  const [name, ...rest] = normalize(argv);
  return configOf(name, rest, env);
}

function configOf(name: CommandName, argv: readonly string[], env: Environment): Config {
  return withHint(name, () => {
    switch (name) {
      case "run":
        return runConfig(argv, env);
      case "history":
        return historyConfig(argv, env);
      case "verify":
        return verifyConfig(argv, env);
      case "dev":
        return devConfig(argv, env);
      case "dev fault add":
      case "dev fault list":
      case "dev fault clear":
        return faultConfig(name, argv, env);
      case "dev seed":
        return seedConfig(argv, env);
      case "ready":
        return readyConfig(argv, env);
      case "version":
        return versionConfig(argv, env);
      case "completion":
        return completionConfig(argv);
      case "help":
        return helpConfig(argv);
    }
  });
}

/** Runs the command that was asked for and gives its exit code. @throws UsageError, and what the handler throws */
export async function dispatch(argv: readonly string[], env: Environment, handlers: Handlers, view: View): Promise<number> {
  const normal = normalize(argv);
  let code: number | undefined;
  const tree = commandTree(async (name, rest) => {
    code = await handle(configOf(name, rest, env), handlers, view);
  });
  await runCommand(tree, { rawArgs: normal });
  if (code === undefined) throw new Error(`no handler ran for ${normal[0]}`);
  return code;
}

/** The tree that citty walks. `run` is a sub-command and the default: a `run` of the root would follow every other. */
export function commandTree(invoke: (name: CommandName, argv: string[]) => Promise<void>): CommandDef {
  const subCommands = Object.fromEntries(COMMAND_NAMES.map((name) => [name, defineCommand({
    meta: { name, description: COMMANDS[name].summary },
    args: argumentsOf(name),
    run: ({ rawArgs }) => invoke(name, rawArgs),
  })]));
  return defineCommand({ meta: { name: "job-controller", description: COMMANDS.run.summary }, default: "run", subCommands });
}

function argumentsOf(name: CommandName): ArgsDef {
  const { flags, argument } = COMMANDS[name];
  const named = flags.map((flag) => [flag.name, { type: flag.kind === "bool" ? "boolean" : "string", description: flag.help }]);
  return Object.fromEntries(argument === undefined ? named : [...named, [argument, { type: "positional", required: false }]]);
}

function handle(config: Config, handlers: Handlers, view: View): Promise<number> {
  switch (config.command) {
    case "run":
      return handlers.run(config);
    case "history":
      return handlers.history(config);
    case "verify":
      return handlers.verify(config);
    case "dev":
      return handlers.dev(config);
    case "dev fault add":
    case "dev fault list":
    case "dev fault clear":
      return handlers.fault(config);
    case "dev seed":
      return handlers.seed(config);
    case "ready":
      return handlers.ready(config);
    case "version":
      return handlers.version(config);
    case "completion":
      return handlers.completion(config);
    case "help":
      return handlers.help(helpPage(config.topic, view));
  }
}

/** Adds the command that explains the flags to an error that has no next step of its own. */
function withHint<T>(name: CommandName | undefined, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UsageError) || error.hint !== undefined) throw error;
    const command = name === undefined || name === "help" ? "" : `${name} `;
    throw new UsageError(error.message, { cause: error.cause, hint: `Run "job-controller ${command}--help" for the flags` });
  }
}
