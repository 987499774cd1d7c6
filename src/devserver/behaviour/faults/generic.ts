// Faults of no one story: whatever part of a request, an answer or a line is ignored, changed or removed. Made for
// tests that must see a behaviour break.

import { ConfigError } from "../../../base/errors.ts";
import { parseSettings } from "../eras.ts";
import type { Kind } from "../rows.ts";
import { type Fault, fault, maybe, type Gate, required, type Scene } from "./fault.ts";
import {
  arrow,
  ASSIGNMENT,
  HEADER_ASSIGNMENT,
  jsonOrText,
  NUMBER,
  REQUEST_ASSIGNMENT,
  REQUEST_PART,
  type RequestPart,
  STATUS,
  TEXT,
} from "./kinds.ts";
import { getAt, parsed, setAt } from "./paths.ts";
import { byLine, eventType } from "./streams.ts";

const SEEN = "made for tests";

const IGNORE = fault({
  name: "ignore",
  main: "what",
  args: { what: required(REQUEST_PART, "Part of the request that the server does not see: query.<name>, header.<name>, body.<path>") },
  models: "A server, or a proxy in front of it, that passes over something it was sent",
  seen: SEEN,
  start: ({ what }, { gate }) => ({ onCall: (scene) => changeRequest(gate, scene, what, undefined) }),
});

const REQUEST = fault({
  name: "request",
  main: "what",
  assigns: true,
  args: { what: required(REQUEST_ASSIGNMENT, "Part of the request that the server sees otherwise, and how: query.limit=1") },
  models: "A server, or a proxy in front of it, that takes what it was sent for something else",
  seen: SEEN,
  start: ({ what: { part, value } }, { gate }) => ({ onCall: (scene) => changeRequest(gate, scene, part, value) }),
});

/** Changes what the handler will see; `value` undefined removes it. Strikes only where there is something to change. */
function changeRequest(gate: Gate, scene: Scene, part: RequestPart, value: string | undefined): undefined {
  const { call } = scene;
  if (part.kind === "body") {
    call.editBody((text) => {
      const body = parsed(text);
      const changed = setAt(body, part.path, value === undefined ? undefined : jsonOrText(value));
      return changed && gate.strikes(scene) ? JSON.stringify(body) : text;
    });
  } else if (part.kind === "query") {
    if (value === undefined ? !call.query.has(part.name) : call.query.get(part.name) === value) return;
    if (!gate.strikes(scene)) return;
    if (value === undefined) call.query.delete(part.name);
    else call.query.set(part.name, value);
  } else {
    if (call.headers[part.name] === value || !gate.strikes(scene)) return;
    call.headers[part.name] = value;
  }
}

const CODE = maybe(STATUS, "Only answers of this status");
const KIND = maybe(TEXT, "Only answers of this kind, such as Status");

const ANSWER = fault({
  name: "answer",
  main: "what",
  assigns: true,
  args: { what: required(ASSIGNMENT, "Place in the JSON of the answer and what stands there: metadata.uid=; details.causes=[]"), code: CODE, kind: KIND },
  models: "A server that answers something else, or leaves something out",
  seen: SEEN,
  start: ({ what, code, kind }, { gate }) => ({
    onAnswer(scene, answer) {
      if (code !== undefined && code !== answer.status) return answer;
      const body = parsed(answer.body);
      if (kind !== undefined && getAt(body, ["kind"]) !== kind) return answer;
      return setAt(body, what.path, what.value) && gate.strikes(scene) ? { ...answer, body: JSON.stringify(body) } : answer;
    },
  }),
});

const ANSWER_HEADER = fault({
  name: "answer-header",
  main: "what",
  assigns: true,
  args: { what: required(HEADER_ASSIGNMENT, "Header of the answer and its value: retry-after=5; content-type="), code: CODE },
  models: "A server or proxy that sends other headers, also with watches",
  seen: SEEN,
  start: ({ what: { name, value }, code }, { gate }) => ({
    onCall(scene) {
      scene.call.editHead((head) => {
        if ((code !== undefined && code !== head.status) || head.headers[name] === value || !gate.strikes(scene)) return;
        if (value === undefined) delete head.headers[name];
        else head.headers[name] = value;
      });
      return undefined;
    },
  }),
});

const ANSWER_TEXT = fault({
  name: "answer-text",
  main: "what",
  assigns: true,
  args: { what: required(arrow(TEXT), "Text of the body and what stands there in its place, everywhere"), code: CODE },
  models: "A server that words its answers otherwise",
  seen: SEEN,
  start: ({ what: { from, to }, code }, { gate }) => ({
    onAnswer(scene, answer) {
      if (code !== undefined && code !== answer.status) return answer;
      if (!answer.body.includes(from) || !gate.strikes(scene)) return answer;
      return { ...answer, body: answer.body.replaceAll(from, to) };
    },
  }),
});

const STATUS_AS = fault({
  name: "status-as",
  main: "what",
  assigns: true,
  args: { what: required(arrow(STATUS), "Status of the answer and the one that is sent in its place; the body stays") },
  models: "A server that answers with another status",
  seen: SEEN,
  start: ({ what: { from, to } }, { gate }) => ({
    onCall(scene) {
      scene.call.editHead((head) => {
        if (head.status === from && gate.strikes(scene)) head.status = to;
      });
      return undefined;
    },
  }),
});

const DROP_LINE = fault({
  name: "drop-line",
  main: "type",
  args: { type: required(TEXT, "Type of the events of watches that are dropped; * = all") },
  models: "A proxy that lets not every event through",
  seen: "gravitational/teleport#64188 (BOOKMARK events dropped)",
  start: ({ type }, { gate }) => ({
    onStream: (scene, below) =>
      scene.answered ? below : byLine(below, (line) => ((type === "*" || eventType(line) === type) && gate.strikes(scene) ? [] : [line])),
  }),
});

const LINE = fault({
  name: "line",
  main: "what",
  assigns: true,
  args: {
    what: required(ASSIGNMENT, "Place in the JSON of an event and what stands there: object.metadata.resourceVersion="),
    type: maybe(TEXT, "Only events of this type"),
    skip: maybe(NUMBER, "Events of each watch that are left as they are first"),
  },
  models: "A server whose watch sends other events",
  seen: SEEN,
  start: ({ what, type, skip = 0 }, { gate }) => ({
    onStream(scene, below) {
      if (scene.answered) return below;
      let seen = 0;
      return byLine(below, (line) => {
        if (type !== undefined && eventType(line) !== type) return [line];
        if (seen++ < skip) return [line];
        const event = parsed(line);
        return setAt(event, what.path, what.value) && gate.strikes(scene) ? [`${JSON.stringify(event)}\n`] : [line];
      });
    },
  }),
});

const SETTING: Kind<string> = {
  expected: "<behaviour>=<value>, such as page-size=3; --list-eras shows them",
  short: "behaviour=value",
  parse: (text) => (text.includes("=") ? text : undefined),
  format: (text) => text,
};

const SET = fault({
  name: "set",
  main: "what",
  assigns: true,
  args: { what: required(SETTING, "A row of the table of behaviours and its value") },
  models: "A server that is upgraded, or configured anew, while clients are connected",
  seen: "the table of behaviours: --list-eras",
  scope: "server",
  start({ what }, { gate, host }) {
    const values = parseSettings([what]);
    if ("versions" in values) throw new ConfigError(`Cannot set "versions" while the server runs: expected it from the start, as --set ${what}`);
    gate.strikes();
    return { stop: host.override(values) };
  },
});

export const GENERIC_FAULTS: readonly Fault[] = [IGNORE, REQUEST, ANSWER, ANSWER_HEADER, ANSWER_TEXT, STATUS_AS, DROP_LINE, LINE, SET];
