// One list of all namespaces.

import { type Check, Unfit } from "../../check.ts";
import { same } from "../../expect.ts";
import { byLabel, LABEL_TRIAL, listed } from "../../own.ts";

export const LIST_019: Check = {
  id: "LIST-019",
  claim: "the list of all namespaces holds a job, and says of which namespace it is",
  matters: "without --namespace this program lists and watches all namespaces at once, and sees no job",
  advice: "name the namespaces with --namespace",
  severity: "loss",
  source: "2.1 Versions and resources",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "name the namespaces with --namespace" },
    drive: { then: "limited", words: "name the namespaces with --namespace" },
  },
  async run(at) {
    const { metadata } = await at.job("a", { metadata: { labels: { [LABEL_TRIAL]: "everywhere" } } });
    const path = `${at.api}/jobs?${byLabel(`${LABEL_TRIAL}=everywhere`)}`;
    const { status } = await at.get(path);
    if (status === 401 || status === 403) throw new Unfit("the credential may not list all namespaces");
    const seen = (await listed(at, path)).filter(({ metadata: { uid } }) => uid === metadata.uid);
    same(seen.map((item) => item.metadata.namespace), [at.namespace], "namespaces of the job in the list of all");
  },
};
