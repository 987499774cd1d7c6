// A listPage that keeps the heap small over long lists. Left to itself the host lets some 40 MB of dead pages gather before
// it collects them.

import type { Api } from "./api.ts";
import type { KubeObject } from "./types.ts";

/**
 * The same lists; `collect` is called ahead of a further page, when nothing of the last one is needed any more, once
 * `everyBytes` of pages were read since the last time.
 */
export function frugalList(api: Pick<Api, "listPage">, collect: () => void, everyBytes: number): Pick<Api, "listPage">["listPage"] {
  let read = 0;
  return async <T extends KubeObject>(...[collection, query, signal, onSend]: Parameters<Api["listPage"]>) => {
    if (query.continue !== undefined && read >= everyBytes) {
      read = 0;
      collect();
    }
    const page = await api.listPage<T>(collection, query, signal, onSend);
    read += page.bytes;
    return page;
  };
}
