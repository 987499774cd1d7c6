// A random walk over the watch machine and the ledger beside a model server: what may happen does, in any order, and
// what must always hold is looked at after every step. The driver's part is played here, without promises.

import type { Backoff } from "../../src/base/backoff.ts";
import { ApiError, NetworkError } from "../../src/base/errors.ts";
import type { Announcement, Ledger } from "../../src/jobs/ledger.ts";
import { identify, type ObjectIndex } from "../../src/kube/object-index.ts";
import type { ListPage, WatchEvent } from "../../src/kube/types.ts";
import type { HistoricJob } from "../../src/provisioning.ts";
import type { initialState, Input, Output, step, WatchState } from "../../src/kube/watch-state.ts";
import { type Era, ModelServer } from "./model-server.ts";

/** What is put to the test; a mutant of it to see the walk fail. */
export interface Subject {
  step: typeof step;
  initialState: typeof initialState;
  ObjectIndex: typeof ObjectIndex;
  Backoff: typeof Backoff;
  Ledger: typeof Ledger;
}

export class Broken extends Error {}

const START = Date.parse("2026-03-01T10:00:00.400Z");
const RESYNC_MS = 60_000;
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h"];
/** After this a stream that says nothing counts as dead. */
const DEADLINE_MS = 255_000;

const oops = new ApiError("oops", { status: 500 });
const lost = new NetworkError("lost", "closed");
const expired = new ApiError("too old", { status: 410 });

type Timer = "retry" | "list" | "check" | "deadline" | "scan";

export class Walk {
  readonly #subject: Subject;
  readonly #era: Era;
  readonly server: ModelServer;
  readonly index: ObjectIndex;
  readonly ledger: Ledger;
  readonly announced = new Map<string, Announcement>();
  #state: WatchState;
  #at = 0;
  #timers = new Map<Timer, { at: number; input?: Input }>();
  /** What was asked for and not answered. */
  #anchor = false;
  #open: string | undefined;
  #lane = false;
  #page: { token: string | undefined } | undefined;
  /** Of the page that is being fetched: what has not come yet. */
  #rest: ListPage | undefined;
  #opened = 0;
  /** Keys of the objects that were told, by uid. */
  readonly #keys = new Map<string, string>();
  #firstAnswerMs: number | undefined;
  /** Passes over the history that are under way: a scan, a sweep. Each reads what was there at its first page. */
  #passes: { records?: HistoricJob[] }[] = [];
  /** Jobs that are said to have left no record. */
  #unrecorded = 0;
  /** The history has been refused: what was recorded meanwhile may never be told. */
  #refused = false;
  /** Of jobs that the reaper ended: the record follows within a minute, clocks in whole seconds included. */
  #lateRecords: { at: number; write: () => void }[] = [];
  // A second opinion on lists: which uids a list has shown, and whether it may be concluded from.
  #shown = new Set<string>();
  #shownBefore: Set<string> | undefined;
  #trusted = true;
  #removed = new Set<string>();

  constructor(subject: Subject, era: Era, born: number) {
    this.#subject = subject;
    this.#era = era;
    this.server = new ModelServer(era, () => this.#nowMs());
    for (const name of NAMES.slice(0, born)) this.server.create(name, true);
    this.index = new subject.ObjectIndex();
    this.ledger = new subject.Ledger();
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const backoff = () => new subject.Backoff(random, { capMs: 30_000 });
    this.#state = subject.initialState(this.index, backoff(), backoff(), { resyncMs: RESYNC_MS });
    this.#timers.set("scan", { at: RESYNC_MS });
    this.#send({ kind: "start" });
  }

  /** One thing happens; `arg` chooses which job, how many, how long. */
  act(what: number, arg: number): void {
    const name = NAMES[arg % NAMES.length] ?? "a";
    const { server } = this;
    if (what < 10) server.create(name);
    else if (what < 13) server.create(name, true);
    else if (what < 20) server.modify(name);
    else if (what < 30) this.#end(name, arg);
    else if (what < 33) {
      // A job that lives and dies at once, or comes back under its name.
      this.#end(name, arg >> 3);
      server.create(name);
      if (arg & 64) this.#end(name, arg >> 7);
    } else if (what < 36) this.#lateRecords.shift()?.write();
    else if (what < 50) this.#deliver(server.read(1 + (arg % 5)));
    else if (what < 52) this.#deliver(server.bookmark());
    else if (what < 53) this.#deliver([...server.read(arg % 3), { type: "ERROR", object: { kind: "Status", code: arg & 4 ? 500 : 410 } }]);
    else if (what < 54) this.#deliver([{ type: "UNKNOWN", name: "RENAMED" }]);
    else if (what < 57) this.#closed(arg & 1 ? lost : undefined);
    else if (what < 58) server.stuck = true;
    else if (what < 59) {
      server.restart();
      this.#closed(lost);
    } else if (what < 78) this.#answer(arg);
    else if (what < 81) this.#refuse(arg);
    else if (what < 87) this.advance(arg % 3_000);
    else if (what < 92) this.advance(arg % 40_000);
    else if (what < 94) this.advance((arg % 400) * 1_000);
    else if (what < 99) this.#scanOn(arg);
    else if (this.#passes.length < 2) this.#beginPass();
  }

  /** From now on the server answers, and nothing else happens on it. A stream that is stuck stays so. */
  calm(): void {
    for (const { write } of this.#lateRecords.splice(0)) write();
    this.#settle();
  }

  /** Time passes; timers fire when they are due, and what waits in the ledger is told. */
  advance(ms: number): void {
    const until = this.#at + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(([, timer]) => timer.at <= until).sort(([, a], [, b]) => a.at - b.at);
      while ((this.#lateRecords[0]?.at ?? Number.POSITIVE_INFINITY) <= (next?.[1].at ?? until)) {
        const { at, write } = this.#lateRecords.shift() ?? { at: this.#at, write: () => {} };
        this.#at = Math.max(this.#at, at);
        write();
      }
      if (next === undefined) break;
      const [name, { at, input }] = next;
      this.#timers.delete(name);
      this.#at = Math.max(this.#at, at);
      this.#due();
      if (name === "deadline") this.#closed(new NetworkError("dead", "silence"));
      else if (name === "scan") this.#beginScan();
      else if (input !== undefined) this.#send(input);
    }
    this.#at = until;
    this.#due();
  }

  /** As advance(), while the server answers everything at once. */
  advanceCalmly(ms: number): void {
    const until = this.#at + ms;
    while (this.#at < until) {
      this.advance(Math.min(500, until - this.#at));
      this.#settle();
    }
  }

  /** Live jobs that nobody was told of. */
  untold(): string[] {
    return [...this.server.jobs.values()].map(({ uid }) => uid).filter((uid) => !this.announced.has(uid));
  }

  /** Records since the first answer whose job nobody was told of. */
  unreconstructed(): string[] {
    const since = this.#firstAnswerMs ?? Number.POSITIVE_INFINITY;
    if (this.#refused) return [];
    return this.server.records
      .filter(({ metadata }) => Date.parse(metadata?.creationTimestamp ?? "") > since)
      .map(({ metadata }) => metadata?.labels?.["provisioning.grafana.app/original-uid"] ?? "")
      .filter((uid) => !this.announced.has(uid));
  }

  /** What the index and the server do not agree on. */
  differences(): string[] {
    const wrong = [...this.server.jobs.values()].filter(({ name, uid }) => this.index.uidOf(`default/${name}`) !== uid).map(({ uid }) => uid);
    return this.index.size === this.server.jobs.size ? wrong : [...wrong, `${this.index.size} in the index, ${this.server.jobs.size} on the server`];
  }

  #nowMs(): number {
    return START + this.#at;
  }

  /** The server's clock in the header Date: whole seconds. */
  #dateMs(): number {
    return Math.floor(this.#nowMs() / 1000) * 1000;
  }

  #end(name: string, arg: number): void {
    const late = this.server.end(name, (["recorded", "recorded", "later", "unrecorded"] as const)[arg & 3] ?? "recorded");
    if (late !== undefined) this.#lateRecords.push({ at: this.#at + 57_000, write: late });
  }

  #answered(): void {
    this.#firstAnswerMs ??= this.#dateMs();
  }

  /** Answers one of the requests under way. */
  #answer(arg: number): void {
    const waiting = [this.#anchor && "anchor", this.#open !== undefined && "open", this.#lane && "lane", this.#page && "page"].filter(Boolean);
    switch (waiting[arg % waiting.length]) {
      case "anchor":
        this.#answered();
        this.#anchor = false;
        return this.#send({ kind: "version", version: this.server.version });
      case "open": {
        this.#answered();
        const version = this.#open ?? "";
        this.#open = undefined;
        if (!this.server.open(version, (arg >> 2) % 3)) return this.#send({ kind: "open-failed", error: expired });
        this.#timers.set("deadline", { at: this.#at + DEADLINE_MS });
        return this.#send({ kind: "opened" });
      }
      case "lane":
        this.#lane = false;
        this.#shown = new Set();
        this.#trusted = true;
        this.#removed.clear();
        return this.#send({ kind: "list-began" });
      case "page": {
        this.#answered();
        const { token } = this.#page ?? {};
        const got = this.#rest ?? this.server.list(token, (arg >> 2) % 5 + (arg & 3 ? 0 : 100));
        const inParts = got !== undefined && got.items.length > 0 && arg % 5 === 1;
        const now = inParts ? got.items.slice(0, 1) : (got?.items ?? []);
        for (const { metadata } of now) this.#shown.add(metadata?.uid ?? "");
        this.#rest = inParts ? { ...got, items: got.items.slice(1) } : undefined;
        if (inParts) return this.#send({ kind: "part", items: now });
        this.#page = undefined;
        return this.#send(got === undefined ? { kind: "list-failed", error: expired } : { kind: "page", page: got });
      }
    }
  }

  #refuse(arg: number): void {
    const error = [oops, lost, expired, new ApiError("slow down", { status: 429, retryAfterMs: 2_000 })][arg & 3];
    if (this.#page !== undefined) {
      this.#page = this.#rest = undefined;
      this.#send({ kind: "list-failed", error });
    } else if (this.#open !== undefined) {
      this.#open = undefined;
      this.#send({ kind: "open-failed", error });
    } else if (this.#anchor) {
      this.#anchor = false;
      this.#send({ kind: "anchor-failed", error });
    }
  }

  #deliver(events: WatchEvent[]): void {
    if (!this.server.streaming || events.length === 0) return;
    this.#send({ kind: "events", events });
    for (const event of events) {
      if (event.type === "ERROR") break;
      if (event.type === "BOOKMARK" || event.type === "UNKNOWN") continue;
      const uid = event.object.metadata?.uid ?? "";
      this.#hold(this.announced.has(uid), `${event.type} of ${uid} was delivered and ${uid} not announced`);
      if (event.type === "DELETED") this.#removed.add(uid);
      else this.#removed.delete(uid);
    }
  }

  #closed(error: unknown): void {
    if (this.#state.stream.kind !== "watching") return;
    this.server.cut();
    this.#timers.delete("deadline");
    this.#trusted = false;
    this.#send({ kind: "closed", error });
  }

  #beginScan(): void {
    this.#timers.set("scan", { at: this.#at + RESYNC_MS });
    if (this.#passes.length === 0) this.#beginPass();
  }

  #beginPass(): void {
    this.ledger.scanBegan(this.#at);
    this.#passes.push({});
  }

  /** The next page of a pass, or its breaking off. */
  #scanOn(arg: number): void {
    const pass = this.#passes[(arg >> 10) % this.#passes.length];
    if (pass === undefined) return;
    if (arg % 16 === 0) return this.#endPass(pass, false);
    this.#answered();
    if (arg % 256 === 1) {
      this.#refused = true;
      this.ledger.historyUnreadable();
      return this.#endPass(pass, false);
    }
    pass.records ??= [...this.server.records];
    const records = pass.records.splice(0, 1 + (arg >> 4) % 20);
    this.ledger.recorded(records, this.#dateMs(), this.#firstAnswerMs ?? this.#dateMs(), this.#at);
    if (pass.records.length === 0) this.#endPass(pass, true);
  }

  #endPass(pass: { records?: HistoricJob[] }, complete: boolean): void {
    this.#passes.splice(this.#passes.indexOf(pass), 1);
    this.#unrecorded += this.ledger.scanEnded(complete, this.#at);
    const recorded = new Set(this.server.records.map(({ metadata }) => metadata?.labels?.["provisioning.grafana.app/original-uid"]));
    const ended = [...this.server.born].filter((uid) => !recorded.has(uid)).length - this.server.jobs.size;
    this.#hold(this.#unrecorded <= ended, `${this.#unrecorded} jobs were said to have left no record, ${ended} have`);
  }

  #settle(): void {
    for (let round = 0; this.#anchor || this.#open !== undefined || this.#lane || this.#page !== undefined; round++) {
      if (round > 1_000) throw new Broken("requests without an end");
      this.#answer(4);
    }
    while (this.server.streaming && !this.server.stuck) {
      const events = this.server.read(10);
      if (events.length === 0) break;
      this.#deliver(events);
    }
    while (this.#passes.length > 0) this.#scanOn(0xff);
  }

  #due(): void {
    for (const announcement of this.ledger.due(this.#at)) this.#announce(announcement);
  }

  #announce(announcement: Announcement): void {
    const before = this.announced.get(announcement.uid);
    this.#hold(before === undefined, `${announcement.uid} was announced as ${before?.trigger} and again as ${announcement.trigger}`);
    this.#hold(this.server.born.has(announcement.uid), `${announcement.uid} never lived`);
    this.announced.set(announcement.uid, announcement);
  }

  #send(input: Input): void {
    const { state, outputs } = this.#subject.step(this.#state, input, this.#at);
    this.#state = state;
    const ends = outputs.some((output) => output.kind === "listed");
    for (const output of outputs) this.#run(output, input, outputs);
    if (ends && this.#trusted) this.#shownBefore = this.#shown;
    for (const uid of this.#removed) {
      const known = NAMES.find((name) => this.index.uidOf(`default/${name}`) === uid);
      this.#hold(known === undefined || input.kind !== "page", `a page brought ${uid} back, whose end the stream had told of`);
    }
  }

  #run(output: Output, input: Input, all: readonly Output[]): void {
    switch (output.kind) {
      case "read-version":
      case "open":
        this.#hold(!this.#anchor && this.#open === undefined && !this.server.streaming, `${output.kind} beside another stream`);
        if (output.kind === "read-version") this.#anchor = true;
        else {
          this.#hold(this.server.sent.has(output.version), `version ${output.version} was never sent`);
          this.#open = output.version;
        }
        break;
      case "close":
        this.server.cut();
        this.#trusted = false;
        this.#timers.delete("deadline");
        break;
      case "retry-in":
        this.#timers.set("retry", { at: this.#at + output.ms, input: { kind: "retry" } });
        break;
      case "check-stream-in":
        this.#timers.set("check", { at: this.#at + output.ms, input: { kind: "check-stream", bytesAt: output.bytesAt } });
        break;
      case "list-in":
        this.#timers.set("list", { at: this.#at + output.ms, input: { kind: "list-due" } });
        break;
      case "list":
        this.#hold(!this.#lane && this.#page === undefined, "a list beside another one");
        this.#timers.delete("list");
        this.#lane = true;
        break;
      case "fetch-page":
        this.#hold(!this.#lane && this.#page === undefined, "a page beside another one");
        this.#page = { token: output.token };
        break;
      case "applied": {
        const { key, uid } = identify(output.object);
        this.#keys.set(uid, key);
        const announcement = this.ledger.applied(output.object, output.trigger);
        if (announcement !== undefined) this.#announce(announcement);
        break;
      }
      case "deleted":
        if (input.kind !== "events" && !this.#replacedOn(input, output.uid)) this.#absent(output.uid, input, all);
        this.ledger.deleted(output.uid, this.#at);
        break;
      case "stream":
        if (output.up && ++this.#opened > 1) this.#timers.set("scan", { at: this.#at });
        break;
      case "listed":
        this.ledger.listed(output, this.#at);
        break;
      case "odd":
        // What is late by more than the machine allows is taken for lost.
        this.#hold(!this.#era.honest || (output.what === "lost" && this.server.behind), `an honest server was said to be odd: ${output.what}`);
        break;
    }
  }

  #replacedOn(input: Input, uid: string): boolean {
    const items = input.kind === "part" ? input.items : input.kind === "page" ? input.page.items : [];
    return items.some((item) => identify(item).key === this.#keys.get(uid));
  }

  /** An absence is told: it must have been seen by two complete lists in a row beside which no stream was lost. */
  #absent(uid: string, input: Input, all: readonly Output[]): void {
    const complete = input.kind === "page" && input.page.continue === undefined && all.some((output) => output.kind === "listed");
    this.#hold(complete, `${uid} was taken for gone by a list that was not complete`);
    this.#hold(this.#trusted, `${uid} was taken for gone by a list beside which the stream was lost`);
    this.#hold(!this.#shown.has(uid), `${uid} was taken for gone by a list that showed it`);
    this.#hold(this.#shownBefore !== undefined && !this.#shownBefore.has(uid), `${uid} was taken for gone by one list`);
  }

  #hold(truth: boolean, what: string): void {
    if (!truth) throw new Broken(`${what} (at ${this.#at} ms)`);
  }
}

/** Walks the way that `choices` name, then lets the server be well, and checks what must be true then. */
export function walk(subject: Subject, era: Era, born: number, choices: readonly number[]): void {
  const way = new Walk(subject, era, born);
  for (const choice of choices) way.act(choice % 100, Math.floor(choice / 100));
  way.calm();
  way.advanceCalmly(RESYNC_MS + 5_000);
  must(way.untold(), "were alive for one interval and 5 s, and nobody was told");
  way.advanceCalmly(15_000);
  must(way.unreconstructed(), "left a record, and nobody was told");
  way.advanceCalmly(3 * RESYNC_MS);
  must(way.differences(), "index and server differ");
  // The stream shows that it is past what went long ago once it brings something that came after a list.
  for (const name of ["x", "y"]) {
    way.advanceCalmly(6 * 60_000);
    way.server.create(name);
  }
  way.advanceCalmly(6 * 60_000);
  const kept = way.ledger.size - way.server.jobs.size;
  must(kept === 0 ? [] : [`${kept} uids`], "are kept though they went long ago");
}

function must(wrong: readonly string[], what: string): void {
  if (wrong.length > 0) throw new Broken(`${what}: ${wrong.join(", ")}`);
}
