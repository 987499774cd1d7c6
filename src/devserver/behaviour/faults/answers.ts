// Faults of what a server, or a proxy in front of it, answers: storms of statuses, HTML, 410 in each costume, tokens of
// lists that lead nowhere.

import type { Answer } from "../../wire/call.ts";
import { Refusal } from "../../wire/status.ts";
import { choice, COUNT } from "../rows.ts";
import { type Fault, fault, maybe, optional, type Scene } from "./fault.ts";
import { STATUS, TEXT } from "./kinds.ts";
import { getAt, parsed, setAt } from "./paths.ts";
import { blackHole, upTo } from "./streams.ts";

const REASONS: Readonly<Record<number, readonly [reason: string, message: string]>> = {
  400: ["BadRequest", "the server could not understand the request"],
  401: ["Unauthorized", "Unauthorized"],
  403: ["Forbidden", "access is denied"],
  404: ["NotFound", "the server could not find the requested resource"],
  408: ["Timeout", "the request timed out"],
  409: ["Conflict", "the operation cannot be fulfilled, please try again"],
  410: ["Expired", "The resourceVersion for the provided watch is too old."],
  413: ["RequestEntityTooLarge", "the request is too large"],
  422: ["Invalid", "the request is invalid"],
  429: ["TooManyRequests", "Too many requests, please try again later."],
  500: ["InternalError", "Internal error occurred: context deadline exceeded"],
  502: ["", "Bad Gateway"],
  503: ["ServiceUnavailable", "the server is currently unable to handle the request"],
  504: ["Timeout", "Timeout: request did not complete within the allotted timeout"],
};

/** A refusal in the words of the server that was called. */
export function refusalOf({ server }: Scene, code: number, details?: Record<string, unknown>): Answer {
  const [reason, message] = REASONS[code] ?? ["", "the server refuses"];
  const body = server === "api" ? new Refusal(code, reason, message, details).body : { status: "error", error: message };
  return { status: code, body: JSON.stringify(body) };
}

const STATUS_STORM = fault({
  name: "status",
  main: "code",
  args: {
    code: optional(STATUS, 503, "Status of the answer"),
    "retry-after": maybe(TEXT, "Value of Retry-After: seconds or an HTTP date"),
    body: optional(choice("status", "empty"), "status", "A Status object, or nothing"),
  },
  models: "An API server that is overloaded, restarts or limits its callers",
  seen: "#129085 (429); #131557 (500 after long retries); API Priority and Fairness of Kubernetes",
  start({ code, "retry-after": retryAfter, body }, { gate }) {
    return {
      onCall(scene) {
        if (!gate.strikes(scene)) return undefined;
        const seconds = /^\d+$/.test(retryAfter ?? "") ? Number(retryAfter) : undefined;
        const answer = refusalOf(scene, code, seconds === undefined ? undefined : { retryAfterSeconds: seconds });
        return {
          ...answer,
          ...(body === "empty" ? { body: "" } : {}),
          ...(retryAfter === undefined ? {} : { headers: { "retry-after": retryAfter } }),
        };
      },
    };
  },
});

const PROXY_HTML = fault({
  name: "proxy-html",
  main: "code",
  args: { code: optional(STATUS, 502, "Status of the page; 200 = a login page") },
  models: "A proxy that answers for the server: an error page, or a login page with status 200",
  seen: "kubernetes/kubectl#764 (invalid character '<')",
  start({ code }, { gate }) {
    const title = code < 300 ? "Log in" : `${code} ${REASONS[code]?.[1] ?? "Error"}`;
    const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
    return {
      onCall: (scene) => (gate.strikes(scene) ? { status: code, body, headers: { "content-type": "text/html", server: "nginx" } } : undefined),
    };
  },
});

/** What the referee says of a continue token that is too old; the token within goes on at the present state. */
const TOKEN_EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.";

const GONE = fault({
  name: "gone",
  main: "where",
  args: {
    where: optional(choice("list", "watch", "event"), "event", "Status of a list's later page, status of a watch, or ERROR event in a watch"),
    lines: optional(COUNT, 0, "Lines of a watch that pass before the event"),
  },
  models: "History that was compacted, or a ring of events that a watch fell out of",
  seen: "#130440 and its revert #132101; #132951; kubernetes/kubernetes#129266",
  start({ where, lines }, { gate }) {
    if (where === "event") {
      const { body } = new Refusal(410, "Expired", "too old resource version: 1 (2)");
      const event = `${JSON.stringify({ type: "ERROR", object: body })}\n`;
      return {
        onStream(scene, below) {
          if (scene.answered) return below;
          return upTo(below, { lines, bytes: undefined }, (under) => {
            if (!gate.strikes(scene)) return under;
            under.write(event);
            under.end();
            return blackHole(under);
          });
        },
      };
    }
    return {
      onCall(scene) {
        const meant = where === "watch" ? scene.verb === "watch" : scene.verb === "list" && scene.call.query.has("continue");
        if (!meant || !gate.strikes(scene)) return undefined;
        const answer = refusalOf(scene, 410);
        if (where === "watch") return answer;
        return { status: 410, body: JSON.stringify(new Refusal(410, "Expired", TOKEN_EXPIRED).body) };
      },
    };
  },
});

const WRONG_CONTINUE = fault({
  name: "wrong-continue",
  main: "how",
  args: {
    how: optional(choice("repeat", "foreign", "dropped"), "repeat",
      "The token that the request had, a token that no list has given, or none though there is more"),
  },
  models: "A server that loses its place in a list: the same page for ever, a token of somewhere else, a list cut short",
  seen: "#129458 (truncated lists deleted jobs), #129474; #130927 (tokens of an index)",
  start({ how }, { gate }) {
    return {
      onAnswer(scene, answer) {
        if (scene.verb !== "list" || answer.status !== 200) return answer;
        const body = parsed(answer.body);
        const token = getAt(body, ["metadata", "continue"]);
        if (typeof token !== "string" || token === "") return answer;
        const asked = scene.call.query.get("continue") ?? undefined;
        const wrong = { repeat: asked ?? token, foreign: "Zm9yZWlnbg", dropped: undefined }[how];
        if (wrong === token || !gate.strikes(scene)) return answer;
        setAt(body, ["metadata", "continue"], wrong);
        return { ...answer, body: JSON.stringify(body) };
      },
    };
  },
});

export const ANSWER_FAULTS: readonly Fault[] = [STATUS_STORM, PROXY_HTML, GONE, WRONG_CONTINUE];
