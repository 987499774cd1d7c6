// A list as a watch.

import { type Check, Unfit } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { isOwn, ownEvent, versionOf, words } from "../../own.ts";
import type { Body } from "../../body.ts";

const QUERY = "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
const END = "k8s.io/initial-events-end";

export const WATCH_006: Check = {
  id: "WATCH-006",
  claim: "sendInitialEvents, where it is not refused, gives each job once, then a bookmark that ends them, then what happens",
  matters: "clients that begin so, as those of client-go do, wait for ever or begin without some of the jobs",
  advice: "turn the feature WatchListClient of such clients off",
  severity: "trouble",
  source: "6.4 Watch; k8s: streaming lists",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  async run(at) {
    await at.jobs("a", "b");
    const watch = await at.watch(`jobs?${QUERY}`);
    at.observe("answer to sendInitialEvents", watch.status);
    if (watch.status === 422 || watch.status === 400) throw new Unfit("the server does not serve initial events");
    expect(watch.status === 200, `the watch was answered with ${watch.status}`);
    const own: Body[] = [];
    const { object: end } = await watch.find(({ type, object }) => {
      if (isOwn(at, object)) own.push(object);
      return type === "BOOKMARK";
    });
    same(words(at, own).sort(), ["a", "b"], "own jobs before the bookmark");
    same(end.metadata.annotations?.[END], "true", `the bookmark's annotation ${END}`);
    for (const object of own) {
      expect(versionOf(end) >= versionOf(object), `the bookmark's version ${end.metadata.resourceVersion} is older than a job's`);
    }
    await at.job("c");
    const { type, object } = await ownEvent(at, watch);
    same([type, ...words(at, [object])], ["ADDED", "c"], "the event after the bookmark");
  },
};
