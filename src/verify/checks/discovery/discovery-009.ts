// All versions show the same objects.

import { GROUP } from "../../../provisioning.ts";
import { type Check, Unfit } from "../../check.ts";
import { ok, same } from "../../expect.ts";

export const DISCOVERY_009: Check = {
  id: "DISCOVERY-009",
  claim: "a job that is created in one version is there in the others, with the same uid",
  matters: "two controllers of different versions both do a job, or neither does",
  advice: "let all clients use the same --api-version",
  severity: "danger",
  source: "2.1 Versions and resources",
  eras: ["2026-09"],
  profile: "standard",
  needs: ["write"],
  breaks: {
    run: { then: "limited", words: "all clients must use the same --api-version" },
    drive: { then: "limited", words: "all clients must use the same --api-version" },
  },
  async run(at) {
    const { versions } = ok(await at.get(`/apis/${GROUP}`)) as unknown as { versions: { version: string }[] };
    const others = versions.map(({ version }) => version).filter((version) => version !== at.version);
    if (others.length === 0) throw new Unfit(`${at.version} is the only version that is served`);
    const made = await at.job("a");
    for (const version of others) {
      const { metadata } = ok(await at.get(`/apis/${GROUP}/${version}/namespaces/${at.namespace}/jobs/${made.metadata.name}`));
      same(metadata.uid, made.metadata.uid, `uid of the job in ${version}`);
    }
  },
};
