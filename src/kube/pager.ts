// A collection to its pages, one at a time; nothing of a page is kept. Always to the end of `continue`:
// Grafana cuts pages by bytes and by selectors, so a short or empty page means nothing.

import { ProtocolError } from "../base/errors.ts";
import type { Api } from "./api.ts";
import type { Collection, KubeObject, ListPage } from "./types.ts";

/** Objects asked for at first, where a page is held as a whole. */
export const PAGE_SIZE = 2_000;
/** A page above this many bytes halves the next ones: the page is the peak of our memory. */
export const PAGE_BYTES_MAX = 4 * 1024 * 1024;
const PAGE_SIZE_MIN = 50;

/** The size to ask for after `page` came for `size`. */
export function nextPageSize(size: number, page: Pick<ListPage, "bytes">): number {
  return page.bytes > PAGE_BYTES_MAX ? Math.min(size, Math.max(PAGE_SIZE_MIN, Math.floor(size / 2))) : size;
}

/**
 * Yields every page. The pages form a complete list only if the generator ends by itself.
 * @throws what listPage throws (410 when a token has expired); ProtocolError when a server repeats a token.
 */
export async function* pages<T extends KubeObject>(
  api: Pick<Api, "listPage">,
  collection: Collection,
  options: { pageSize?: number },
  signal: AbortSignal,
): AsyncGenerator<ListPage<T>> {
  let limit = options.pageSize ?? PAGE_SIZE;
  let token: string | undefined;
  for (;;) {
    const page = await api.listPage<T>(collection, token === undefined ? { limit } : { limit, continue: token }, signal);
    const next = page.continue;
    if (next !== undefined && next === token) throw new ProtocolError(`Cannot list ${collection.resource}: server sent the same continue token twice`);
    limit = nextPageSize(limit, page);
    yield page;
    if (next === undefined) return;
    token = next;
  }
}
