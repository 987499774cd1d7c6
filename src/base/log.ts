// Facts to lines: JSON in the order that the original prints, or a form for people. Where lines go is the sink's business.

import { createConsola, type ConsolaReporter, type LogObject } from "consola/core";
import type { Clock } from "./clock.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export const LOG_LEVELS: readonly LogLevel[] = ["debug", "info", "warn", "error"];
export type LogFormat = "json" | "pretty";
export type Fields = Record<string, unknown>;

/** Takes finished lines (without newline). A `debug` line may be dropped when the reader is slow, no other. */
export interface LineSink {
  write(line: string, level: LogLevel): void;
}

export interface Logger {
  debug(msg: string, fields?: Fields): void;
  info(msg: string, fields?: Fields): void;
  warn(msg: string, fields?: Fields): void;
  error(msg: string, fields?: Fields): void;
  /** The program's product: written at INFO whatever the level threshold is. */
  notify(msg: string, fields: Fields): void;
  /** Whether debug() writes anything: ask before building costly fields. */
  readonly debugEnabled: boolean;
}

export interface LoggerOptions {
  sink: LineSink;
  clock: Pick<Clock, "now">;
  level: LogLevel;
  format: LogFormat;
  /** Value of the `logger` key. */
  name: string;
  /** ANSI colours in the pretty form. Default false. */
  color?: boolean;
}

// consola's numeric levels: error 0, warn 1, info 3, debug 4.
const CONSOLA_LEVEL: Record<LogLevel, number> = { error: 0, warn: 1, info: 3, debug: 4 };

/** Below any difference of two dates, so that consola never folds equal lines into one, not even while the clock goes back. */
const NO_THROTTLE = Number.NEGATIVE_INFINITY;

export function createLogger(options: LoggerOptions): Logger {
  const render = options.format === "json" ? jsonLine : (line: LineFacts) => prettyLine(line, options.color ?? false);
  const write = (level: LogLevel, msg: string, fields: Fields) =>
    options.sink.write(render({ ms: options.clock.now(), level, msg, name: options.name, fields }), level);
  const reporter: ConsolaReporter = {
    log(entry: LogObject) {
      const [msg, fields] = entry.args as [string, Fields];
      write(levelOf(entry), msg, fields);
    },
  };
  const gated = createConsola({ level: CONSOLA_LEVEL[options.level], throttle: NO_THROTTLE, reporters: [reporter], formatOptions: {} });
  return {
    debug: (msg, fields = {}) => gated.debug(msg, fields),
    info: (msg, fields = {}) => gated.info(msg, fields),
    warn: (msg, fields = {}) => gated.warn(msg, fields),
    error: (msg, fields = {}) => gated.error(msg, fields),
    // Not by way of consola, which takes longer than all the rest: these come by the hundred thousand.
    notify: (msg, fields) => write("info", msg, fields),
    debugEnabled: options.level === "debug",
  };
}

function levelOf(entry: LogObject): LogLevel {
  return entry.level <= 0 ? "error" : entry.level === 1 ? "warn" : entry.level >= 4 ? "debug" : "info";
}

interface LineFacts {
  ms: number;
  level: LogLevel;
  msg: string;
  name: string;
  fields: Fields;
}

function jsonLine({ ms, level, msg, name, fields }: LineFacts): string {
  const line = { time: rfc3339(ms), level: level.toUpperCase(), msg, logger: name, ...fields };
  // A replacer is slow, even one that has nothing to replace.
  for (const key in fields) if (needsPlain(fields[key])) return JSON.stringify(line, plain);
  return JSON.stringify(line);
}

function needsPlain(value: unknown): boolean {
  return typeof value === "bigint" || (typeof value === "object" && value !== null);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Error ? value.message : value;
}

const COLORS: Record<LogLevel, string> = { debug: "\x1b[90m", info: "\x1b[36m", warn: "\x1b[33m", error: "\x1b[31m" };
const RESET = "\x1b[0m";

function prettyLine({ ms, level, msg, fields }: LineFacts, color: boolean): string {
  const facts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${text(value)}`);
  const label = level.toUpperCase().padEnd(5);
  const head = `${rfc3339(ms).slice(11, 23)} ${color ? COLORS[level] + label + RESET : label} ${msg}`;
  return facts.length === 0 ? head : `${head}  ${facts.join(" ")}`;
}

function text(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.message);
  if (typeof value === "string") return /^[\w./:@+,%-]+$/.test(value) ? value : JSON.stringify(value);
  return typeof value === "object" && value !== null ? JSON.stringify(value, plain) : String(value);
}

/** RFC 3339 with milliseconds in the local zone's offset, `Z` when that is zero. */
export function rfc3339(ms: number): string {
  const date = new Date(ms);
  const offset = -date.getTimezoneOffset();
  if (offset === 0) return date.toISOString();
  const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
