// One watch of all namespaces.

import { type Check, Unfit } from "../../check.ts";
import { expect, same } from "../../expect.ts";
import { ownEvent } from "../../own.ts";

export const WATCH_011: Check = {
  id: "WATCH-011",
  claim: "the watch of all namespaces tells of a job, and says of which namespace it is",
  matters: "without --namespace this program watches all namespaces at once, and is told nothing",
  advice: "name the namespaces with --namespace",
  severity: "loss",
  source: "6.4 Watch",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "name the namespaces with --namespace" } },
  async run(at) {
    const { metadata } = await at.job("first");
    const watch = await at.watch(`${at.api}/jobs?watch=1&resourceVersion=${metadata.resourceVersion}`);
    if (watch.status === 401 || watch.status === 403) throw new Unfit("the credential may not watch all namespaces");
    expect(watch.status === 200, `the watch was answered with ${watch.status}`);
    await at.job("a");
    const { type, object } = await ownEvent(at, watch);
    same([type, object.metadata.name, object.metadata.namespace], ["ADDED", at.name("a"), at.namespace], "type, name and namespace");
  },
};
