// One worker inside the guard: an order in, its messages and at last its ending out. What gets which signal when is
// decided in guard-state.ts.

import type { Clock } from "../base/clock.ts";
import { messageOf } from "../base/errors.ts";
import { Feed } from "./feed.ts";
import { CANCEL_MS, cancelled, due, type Hold, holdUntil, leaderless, nextMs, orphaned, renewed, reported } from "./guard-state.ts";
import type { FromGuard, ToGuard } from "./guard-wire.ts";
import { Hearing } from "./hearing.ts";
import type { Ending } from "./outcome.ts";
import type { Child, Groups, StartChild } from "../base/processes.ts";
import { cancelLine, jobLine, leaseLine, type WorkerLine } from "./protocol.ts";

/** How long SIGKILL may take, ms; then something of the group is stuck in the kernel or not ours to kill. */
const KILLED_MS = 2_000;
const LOOK_AGAIN_MS = 20;

/** Errors of a start that pass by themselves. */
const TRANSIENT = ["EAGAIN", "ENOMEM", "EMFILE", "ENFILE", "ETXTBSY"];

type Unstamped<M> = M extends unknown ? Omit<M, "atMs"> : never;
export type Send = (message: Unstamped<FromGuard>) => Promise<void> | undefined;

export interface GuardPorts {
  start: StartChild;
  groups: Groups;
  clock: Clock;
  /** Told when a worker has ended. */
  ended?(): void;
}

export class GuardedChild {
  readonly #order: ToGuard & { kind: "start" };
  readonly #ports: GuardPorts;
  readonly #send: Send;
  #hold: Hold;
  #killedAtMs = 0;
  #child: Child | undefined;
  #feed: Feed | undefined;
  #alarm = new AbortController();
  /** Resolves KILLED_MS after SIGKILL. */
  readonly #stuck = Promise.withResolvers<undefined>();

  constructor(order: ToGuard & { kind: "start" }, ports: GuardPorts, send: Send) {
    this.#order = order;
    this.#ports = ports;
    this.#send = send;
    this.#hold = holdUntil(order.untilMs);
  }

  lease(untilMs: number): void {
    this.#hold = renewed(this.#hold, untilMs);
    this.#feed?.say(leaseLine(untilMs - this.#now), { replaces: true });
    this.#look();
  }

  cancel(reason: string): void {
    this.#hold = cancelled(this.#hold, this.#now);
    this.#feed?.say(cancelLine(reason, CANCEL_MS));
    this.#look();
  }

  /** The controller is gone: nobody will renew. */
  orphan(): void {
    this.#hold = orphaned(this.#hold, this.#now);
    this.#feed?.say(cancelLine("the controller is gone", 0));
    this.#look();
  }

  /** Runs the order; resolves when nothing of it runs any more, or nothing more can be done about it. Never rejects. */
  async run(): Promise<void> {
    const ending = await this.#run();
    this.#alarm.abort();
    await this.#send({ kind: "ended", id: this.#order.id, ending });
  }

  async #run(): Promise<Ending> {
    const { command, env, id } = this.#order;
    if (this.#now >= this.#hold.deadlineMs) return { kind: "ended", cause: "lease", signalled: false, survivors: false };
    let child: Child;
    try {
      child = await this.#ports.start(command, env);
    } catch (error) {
      const transient = TRANSIENT.includes((error as { code?: string }).code ?? "");
      return { kind: "unstarted", message: `Cannot start worker "${command[0]}": ${messageOf(error)}`, transient };
    }
    this.#child = child;
    void this.#send({ kind: "started", id, pid: child.pid });
    this.#feed = new Feed((text) => child.write(text));
    this.#feed.say(jobLine(this.#order, this.#hold.deadlineMs - this.#now));
    this.#look();
    const hearing = new Hearing(child, (line) => this.#heard(line), this.#ports.clock);

    const exit = await Promise.race([child.exited, this.#stuck.promise]);
    const signalled = this.#hold.termed || this.#hold.killed;
    this.#feed.end();
    this.#hold = leaderless(this.#hold, this.#now);
    this.#look();
    const survivors = !(await this.#groupEnds(child.pid, exit === undefined ? 0 : KILLED_MS));
    await hearing.finish(() => child.close());
    this.#ports.ended?.();
    return { kind: "ended", ...exit, cause: this.#hold.cause, signalled, survivors };
  }

  #heard(line: WorkerLine): Promise<void> | undefined {
    if (line.kind === "result" || line.kind === "bad-result") {
      this.#hold = reported(this.#hold, this.#now);
      // A worker that reads until the end learns that nothing more will come.
      this.#feed?.end();
      this.#child?.endInput();
      this.#look();
    }
    return this.#send({ kind: "said", id: this.#order.id, line });
  }

  /** False if something of the group is still there after `ms`. */
  async #groupEnds(group: number, ms: number): Promise<boolean> {
    const untilMs = this.#now + ms;
    while (this.#ports.groups.alive(group)) {
      if (this.#now >= untilMs) return false;
      await this.#ports.clock.sleep(LOOK_AGAIN_MS);
    }
    return true;
  }

  /** Sends what is due and wakes up when something will be. */
  #look(): void {
    if (this.#child === undefined) return;
    const { hold, signal } = due(this.#hold, this.#now);
    this.#hold = hold;
    if (signal !== undefined) this.#ports.groups.signal(this.#child.pid, signal);
    if (signal === "SIGKILL") this.#killedAtMs = this.#now;
    if (hold.killed && this.#now >= this.#killedAtMs + KILLED_MS) this.#stuck.resolve(undefined);
    const waitMs = (hold.killed ? this.#killedAtMs + KILLED_MS : nextMs(hold)) - this.#now;
    this.#alarm.abort();
    this.#alarm = new AbortController();
    if (waitMs > 0 && Number.isFinite(waitMs)) this.#ports.clock.sleep(waitMs, this.#alarm.signal).then(() => this.#look(), () => {});
  }

  get #now(): number {
    return this.#ports.clock.monotonic();
  }
}
