// A logger that keeps what was said, as records.

import type { Fields, Logger, LogLevel } from "../../src/base/log.ts";

export interface LogRecord {
  level: LogLevel | "notify";
  msg: string;
  fields: Fields;
}

export class MemoryLog implements Logger {
  readonly records: LogRecord[] = [];
  readonly debugEnabled = true;
  #waiting: { match: (record: LogRecord) => boolean; found: (record: LogRecord) => void; lost: (reason: Error) => void }[] = [];
  #over: Error | undefined;

  debug(msg: string, fields: Fields = {}): void {
    this.#add("debug", msg, fields);
  }
  info(msg: string, fields: Fields = {}): void {
    this.#add("info", msg, fields);
  }
  warn(msg: string, fields: Fields = {}): void {
    this.#add("warn", msg, fields);
  }
  error(msg: string, fields: Fields = {}): void {
    this.#add("error", msg, fields);
  }
  notify(msg: string, fields: Fields): void {
    this.#add("notify", msg, fields);
  }

  /** Records with this message. */
  of(msg: string): LogRecord[] {
    return this.records.filter((record) => record.msg === msg);
  }

  /** The first record, past or future, that matches; rejects when there will be none. */
  until(match: (record: LogRecord) => boolean): Promise<LogRecord> {
    const past = this.records.find(match);
    if (past !== undefined) return Promise.resolve(past);
    if (this.#over !== undefined) return Promise.reject(this.#over);
    return new Promise((found, lost) => this.#waiting.push({ match, found, lost }));
  }

  /** Nothing will be said any more, for this reason. */
  end(reason: Error): void {
    this.#over = reason;
    for (const { lost } of this.#waiting.splice(0)) lost(reason);
  }

  #add(level: LogRecord["level"], msg: string, fields: Fields): void {
    const record = { level, msg, fields };
    this.records.push(record);
    this.#waiting = this.#waiting.filter(({ match, found }) => {
      if (!match(record)) return true;
      found(record);
      return false;
    });
  }
}
