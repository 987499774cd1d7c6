// Which rows of the table of behaviours take part in a call: those that are read while it is handled.

import { AsyncLocalStorage } from "node:async_hooks";
import { type Behaviour, type BehaviourKey, ROWS } from "./eras.ts";

export class RowNotes {
  readonly #current = new AsyncLocalStorage<Set<string>>();

  /** The same values, with reads noted. */
  observe(behaviour: Behaviour): Behaviour {
    return new Proxy(behaviour, {
      get: (target, key: BehaviourKey) => {
        this.#current.getStore()?.add(ROWS[key]?.name);
        return target[key];
      },
    });
  }

  /** Runs the work; names of rows that it reads, at whatever depth, land in `rows`. */
  during<Result>(rows: Set<string>, work: () => Result): Result {
    return this.#current.run(rows, work);
  }
}
