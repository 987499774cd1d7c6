// A gap is told.

import type { Check } from "../../check.ts";
import { expect } from "../../expect.ts";
import { isOwn, many, touched, versionOf } from "../../own.ts";

const JOBS = 16;
const CHANGES = 39;

export const WATCH_004: Check = {
  id: "WATCH-004",
  claim: `a watch that resumes ${JOBS * (CHANGES + 1)} events back tells of all of them, or says with 410 that it cannot`,
  matters: "events are lost without a word: whoever trusts the watch never learns of a job",
  advice: "list anew after each reconnect, as this program does, and keep --resync-interval at a minute or less",
  severity: "loss",
  source: "6.4 Watch; #130440, #132101, #132951",
  eras: ["kubernetes"],
  profile: "full",
  needs: ["write"],
  breaks: { run: { then: "limited", words: "after a reconnect notifications can be as late as --resync-interval, 60s by default" } },
  alone: true,
  limitMs: 60_000,
  async run(at) {
    const { metadata: { resourceVersion: since } } = await at.job("first");
    const written = await many(JOBS, async (nth) => {
      const versions = [versionOf(await at.job(`a${nth}`))];
      for (let change = 0; change < CHANGES; change++) {
        versions.push(versionOf(await touched(at, `a${nth}`, change)));
      }
      return versions;
    });
    const missing = new Set(written.flat());
    const last = [...missing].reduce((one, other) => (one > other ? one : other));
    const watch = await at.watch(`jobs?watch=1&resourceVersion=${since}`);
    if (watch.status === 410) return at.observe("a watch that resumes too far back", "410");
    expect(watch.status === 200, `the watch was answered with ${watch.status}`);
    while (missing.has(last)) {
      const { type, object } = await watch.find((event) => event.type === "ERROR" || isOwn(at, event.object));
      if (type === "ERROR") {
        expect(object.code === 410, `an ERROR with code ${object.code}: ${object.message ?? ""}`);
        return at.observe("a watch that resumes too far back", "ERROR 410");
      }
      missing.delete(versionOf(object));
    }
    expect(missing.size === 0, `of ${JOBS * (CHANGES + 1)} events ${missing.size} did not come, and nothing said so`);
  },
};
