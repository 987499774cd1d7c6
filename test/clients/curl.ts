// curl of this machine, led through curl.sh: protocols, compression, and the mistakes that are made by hand.

import { type Client, shellClient } from "./client.ts";

export function curl(): Client {
  return shellClient("curl", "./curl.sh", ({ url, caFile, curlrc }) => ({ URL: url, CACERT: caFile, CURLRC: curlrc }));
}
