// The queue of a repository that is there already: one is looked for, and pulled. None is ever made.

import { Unfit } from "./check.ts";
import { brief } from "./expect.ts";
import type { Place } from "./place.ts";
import type { Body } from "./body.ts";
import type { Reply } from "./wire.ts";

const LOOKED_AT = 100;

/** The name of a repository that takes jobs. @throws Unfit where there is none */
export async function someRepository(at: Place): Promise<string> {
  const reply = await at.get(`repositories?limit=${LOOKED_AT}`);
  if (reply.status !== 200) throw new Unfit(`the repositories cannot be read: ${brief(reply)}`);
  const found = reply.json.items.find(takesJobs);
  if (found === undefined) throw new Unfit(`namespace ${at.namespace} has no healthy repository`);
  return found.metadata.name;
}

/** Queues an incremental pull, as the server's own controller does. @throws Unfit where it may not, or one is queued */
export async function pull(at: Place, repository: string): Promise<Reply> {
  const reply = await tryPull(at, repository);
  if (reply.status === 409) throw new Unfit(`a pull of repository ${repository} is queued already`);
  if (reply.status === 403 || reply.status === 424) throw new Unfit(`repository ${repository} cannot be pulled: ${brief(reply)}`);
  return reply;
}

/** The same, whatever comes of it. The body names another repository, which the path overrules. */
export function tryPull(at: Place, repository: string): Promise<Reply> {
  return at.post(`repositories/${repository}/jobs`, { action: "pull", repository: at.name("other"), pull: { incremental: true } });
}

function takesJobs({ metadata, status }: Body): boolean {
  const health = status?.["health"] as { healthy?: boolean } | undefined;
  return health?.healthy === true && metadata["deletionTimestamp"] === undefined;
}
