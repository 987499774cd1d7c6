// The driver of watch-state.ts: runs its commands, feeds back what came of them, yields its facts. One stream, one list
// and three timers at most; who reads slowly slows the stream down to the socket.

import { Backoff } from "../base/backoff.ts";
import { Channel } from "../base/channel.ts";
import type { Clock, Random } from "../base/clock.ts";
import { NetworkError } from "../base/errors.ts";
import type { Api } from "./api.ts";
import type { ListLane, Turn } from "./list-lane.ts";
import { ObjectIndex } from "./object-index.ts";
import type { Collection, KubeObject } from "./types.ts";
import type { WatchMeter } from "./watch-meter.ts";
import { type Fact, initialState, type Input, type Output, step } from "./watch-state.ts";

export interface WatchOptions {
  api: Pick<Api, "listPage" | "openWatch">;
  collection: Collection;
  lane: ListLane;
  clock: Clock;
  random: Random;
  /** Time between the starts of two verifying lists, ms. */
  resyncMs: number;
  pageSize?: number;
  /** What is known of the collection; whoever lends it may look. Default: one of its own. */
  index?: ObjectIndex;
  /** Told of every event and fact ahead of the reader. */
  meter?: Pick<WatchMeter, "events" | "fact">;
}

/** The server ends a watch after a random time between these; load balancers cut idle connections at 350 s and less. */
const WATCH_SECONDS = { least: 240, spread: 60 };
/** How much longer we wait for that end, from the request on, before the connection counts as dead. */
const WATCH_MARGIN_MS = 15_000;
const BACKOFF_CAP_MS = 30_000;

/**
 * As good as no limit: pages are read in parts, and a Kubernetes server answers a first page from its cache, but all others
 * from etcd, which takes ten times as long. Grafana's cuts pages by bytes.
 */
const PAGE_SIZE = 250_000;

const CLOSED_BY_US = Symbol("closed by us");

/**
 * Follows a collection until `signal` is aborted (then throws its reason); nothing else ends it.
 * Yields facts in the order in which they became known.
 */
export async function* watchObjects(options: WatchOptions, signal: AbortSignal): AsyncGenerator<Fact[]> {
  const { api, collection, lane, clock, random, pageSize: limit = PAGE_SIZE } = options;
  const inbox = new Channel<{ stream?: AbortController; input: Input }>();
  const all = new AbortController();
  const stop = () => {
    all.abort(signal.reason);
    inbox.close(signal.reason);
  };
  signal.throwIfAborted();
  signal.addEventListener("abort", stop, { once: true });

  let stream = new AbortController();
  let turn: Turn | undefined;
  const timers = new Map<string, AbortController>();
  /** The silence that is being looked at: further lists that see changes do not put the look off. */
  let checking: number | undefined;
  // Doubled by jitter at most: after an outage the first list must not come later than a verifying one would.
  const capMs = Math.min(BACKOFF_CAP_MS, options.resyncMs / 2);
  let state = initialState(options.index ?? new ObjectIndex(), new Backoff(random, { capMs }), new Backoff(random, { capMs }), {
    resyncMs: options.resyncMs,
  });

  /** Runs an activity whose results come back through the inbox; after the end nobody listens. */
  const run = (activity: () => Promise<void>) => void activity().catch((error: unknown) => inbox.close(error));
  const tell = (input: Input, from?: AbortController) => inbox.put(from === undefined ? { input } : { stream: from, input });

  const after = (name: string, ms: number, input: Input) => {
    timers.get(name)?.abort();
    const timer = new AbortController();
    timers.set(name, timer);
    run(async () => {
      try {
        await clock.sleep(ms, AbortSignal.any([all.signal, timer.signal]));
      } catch {
        return;
      }
      await tell(input);
    });
  };

  const attempt = async (use: () => Promise<Input>, failed: (error: unknown) => Input) => {
    const input = await use().catch(failed);
    if (!all.signal.aborted) await tell(input);
  };

  const follow = async (version: string, own: AbortController) => {
    const timeoutSeconds = WATCH_SECONDS.least + Math.floor(random() * WATCH_SECONDS.spread);
    const both = AbortSignal.any([all.signal, own.signal]);
    let opened = false;
    let error: unknown;
    const overdue = new NetworkError(`Watch went on past its ${timeoutSeconds} s without an end: the connection is dead`, "silence");
    clock.sleep(timeoutSeconds * 1000 + WATCH_MARGIN_MS, both).then(() => own.abort(overdue), () => {});
    try {
      const batches = await api.openWatch(collection, { version, timeoutSeconds }, both);
      opened = true;
      await tell({ kind: "opened" }, own);
      for await (const events of batches) {
        options.meter?.events(events);
        await tell({ kind: "events", events }, own);
      }
    } catch (thrown) {
      error = thrown;
    }
    if (all.signal.aborted || own.signal.reason === CLOSED_BY_US) return;
    await tell(opened ? { kind: "closed", error } : { kind: "open-failed", error }, own);
    own.abort(CLOSED_BY_US);
  };

  const execute = (output: Exclude<Output, Fact>) => {
    switch (output.kind) {
      case "read-version":
        return run(() =>
          attempt(
            async () => ({ kind: "version", version: (await api.listPage(collection, { limit: 1 }, all.signal)).version }),
            (error) => ({ kind: "anchor-failed", error }),
          ),
        );
      case "open": {
        const own = new AbortController();
        stream = own;
        return run(() => follow(output.version, own));
      }
      case "close":
        return stream.abort(CLOSED_BY_US);
      case "retry-in":
        return after("retry", output.ms, { kind: "retry" });
      case "check-stream-in":
        if (checking === output.bytesAt) return;
        checking = output.bytesAt;
        return after("check", output.ms, { kind: "check-stream", bytesAt: output.bytesAt });
      case "list":
        timers.get("list")?.abort();
        return run(async () => {
          const mine = await lane.enter(!state.synced, all.signal);
          if (all.signal.aborted) return mine.leave();
          turn = mine;
          await tell({ kind: "list-began" });
        });
      case "list-in":
        return after("list", output.ms, { kind: "list-due" });
      case "fetch-page": {
        const mine = turn;
        if (mine === undefined) return;
        const query = output.token === undefined ? { limit } : { limit, continue: output.token };
        return run(() =>
          attempt(
            async () => {
              const page = await mine.request((sent, aside) => {
                const take = (items: KubeObject[]) => aside(tell({ kind: "part", items }));
                return api.listPage(collection, { ...query, take }, all.signal, sent);
              });
              return { kind: "page", page };
            },
            (error) => ({ kind: "list-failed", error }),
          ),
        );
      }
      default:
        return output satisfies never;
    }
  };

  try {
    let next: Input = { kind: "start" };
    for (;;) {
      const result = step(state, next, clock.monotonic());
      state = result.state;
      if (state.list.kind === "idle" || state.list.kind === "queued") {
        if (next.kind === "page" || next.kind === "list-failed") {
          turn?.leave();
          turn = undefined;
        }
      }
      const facts: Fact[] = [];
      for (const output of result.outputs) {
        if (isFact(output)) facts.push(output);
        else execute(output);
      }
      for (const fact of facts) options.meter?.fact(fact);
      if (facts.length > 0) yield facts;
      let taken = await inbox.take();
      // What an earlier stream still had to say is void.
      while (taken.stream !== undefined && taken.stream !== stream) taken = await inbox.take();
      // Stopped between the answer and now: nothing may be asked for any more.
      signal.throwIfAborted();
      next = taken.input;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    all.abort(CLOSED_BY_US);
    inbox.close(CLOSED_BY_US);
    turn?.leave();
  }
}

function isFact(output: Output): output is Fact {
  switch (output.kind) {
    case "applied":
    case "deleted":
    case "stream":
    case "listed":
    case "failure":
    case "stalled":
    case "unusable":
    case "odd":
      return true;
    default:
      return false;
  }
}
