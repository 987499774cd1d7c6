// The controller's side of the guard: one order in, its result out, through the one guard process that is started with the
// first order and again after it was lost. What a worker says comes here already read and bounded.

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { CANCEL_MS, TERM_MS } from "./guard-state.ts";
import { type FromGuard, RemoteClock, type ToGuard, WIRE_LINE_MAX, wireLine } from "./guard-wire.ts";
import { LineSplitter } from "./lines.ts";
import { aborted, type Ending, outcomeOf, type Report } from "./outcome.ts";
import type { Groups, GuardLink } from "../base/processes.ts";
import type { WorkerLine } from "./protocol.ts";
import { jobEnv } from "./worker-env.ts";
import type { WorkIo, WorkOrder, WorkResult } from "./worker.ts";

/** For the guard to say that it is there, ms. */
const READY_MS = 20_000;
/** For the guard to end a worker and say so, after SIGKILL was due. It needs about three seconds at the worst. */
const PATIENCE_MS = 5_000;
/** Late by more: this process did not run, so that what the guard has said is still unread. */
const LATE_MS = 1_000;
/** How long SIGKILL may take once the guard is lost. */
const KILLED_MS = 2_000;
const LOOK_AGAIN_MS = 20;

export interface ClientPorts {
  /** @throws whatever keeps the guard from being started. */
  startGuard(): GuardLink;
  groups: Groups;
  clock: Clock;
  log: Logger;
}

/** One order while it runs. */
interface Running {
  order: WorkOrder;
  io: WorkIo;
  /** Process group of the worker, once there is one. */
  group: number | undefined;
  report: Report;
  end(ending: Ending): void;
  lost(result: WorkResult): void;
}

/** One guard process and what it holds. */
interface Connection {
  link: GuardLink;
  clock: RemoteClock;
  running: Map<number, Running>;
  ready: Promise<boolean>;
  gone: Promise<void>;
}

export class GuardClient {
  readonly #ports: ClientPorts;
  #connection: Connection | undefined;
  #lastId = 0;
  #closing = false;

  constructor(ports: ClientPorts) {
    this.#ports = ports;
  }

  /** Never rejects. `command` and `env` are the worker's; `order` and `io` as in Workers.run. */
  async run(command: readonly [string, ...string[]], env: Readonly<Record<string, string>>, order: WorkOrder, io: WorkIo): Promise<WorkResult> {
    if (this.#closing) return aborted("the program is ending");
    let connection: Connection;
    try {
      connection = this.#connection ??= this.#connect();
    } catch (error) {
      return aborted(`Cannot start the guard of the workers: ${messageOf(error)}`);
    }
    const ready = await Promise.race([connection.ready, abortOf(io.signal)]);
    if (io.signal.aborted) return aborted(reasonOf(io.signal));
    if (!ready) return aborted("the guard of the workers did not start");
    return this.#order(connection, command, env, order, io);
  }

  /** Ends all workers and the guard; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closing = true;
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.link.end();
    const done = new AbortController();
    const late = this.#ports.clock.sleep(TERM_MS + PATIENCE_MS, done.signal).then(() => connection.link.kill(), () => {});
    await connection.gone;
    done.abort();
    await late;
  }

  #order(
    connection: Connection,
    command: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
    order: WorkOrder,
    io: WorkIo,
  ): Promise<WorkResult> {
    const { clock } = this.#ports;
    const id = ++this.#lastId;
    const send = (message: ToGuard) => connection.link.send(wireLine(message));
    const untilMs = () => connection.clock.theirs(Math.min(Math.max(io.lease.deadlineMs, 0), Number.MAX_SAFE_INTEGER));
    const { promise, resolve } = Promise.withResolvers<WorkResult>();
    const running: Running = {
      order,
      io,
      group: undefined,
      report: { kind: "none", plain: true },
      end: (ending) => resolve(outcomeOf(ending, running.report, reasonOf(io.signal))),
      lost: resolve,
    };
    connection.running.set(id, running);

    // When it was last clear until when the guard has to have answered, and that time.
    let abortedMs = Infinity;
    let alarm = new AbortController();
    const expectEnd = () => {
      alarm.abort();
      alarm = new AbortController();
      const killMs = Math.max(clock.monotonic(), Math.min(io.lease.deadlineMs, abortedMs + CANCEL_MS + TERM_MS));
      if (killMs < Infinity) void this.#expect(connection, killMs + PATIENCE_MS, alarm.signal);
    };
    const renewed = () => {
      send({ kind: "lease", id, untilMs: untilMs() });
      expectEnd();
    };
    const cancel = () => {
      abortedMs = clock.monotonic();
      send({ kind: "cancel", id, reason: reasonOf(io.signal) });
      expectEnd();
    };
    send({ kind: "start", id, command, env, job: order.job, attempt: order.attempt, untilMs: untilMs() });
    const unlisten = io.lease.onChange(renewed);
    io.signal.addEventListener("abort", cancel, { once: true });
    expectEnd();
    return promise.finally(() => {
      connection.running.delete(id);
      alarm.abort();
      unlisten();
      io.signal.removeEventListener("abort", cancel);
    });
  }

  /** Gives the guard up if nothing has stopped us by `untilMs`. */
  async #expect(connection: Connection, untilMs: number, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#ports;
    try {
      await clock.sleep(untilMs - clock.monotonic(), signal);
      if (clock.monotonic() > untilMs + LATE_MS) await clock.sleep(PATIENCE_MS, signal);
    } catch {
      return;
    }
    log.error("the guard of the workers does not answer, it is killed", { pid: connection.link.pid });
    connection.link.kill();
  }

  #connect(): Connection {
    const link = this.#ports.startGuard();
    const { clock } = this.#ports;
    const ready = Promise.withResolvers<boolean>();
    const started = new AbortController();
    const connection: Connection = { link, clock: new RemoteClock(), running: new Map(), ready: ready.promise, gone: Promise.resolve() };
    const hear = (message: FromGuard) => {
      connection.clock.heard(message.atMs, clock.monotonic());
      if (message.kind === "ready") {
        ready.resolve(true);
        started.abort();
      } else {
        this.#heard(connection, message);
      }
    };
    clock.sleep(READY_MS, started.signal).then(() => link.kill(), () => {});
    connection.gone = this.#listen(link, hear).then(async () => {
      started.abort();
      ready.resolve(false);
      if (this.#connection === connection) this.#connection = undefined;
      await this.#bury(connection);
    });
    return connection;
  }

  async #listen(link: GuardLink, hear: (message: FromGuard) => void): Promise<void> {
    const splitter = new LineSplitter(WIRE_LINE_MAX);
    try {
      for await (const chunk of link.output) for (const { text } of splitter.push(chunk)) hear(JSON.parse(text) as FromGuard);
    } catch (error) {
      this.#ports.log.error("cannot read the guard of the workers", { error: messageOf(error) });
      link.kill();
    }
  }

  #heard(connection: Connection, message: Exclude<FromGuard, { kind: "ready" }>): void {
    const running = connection.running.get(message.id);
    if (running === undefined) return;
    if (message.kind === "started") running.group = message.pid;
    else if (message.kind === "ended") running.end(message.ending);
    else this.#said(running, message.line);
  }

  #said(running: Running, line: WorkerLine): void {
    const { io } = running;
    switch (line.kind) {
      case "update":
        // What comes behind a result is no part of the work.
        if (running.report.kind !== "none") return;
        running.report = { kind: "none", plain: false };
        io.progress(line.update);
        return;
      case "log":
        if (running.report.kind === "none" && line.log.source === "protocol") running.report = { kind: "none", plain: false };
        io.log(line.log);
        return;
      case "result":
        if (running.report.kind === "none") running.report = { kind: "given", result: line.result };
        return;
      case "bad-result":
        if (running.report.kind === "none") running.report = { kind: "bad", why: line.why };
    }
  }

  /** The guard is gone: whatever it still had must not run on. */
  async #bury({ link, running }: Connection): Promise<void> {
    const { groups, clock, log } = this.#ports;
    link.kill();
    const orphans = [...running.values()];
    const untilMs = clock.monotonic() + KILLED_MS;
    let alive = orphans;
    // A worker that the guard had no time to tell of is found by what it was started with; one that is only just being
    // started, by a second look.
    for (let look = 1; orphans.length > 0 && (look <= 2 || (alive.length > 0 && clock.monotonic() < untilMs)); look++) {
      if (look > 1) await clock.sleep(LOOK_AGAIN_MS);
      alive = orphans.filter((orphan) => groupsOf(orphan, groups).some((group) => {
        groups.signal(group, "SIGKILL");
        return groups.alive(group);
      }));
    }
    if (!this.#closing) log.error("the guard of the workers has ended, its workers were killed", { pid: link.pid, workers: orphans.length });
    for (const orphan of orphans) {
      const reason = this.#closing ? "the program is ending" : "the guard of the workers was lost";
      orphan.lost({ kind: "aborted", reason, ...(alive.includes(orphan) ? { survivors: true } : {}) });
    }
  }
}

function groupsOf({ group, order }: Running, groups: Groups): number[] {
  const { JOB_UID, JOB_ATTEMPT } = jobEnv(order);
  return group === undefined ? groups.find([`JOB_UID=${JOB_UID}`, `JOB_ATTEMPT=${JOB_ATTEMPT}`]) : [group];
}

/** Resolves to false when the signal is aborted. */
function abortOf(signal: AbortSignal): Promise<false> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    else signal.addEventListener("abort", () => resolve(false), { once: true });
  });
}

function reasonOf({ reason }: AbortSignal): string {
  return reason === undefined ? "stopped" : messageOf(reason);
}
