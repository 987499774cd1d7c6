// A namespace's watch tells of its own.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { ownEvent, watching } from "../../own.ts";

export const WATCH_010: Check = {
  id: "WATCH-010",
  claim: "a watch of a namespace tells of jobs of that namespace alone",
  matters: "jobs of one tenant are told to another",
  advice: "do not use this server for more than one tenant until it is repaired",
  severity: "danger",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "jobs of other namespaces can be told as one's own" },
    drive: { then: "no", words: "jobs of other namespaces are worked on" },
  },
  async run(at) {
    const { metadata: { resourceVersion } } = await at.job("first");
    const watch = await watching(at, resourceVersion);
    const elsewhere = await at.watch(`${at.api}/namespaces/${at.namespace}-none/jobs?watch=1&resourceVersion=${resourceVersion}`);
    await at.job("a");
    const { object } = await ownEvent(at, watch);
    same(object.metadata.namespace, at.namespace, "the namespace of the event's job");
    const strangers = elsewhere.status === 200
      ? (await elsewhere.during(300)).filter(({ object: { metadata } }) => metadata?.name === at.name("a"))
      : [];
    same(strangers.length, 0, `events of this job in the watch of ${at.namespace}-none`);
  },
};
