// Texts come back as they were sent.

import type { Check } from "../../check.ts";
import { ok, same } from "../../expect.ts";
import { withStatus } from "../../objects.ts";

const TEXT = "Füße, Ελλάδα, 日本, 👩🏽‍🚀, e\u0301, \u2028, <b>&amp;, \\ \" /, \u0007 and\ta\r\nline";

export const WRITE_019: Check = {
  id: "WRITE-019",
  claim: "texts come back as they were sent, whatever their characters",
  matters: "names of files and messages in other scripts become unreadable, and objects that hold them cannot be compared",
  advice: "look for a proxy that recodes bodies, and for the character set of the database",
  severity: "loss",
  source: "RFC 8259, section 8",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: { drive: { then: "limited", words: "texts of results are altered" } },
  async run(at) {
    const made = await at.job("a");
    const path = `jobs/${made.metadata.name}`;
    ok(await at.put(path, withStatus(made, { state: "working", message: TEXT, errors: ["", TEXT] })));
    const { status } = ok(await at.get(path));
    same([status["message"], status["errors"]], [TEXT, ["", TEXT]], "message and errors");
  },
};
