// What a fault is: data about it, and what it does at the seams of the server while it is active. Knows none by name.

import type { Clock } from "../../../base/clock.ts";
import type { Answer, Call, Stream } from "../../wire/call.ts";
import type { Connection } from "../../wire/connections.ts";
import type { Change, Store } from "../../state/store.ts";
import type { Behaviour } from "../eras.ts";
import type { Kind } from "../rows.ts";

export type ServerName = "api" | "exchange";

/** What clients ask for, as rights name it. */
export type CallVerb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete" | "deletecollection" | "other";

/** A call that faults look at: as the client sent it, whatever they make of it. */
export interface Scene {
  readonly call: Call;
  readonly server: ServerName;
  readonly method: string;
  readonly verb: CallVerb;
  /** Of the path, sub-resources left out; empty outside of the group. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** Path and query. */
  readonly target: string;
  /** The body is an answer, not a watch. */
  answered: boolean;
  /** What took part, for the access log. */
  readonly took: Set<string>;
}

/** A call that is taken over: an answer, a cut connection, no answer ever. */
export type Verdict = Answer | "abort" | "hang";

/** Decides when a fault strikes. */
export interface Gate {
  /** One opportunity; counts and notes a hit. */
  strikes(scene?: Scene): boolean;
  /** Aborted when the fault is cleared. */
  readonly signal: AbortSignal;
}

export type Certificate = "leaf" | "ca" | "expired" | "other-host";

/** What the server lends to its faults. */
export interface FaultHost {
  clock: Clock;
  store: Store;
  /** Values that hold until the returned function is called, or another override of the same row is made. */
  override(values: Partial<Behaviour>): () => void;
  /** The behaviour without overrides. */
  readonly behaviour: Readonly<Behaviour>;
  connection(scene: Scene): Connection | undefined;
  /** Stops listening and breaks all connections, until the returned function is called. */
  suspend(server: ServerName): Promise<() => Promise<void>>;
  /** Serves another certificate on connections to come, until the returned function is called. */
  rotate(certificate: Certificate, options: { files: boolean; cut: boolean }): Promise<() => Promise<void>>;
}

/** A fault at work. Each hook is called only for calls that the filters of the fault let through. */
export interface ActiveFault {
  /** Before the call is handled; may change what the handler will see. */
  onCall?(scene: Scene): Verdict | undefined | Promise<Verdict | undefined>;
  /** Before an answer is sent. */
  onAnswer?(scene: Scene, answer: Answer): Verdict | Promise<Verdict>;
  /** A body begins; what is returned is written to in place of `below`. */
  onStream?(scene: Scene, below: Stream): Stream;
  /** Whether a write is acknowledged and forgotten. */
  onWrite?(change: Change): boolean;
  /** Undoes what outlives a call. */
  stop?(): void | Promise<void>;
  /** Settled once the fault is in force; absent = at once. */
  ready?: Promise<unknown>;
}

export interface Argument<Value> {
  kind: Kind<Value>;
  /** Undefined = none. */
  default: Value | undefined;
  /** Whether it must be given. */
  required: boolean;
  meaning: string;
}

export type Arguments = Readonly<Record<string, Argument<unknown>>>;

type ValuesOf<Args extends Arguments> = {
  [Name in keyof Args]: Args[Name] extends Argument<infer Value> ? Value : never;
};

export interface Tools {
  gate: Gate;
  host: FaultHost;
}

/** What a fault is about: calls one by one, or the server as a whole. */
export type Scope = "calls" | "server";

interface Spec<Args extends Arguments> {
  name: string;
  /** The argument that a bare first value is. */
  main?: keyof Args & string;
  /** Values of the main argument hold "=", so that a first value is always it. */
  assigns?: true;
  args: Args;
  /** Whose calls it is about unless told otherwise. Default: the API's. */
  server?: ServerName;
  /** One sentence: what of the world it stands for. */
  models: string;
  /** Where that was seen: a pull request or issue of grafana/grafana, another project's, or a document. */
  seen: string;
  /** `server`: strikes once, when it starts; of the common arguments only `after` with a time and `for` make sense. */
  scope?: Scope | ((args: ValuesOf<Args>) => Scope);
  start(args: ValuesOf<Args>, tools: Tools): ActiveFault;
}

/** A row of the table of faults. */
export type Fault = Spec<Arguments>;

export function fault<const Args extends Arguments>(spec: Spec<Args>): Fault {
  return spec as unknown as Fault;
}

/** An argument that has a default. */
export function optional<Value>(kind: Kind<Value>, value: NoInfer<Value>, meaning: string): Argument<Value> {
  return { kind, default: value, required: false, meaning };
}

/** An argument that may be absent. */
export function maybe<Value>(kind: Kind<Value>, meaning: string): Argument<Value | undefined> {
  return { kind, default: undefined, required: false, meaning } as Argument<Value | undefined>;
}

export function required<Value>(kind: Kind<Value>, meaning: string): Argument<Value> {
  return { kind, default: undefined, required: true, meaning };
}
