// A request that may be answered, and the table by which it is: what routes hand to those who answer.

import type { AccessContext, Caller, Verb } from "../access/access.ts";
import type { ResourceName } from "../resources.ts";
import type { Answer, Call } from "../wire/call.ts";
import type { Place, Target } from "./paths.ts";
import type { Form } from "./plain-form.ts";
import type { WatchContext } from "./watch.ts";

export interface ApiContext extends WatchContext {
  access: AccessContext;
  /** When the server was started, ms. */
  startedMs: number;
}

/** A request that may be answered: who asks for what, and in which form. */
export interface Asked {
  context: ApiContext;
  call: Call;
  caller: Caller;
  target: Target;
  form: Form;
}

export interface Route {
  verb: Verb;
  /** Undefined when a stream took the response over. */
  answer: (asked: Asked) => Answer | undefined | Promise<Answer | undefined>;
  /** The resource whose rights count, if not that of the path. */
  of?: ResourceName;
}

export type Routes = Readonly<Record<Place, Readonly<Record<string, Route | undefined>>>>;
