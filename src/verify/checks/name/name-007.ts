// A pull that is asked for through its repository.

import type { Check } from "../../check.ts";
import { brief, expect, refused, same } from "../../expect.ts";
import { pull, someRepository, tryPull } from "../../queue.ts";
import { LABEL_REPOSITORY } from "../../../provisioning.ts";

export const NAME_007: Check = {
  id: "NAME-007",
  claim:
    "a pull that is queued through a repository is named after it with -sync and labelled, and a second one is refused with 409",
  matters: "controllers and people do not find the jobs of a repository, and several pulls of it run at once",
  advice: "create jobs directly, each under a name that tells its repository",
  severity: "danger",
  source: "3.1 POST to the repository sub-resource; 3.4 Names",
  eras: ["2025-08", "2026-09"],
  profile: "full",
  needs: ["write"],
  makes: "an incremental pull of a healthy repository of the namespace, if there is one",
  breaks: { drive: { then: "limited", words: "pulls of one repository can run at once" } },
  async run(at) {
    const repository = await someRepository(at);
    const reply = await pull(at, repository);
    expect(reply.status >= 200 && reply.status < 300, `expected 202, got ${brief(reply)}`);
    const { kind, metadata, spec } = reply.json;
    same(
      [kind, metadata.name, metadata.labels?.[LABEL_REPOSITORY]],
      ["Job", `${repository}-sync`, repository],
      "kind, name and repository label",
    );
    same([spec["action"], spec["repository"]], ["pull", repository], "action and repository");
    const second = await tryPull(at, repository);
    const first = await at.get(`jobs/${metadata.name}`);
    // A worker of the server's own may be done with it by then.
    if (first.status === 200 && first.json.metadata.uid === metadata.uid) refused(second, 409, "AlreadyExists", "Conflict");
  },
};
