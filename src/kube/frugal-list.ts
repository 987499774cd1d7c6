// A listPage that keeps the heap small over long lists. Left to itself the host lets some 40 MB of dead pages gather before
// it collects them.

import { type Api, takingThrough } from "./api.ts";
import type { KubeObject } from "./types.ts";

/**
 * The same lists; `collect` is called ahead of a further page, or behind a part of one, when nothing of it is needed any more,
 * once `everyBytes` were read since the last time; behind a page in parts once a sixteenth of them were, since nothing may
 * come for a minute.
 */
export function frugalList(api: Pick<Api, "listPage">, collect: () => void, everyBytes: number): Pick<Api, "listPage">["listPage"] {
  let read = 0;
  const collectIfDue = (atBytes = everyBytes) => {
    if (read < atBytes) return;
    read = 0;
    collect();
  };
  return async <T extends KubeObject>(...[collection, query, signal, onSend]: Parameters<Api["listPage"]>) => {
    if (query.continue !== undefined) collectIfDue();
    const frugal = takingThrough(query, (take) => async (items, size) => {
      await take(items, size);
      read += size;
      collectIfDue();
    });
    const page = await api.listPage<T>(collection, frugal, signal, onSend);
    if (query.take === undefined) read += page.bytes;
    else collectIfDue(everyBytes / 16);
    return page;
  };
}
