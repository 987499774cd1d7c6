// An Api whose lists and watches wait until the test answers them, and which tells in which order they were asked for.

import type { Api, ListQuery, WatchQuery } from "../../src/kube/api.ts";
import type { Collection, KubeObject, ListPage, WatchEvent } from "../../src/kube/types.ts";
import { page } from "./objects.ts";

export interface AskedList {
  collection: Collection;
  query: ListQuery;
  signal: AbortSignal;
  answer(items?: KubeObject[], more?: Partial<ListPage>): void;
  fail(error: unknown): void;
}

export interface AskedWatch {
  query: WatchQuery;
  signal: AbortSignal;
  /** The server accepts. */
  open(): void;
  refuse(error: unknown): void;
  send(...events: WatchEvent[]): void;
  /** The server ends it; with an error it breaks off. */
  end(error?: unknown): void;
  /** Batches sent and not read yet. */
  readonly unread: number;
  /** The reader has let the body go, or read its end. */
  readonly over: boolean;
}

export class ScriptedApi implements Pick<Api, "listPage" | "openWatch"> {
  /** `anchor`, `list`, `list <token>`, `watch <version>`, in the order of asking. */
  readonly calls: string[] = [];
  readonly lists: AskedList[] = [];
  readonly watches: AskedWatch[] = [];
  /** Requests that were made on a signal that was aborted already. */
  late = 0;
  /** Lists that wait for their answer now, anchors not counted, and the most there ever were. */
  listing = 0;
  mostListing = 0;

  listPage<T extends KubeObject>(collection: Collection, query: ListQuery, signal: AbortSignal): Promise<ListPage<T>> {
    const anchor = query.limit === 1;
    this.#asked(anchor ? "anchor" : query.continue === undefined ? "list" : `list ${query.continue}`, signal);
    if (!anchor) this.mostListing = Math.max(this.mostListing, ++this.listing);
    return new Promise<ListPage<T>>((resolve, reject) => {
      const abort = () => reject(signal.reason);
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
      this.lists.push({
        collection,
        query,
        signal,
        answer: (items = [], more = {}) => resolve(page(items, more) as ListPage<T>),
        fail: reject,
      });
    }).finally(() => {
      if (!anchor) this.listing--;
    });
  }

  openWatch(_collection: Collection, query: WatchQuery, signal: AbortSignal): Promise<AsyncGenerator<WatchEvent[]>> {
    this.#asked(`watch ${query.version}`, signal);
    const queue: WatchEvent[][] = [];
    let end: { error: unknown } | undefined;
    let over = false;
    let wake = () => {};
    const broken = new Promise<never>((_, reject) => {
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    broken.catch(() => undefined);

    async function* read(): AsyncGenerator<WatchEvent[]> {
      try {
        for (;;) {
          signal.throwIfAborted();
          const batch = queue.shift();
          if (batch !== undefined) yield batch;
          else if (end === undefined) await Promise.race([new Promise<void>((resolve) => (wake = resolve)), broken]);
          else if (end.error !== undefined) throw end.error;
          else return;
        }
      } finally {
        over = true;
      }
    }

    const accepted = new Promise<AsyncGenerator<WatchEvent[]>>((resolve, reject) => {
      this.watches.push({
        query,
        signal,
        open: () => resolve(read()),
        refuse: reject,
        send(...events) {
          queue.push(events);
          wake();
        },
        end(error) {
          end = { error };
          wake();
        },
        get unread() {
          return queue.length;
        },
        get over() {
          return over;
        },
      });
    });
    return Promise.race([accepted, broken]);
  }

  get lastList(): AskedList {
    return last(this.lists);
  }

  get lastWatch(): AskedWatch {
    return last(this.watches);
  }

  #asked(what: string, signal: AbortSignal): void {
    this.calls.push(what);
    if (signal.aborted) this.late++;
  }
}

function last<T>(all: readonly T[]): T {
  const found = all.at(-1);
  if (found === undefined) throw new Error("Nothing was asked for yet");
  return found;
}
