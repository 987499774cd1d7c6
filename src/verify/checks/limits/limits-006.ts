// Long selectors are understood.

import type { Check } from "../../check.ts";
import { same } from "../../expect.ts";
import { LABEL_TRIAL, listed, words } from "../../own.ts";

const VALUES = 120;

export const LIMITS_006: Check = {
  id: "LIMITS-006",
  claim: "a label selector of 5,000 characters selects what it says",
  matters: "lists of many named things fail, or give everything",
  advice: "raise the limit of request lines of the proxy to 16 kB",
  severity: "oddity",
  source: "6.3 Selectors",
  eras: ["2025-08", "2026-09", "kubernetes"],
  profile: "standard",
  needs: ["write"],
  breaks: {},
  alone: true,
  async run(at) {
    const value = (word: string) => ({ metadata: { labels: { [LABEL_TRIAL]: at.name(word) } } });
    await at.job("a", value("a"));
    await at.job("b", value("b"));
    const values = Array.from({ length: VALUES }, (_, nth) => at.name(`${nth}-`).padEnd(40, "x"));
    const selector = `${LABEL_TRIAL} in (${[...values, at.name("b")].join(",")})`;
    const seen = await listed(at, `jobs?labelSelector=${encodeURIComponent(selector)}`);
    same(words(at, seen), ["b"], "jobs that are selected");
  },
};
