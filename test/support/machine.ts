// The watch machine with a time that tests set, and its outputs in short form.

import { Backoff } from "../../src/base/backoff.ts";
import { ObjectIndex } from "../../src/kube/object-index.ts";
import type { KubeObject, ListPage, WatchEvent } from "../../src/kube/types.ts";
import { type Fact, initialState, type Input, type Output, step, type WatchState } from "../../src/kube/watch-state.ts";
import { page } from "./objects.ts";

export const RESYNC_MS = 60_000;

export class Machine {
  readonly index = new ObjectIndex();
  state: WatchState = initialState(this.index, new Backoff(() => 0), new Backoff(() => 0), { resyncMs: RESYNC_MS });
  at = 0;
  /** All that ever came out. */
  readonly outputs: Output[] = [];

  send(input: Input): Output[] {
    const { state, outputs } = step(this.state, input, this.at);
    this.state = state;
    this.outputs.push(...outputs);
    return outputs;
  }

  events(...events: WatchEvent[]): Output[] {
    return this.send({ kind: "events", events });
  }

  /** A stream at `version` that has just opened; the list it wants is queued. */
  open(version = "10"): this {
    this.send({ kind: "start" });
    this.send({ kind: "version", version });
    this.send({ kind: "opened" });
    return this;
  }

  /** A list of these pages (the last one without token), from its begin to its end; outputs of all steps. */
  list(...pages: KubeObject[][]): Output[] {
    const outputs = [...this.send({ kind: "list-due" }), ...this.send({ kind: "list-began" })];
    for (const [nth, items] of pages.entries()) {
      outputs.push(...this.send({ kind: "page", page: page(items, { continue: nth + 1 < pages.length ? `t${nth}` : undefined }) }));
    }
    return outputs;
  }

  page(items: KubeObject[], more: Partial<ListPage> = {}): Output[] {
    return this.send({ kind: "page", page: page(items, more) });
  }
}

/** An open stream and a first list behind it. */
export function following(...objects: KubeObject[]): Machine {
  const machine = new Machine().open();
  machine.list(objects);
  return machine;
}

/** Outputs as words: `applied u1 live`, `deleted u1`, `retry-in 800`, `failure open 800`. */
export function words(outputs: readonly Output[]): string[] {
  return outputs.map(word);
}

function word(output: Output): string {
  switch (output.kind) {
    case "applied":
      return `applied ${output.object.metadata?.uid} ${output.trigger}`;
    case "deleted":
      return `deleted ${output.uid}`;
    case "open":
      return `open ${output.version}`;
    case "retry-in":
    case "list-in":
      return `${output.kind} ${output.ms}`;
    case "check-stream-in":
      return `${output.kind} ${output.ms}`;
    case "fetch-page":
      return `fetch-page ${output.token ?? "first"}`;
    case "stream":
      return output.up ? "stream up" : "stream down";
    case "failure":
      return `failure ${output.stage} ${output.retryMs}`;
    case "listed": {
      const { objects, found, changed, gone } = output.differences;
      return `${output.first ? "first " : ""}listed ${objects}: ${found} found, ${changed} changed, ${gone} gone${output.held > 0 ? `, ${output.held} held` : ""}`;
    }
    case "unusable":
      return `unusable ${output.what}`;
    case "odd":
      return `odd ${output.what} ${output.count}`;
    default:
      return output.kind;
  }
}

export function factsOf(outputs: readonly Output[]): Fact[] {
  const facts = new Set(["applied", "deleted", "stream", "listed", "failure", "stalled", "unusable", "odd"]);
  return outputs.filter((output): output is Fact => facts.has(output.kind));
}
