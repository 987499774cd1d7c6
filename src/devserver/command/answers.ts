// Whether somebody serves a URL that a file names: files outlive servers that were killed.

import { request } from "node:http";

const WAIT_MS = 2_000;

/** Whether something speaks HTTP there; what it says does not matter. */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    if (!/^http:\/\/./.test(url) || !URL.canParse(url)) return resolve(false);
    const asking = request(url, { method: "GET", agent: false, timeout: WAIT_MS }, (response) => {
      response.resume();
      resolve(true);
    });
    asking.on("timeout", () => asking.destroy());
    asking.on("error", () => resolve(false));
    asking.end();
  });
}
