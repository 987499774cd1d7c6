// A listPage that keeps the heap small over long lists. Left to itself the host lets some 40 MB of dead pages gather; whoever
// reads a history in no hurry can do with one page.

import type { Api } from "./api.ts";

/** Text of pages between two collections, characters. */
const COLLECT_EVERY = 512 * 1024;

/** The same lists; `collect` is called ahead of a further page, when nothing of the last one is needed any more. */
export function frugalList(api: Pick<Api, "listPage">, collect: () => void): Pick<Api, "listPage">["listPage"] {
  let read = 0;
  return async (collection, query, signal) => {
    if (query.continue !== undefined && read >= COLLECT_EVERY) {
      read = 0;
      collect();
    }
    const page = await api.listPage(collection, query, signal);
    read += page.bytes;
    return page as never;
  };
}
