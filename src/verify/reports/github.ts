// A run as GitHub Actions shows it: annotations within what a step may have of each kind, and a table for the step's summary. Pure.

import { featureLines } from "../features.ts";
import { outcomeOf } from "../outcome.ts";
import type { Report, Result } from "../result.ts";
import { acceptedWords, failed } from "./rows.ts";
import { named, oneLine } from "./text.ts";

/** Annotations of one kind that a step may have. */
const CAP = 10;
/** A step's summary may have 1 MiB; whatever else is in it needs some. */
const SUMMARY_MAX_BYTES = 1_000_000;

type Kind = "error" | "warning" | "notice";

interface Annotation {
  title: string;
  text: string;
}

/** Workflow commands, the most important first. */
export function githubAnnotations(report: Report): string[] {
  const { results, changes = [], left, cut } = report;
  const failures = failed(report).map(({ check: { id, severity, claim, matters }, seen }) => {
    return { title: `${id} ${severity}`, text: `${claim}; seen: ${seen}; breaks: ${matters}` };
  });
  const changed = changes.map((text) => ({ title: "changed since the lock", text }));
  const short = cut === undefined ? [] : [{ title: "cut short", text: cut }];
  // Many are undecided for one reason.
  const groups = Map.groupBy(results.filter(({ verdict }) => verdict === "error"), ({ seen }) => seen);
  const undecided = [...groups].map(([text, ones]) => ({ title: `not decided: ${named(ones.map(({ check }) => check.id))}`, text }));
  const behind = left.map((text) => ({ title: "left behind", text }));
  const expected = results.filter(({ accepted }) => accepted !== undefined);
  const accepted = expected.map((result) => ({ title: `${result.check.id} accepted`, text: acceptedWords(result) }));
  return [...capped("error", [...short, ...failures, ...changed]), ...capped("warning", [...behind, ...undecided]), ...capped("notice", accepted)];
}

/** Markdown of at most 1 MB: what does not fit is counted. */
export function githubSummary(report: Report): string {
  const { answer, words } = outcomeOf(report);
  const head = [`## job-controller verify: ${answer}, ${escaped(words)}`, "", "| Check | Verdict | Claim | Seen |", "| --- | --- | --- | --- |"];
  const features = featureLines(report).map((line) => `- ${escaped(line)}`);
  const changes = (report.changes ?? []).map((change) => `- ${escaped(change)}`);
  const tail = ["", ...(changes.length === 0 ? [] : ["### Changed since the lock", "", ...changes, ""]), "### On this server", "", ...features, ""];
  const rows: string[] = [];
  let room = SUMMARY_MAX_BYTES - bytes([...head, ...tail]) - 100;
  const ordered = [...failed(report), ...report.results.filter((result) => !(result.verdict === "fail" && result.accepted === undefined))];
  for (const result of ordered) {
    const row = summaryRow(result);
    room -= bytes([row]);
    if (room < 0) break;
    rows.push(row);
  }
  const more = ordered.length - rows.length;
  return [...head, ...rows, ...(more === 0 ? [] : ["", `${more} more did not fit`]), ...tail].join("\n");
}

/** Nothing between both lines is a workflow command, whatever a server has said. */
export function githubShield(token: string): { before: string; after: string } {
  return { before: `::stop-commands::${token}`, after: `::${token}::` };
}

function capped(kind: Kind, annotations: readonly Annotation[]): string[] {
  const more = annotations.length - (CAP - 1);
  const shown = annotations.length <= CAP ? annotations : [...annotations.slice(0, CAP - 1), { title: "verify", text: `${more} more in the summary` }];
  return shown.map(({ title, text }) => `::${kind} title=${property(title)}::${data(oneLine(text))}`);
}

function summaryRow(result: Result): string {
  const { check, verdict, seen, accepted } = result;
  const word = accepted === undefined ? verdict : `accepted ${acceptedWords(result)}`;
  return `| ${check.id} | ${escaped(word)} | ${escaped(check.claim)} | ${escaped(seen)} |`;
}

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Text in a cell: neither Markdown nor HTML. */
function escaped(text: string): string {
  return oneLine(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replace(/[\\`*_[\]|~@]/g, (character) => `\\${character}`);
}

function bytes(lines: readonly string[]): number {
  return new TextEncoder().encode(lines.join("\n")).length + 1;
}
