// A run as JUnit XML: a suite for each area, `failure` = the server is wrong, `error` = it could not be told. Pure.

import type { Report } from "../result.ts";
import { type Row, rowsOf } from "./rows.ts";

export function junitReport(report: Report): string {
  const rows = rowsOf(report);
  const attributes = `name="job-controller verify" ${counts(rows)} time="${seconds(report.ms)}" timestamp="${timestamp(report.startedMs)}"`;
  const suites = [...Map.groupBy(rows, ({ area }) => area)].flatMap(([area, ones]) => suite(area, ones, report));
  return ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${attributes}>`, ...suites, "</testsuites>", ""].join("\n");
}

function suite(area: string, rows: readonly Row[], report: Report): string[] {
  const ms = rows.reduce((sum, row) => sum + row.ms, 0);
  const { server, serverVersion, apiVersion, namespace, profile, run } = report;
  const properties = Object.entries({ server, serverVersion, apiVersion, namespace, profile, run });
  return [
    `  <testsuite name="${xml(area)}" ${counts(rows)} time="${seconds(ms)}" timestamp="${timestamp(report.startedMs)}">`,
    "    <properties>",
    ...properties.map(([name, value]) => `      <property name="${name}" value="${xml(value)}"/>`),
    "    </properties>",
    ...rows.flatMap(testcase),
    "  </testsuite>",
  ];
}

function testcase({ id, area, claim, verdict, text, details, ms }: Row): string[] {
  const head = `    <testcase classname="${xml(area)}" name="${xml(`${id} ${claim}`)}" time="${seconds(ms)}"`;
  const message = `message="${xml(text)}"`;
  const why = xml([text, ...details].join("\n"));
  switch (verdict) {
    case "pass":
      return [`${head}/>`];
    case "skip":
    case "accepted":
      return [`${head}>`, `      <skipped ${message}/>`, "    </testcase>"];
    case "fail":
      return [`${head}>`, `      <failure ${message} type="refuted">${why}</failure>`, "    </testcase>"];
    case "error":
      return [`${head}>`, `      <error ${message} type="undecided">${why}</error>`, "    </testcase>"];
  }
}

function counts(rows: readonly Row[]): string {
  const of = (...verdicts: readonly Row["verdict"][]) => rows.filter(({ verdict }) => verdicts.includes(verdict)).length;
  return `tests="${rows.length}" failures="${of("fail")}" errors="${of("error")}" skipped="${of("skip", "accepted")}"`;
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(3);
}

/** In UTC, without a zone, as the format has it. */
function timestamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;",
};

/** Text or an attribute's value, without what XML 1.0 forbids: most control characters and halves of pairs. */
function xml(text: string): string {
  const allowed = text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "");
  return allowed.replace(/[&<>"\n\t\r]/g, (character) => ENTITIES[character] ?? "");
}
