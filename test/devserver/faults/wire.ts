// For each fault what a client sees of it on the wire, and what it sees without: the rows that wire.test.ts runs.

import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:tls";
import { type EventLine, type Lines, type Reply, send, type TestDevserver } from "../../support/devserver.ts";
import { type Raw, rawGet } from "../../support/raw-client.ts";
import type { Resourced } from "../../../src/devserver/state/object.ts";

export interface WireRow {
  /** As `--fault` takes it. */
  fault: string;
  /** What a client does, and what it makes of the answers, as text. */
  look(server: TestDevserver): Promise<string>;
  sees: string;
  without: string;
  /** What is seen where the host cannot send RST: it sends FIN. */
  withoutRst?: string;
}

const ROW_JOBS = "namespaces/a/jobs";

export function job(name: string, kind = "Job"): Resourced {
  const apiVersion = "provisioning.grafana.app/v0alpha1";
  return { kind, apiVersion, metadata: { name, namespace: "a" }, spec: { action: "pull", repository: "r", pull: {} } };
}

export function addJobs(server: TestDevserver, ...names: string[]): void {
  for (const name of names) server.store.create("jobs", job(name));
}

/** Calls that are answered while something else is expected not to come. */
async function roundTrips(server: TestDevserver, count = 10): Promise<void> {
  for (let index = 0; index < count; index++) await server.call("GET", "repositories");
}

/** `status` and what else is said, between spaces. */
function told(reply: Reply, ...more: (string | undefined)[]): string {
  return [reply.status, ...more.map((text) => text ?? "-")].join(" ");
}

/** Lines of a watch as a raw client gets them, and how the connection ends: `2 lines, fin`, `1½ lines, end`. */
async function rawLines(server: TestDevserver): Promise<string> {
  const raw = await rawGet(server, "jobs?watch=1");
  await raw.until(({ text, ended }) => ended !== undefined || text.includes("\r\n\r\n"));
  if (raw.ended === undefined) await Promise.race([server.watching(1), raw.until(({ ended }) => ended !== undefined)]);
  addJobs(server, "j1", "j2", "j3");
  await raw.until((now) => now.ended !== undefined || isOver(now) || eventCount(now) === 3);
  const half = /\{"type":"[^\n]*$/.test(body(raw)) && !body(raw).endsWith("\n") ? "½" : "";
  const end = isOver(raw) ? "end" : (raw.ended ?? "open");
  raw.destroy();
  return raw.text === "" ? end : `${eventCount(raw)}${half} lines, ${end}`;
}

/** The chunks' text, without sizes. */
function body({ text }: Raw): string {
  const start = text.indexOf("\r\n\r\n") + 4;
  return start < 4 ? "" : text.slice(start).replaceAll(/(?:^|\r\n)[0-9a-f]+\r\n/g, "").replace(/\r\n$/, "");
}

function eventCount(raw: Raw): number {
  return body(raw).split("\n").length - 1;
}

/** The body has come to its polite end. */
function isOver({ text }: Raw): boolean {
  return text.endsWith("\r\n0\r\n\r\n") || text.endsWith("\n0\r\n\r\n");
}

/** Names of events in order; `+`, `~`, `-` for ADDED, MODIFIED, DELETED. */
async function events(server: TestDevserver, count: number, query = ""): Promise<string> {
  const lines = await server.watch("jobs", query);
  if (lines.status !== 200) return String(lines.status);
  addJobs(server, "j1", "j2", "j3", "j4");
  return readEvents(lines, count);
}

async function readEvents(lines: Lines, count: number): Promise<string> {
  const seen: string[] = [];
  while (seen.length < count) {
    const event = await lines.next().catch(() => "broken" as const);
    if (event === undefined || event === "broken") {
      seen.push(event ?? "end");
      break;
    }
    seen.push(eventText(event));
  }
  lines.close();
  return seen.join(" ");
}

function eventText({ type, object }: EventLine): string {
  const sign = ({ ADDED: "+", MODIFIED: "~", DELETED: "-" } as Record<string, string>)[type] ?? type;
  return `${sign}${object.metadata?.name ?? object.code ?? ""}`;
}

/** Names of the jobs on each page of a list of pages of one; `…` where the walk was given up. */
async function pages(server: TestDevserver): Promise<string> {
  addJobs(server, "j1", "j2", "j3");
  const seen: string[] = [];
  for (let token = "", page = 0; page < 5; page++) {
    const reply = await server.call("GET", `jobs?limit=1${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`);
    seen.push(reply.status === 200 ? (reply.json.items ?? []).map(({ metadata }) => metadata.name).join() : String(reply.status));
    token = reply.status === 200 ? (reply.json.metadata.continue ?? "") : "";
    if (token === "") return seen.join(" ");
  }
  return `${seen.join(" ")} …`;
}

function exchange(server: TestDevserver): Promise<Reply> {
  const headers = { authorization: "Bearer ProvisioningAdminToken" };
  return send("POST", server.exchangeUrl, { namespace: "*", audiences: ["provisioning.grafana.app"] }, { headers });
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? String(error);
}

const list = (server: TestDevserver, query = "") => server.call("GET", `jobs${query}`);

/** A PUT of a version that is out of date, and what the object is afterwards. */
async function stalePut(server: TestDevserver): Promise<string> {
  const first = (await server.call("POST", ROW_JOBS, job("j1"))).json;
  await server.call("PUT", `${ROW_JOBS}/j1`, { ...first, status: { message: "second" } });
  const reply = await server.call("PUT", `${ROW_JOBS}/j1`, { ...first, status: { message: "stale" } });
  const now = (await server.call("GET", `${ROW_JOBS}/j1`)).json;
  return told(reply, String(now.status?.["message"]));
}

async function deleteOther(server: TestDevserver, preconditions: object): Promise<string> {
  await server.call("POST", ROW_JOBS, job("j1"));
  return told(await server.call("DELETE", `${ROW_JOBS}/j1`, { preconditions }));
}

/** What a client that knows the CA makes of the API's certificate; hosts name the reasons of a refusal differently. */
async function handshake(server: TestDevserver): Promise<string> {
  const { port } = new URL(server.apiUrl);
  const reply = await send("GET", `https://localhost:${port}/version`, undefined, { tls: { ca: server.certificates.ca } }).catch(codeOf);
  if (typeof reply !== "string") return String(reply.status);
  const { names, until } = await presented(server);
  const why = Date.parse(until) < Date.now() ? "expired: " : names.includes("localhost") ? "" : `for ${names.replace("DNS:", "")}: `;
  return `${why}refused`;
}

export const WIRE: readonly WireRow[] = [
  // Connections
  { fault: "cut:fin,lines=1", look: rawLines, sees: "1 lines, fin", without: "3 lines, open" },
  { fault: "cut:fin,lines=1,half=on", look: rawLines, sees: "1½ lines, fin", without: "3 lines, open" },
  { fault: "cut", look: rawLines, sees: "0 lines, fin", without: "3 lines, open" },
  {
    fault: "cut:rst,lines=1",
    look: async (server) => (await rawLines(server)).replace(/^\d lines, /, ""),
    sees: "rst",
    without: "open",
    withoutRst: "fin",
  },
  { fault: "cut:end,lines=2", look: rawLines, sees: "2 lines, end", without: "3 lines, open" },
  { fault: "cut:mid-line,lines=1", look: rawLines, sees: "1½ lines, end", without: "3 lines, open" },
  { fault: "cut:fin,headers=off", look: rawLines, sees: "fin", without: "3 lines, open" },
  { fault: "cut:rst,headers=off", look: rawLines, sees: "rst", without: "3 lines, open", withoutRst: "fin" },
  {
    fault: "cut:end,bytes=10",
    look: async (server) => (await list(server)).text.slice(0, 16),
    sees: '{"kind":"J',
    without: '{"kind":"JobList',
  },
  {
    fault: "stall:lines=1",
    look: (server) => heldBack(server, async () => server.faults.clear()),
    sees: "j1 cleared j2",
    without: "j1 j2 cleared",
  },
  {
    fault: "half-open:lines=1",
    look: twoStreams,
    sees: "1 line, cleared, closed",
    without: "1 line, answered, cleared",
  },
  {
    fault: "slow:10000",
    async look(server) {
      addJobs(server, "j1", "j2", "j3");
      const raw = await rawGet(server, "jobs");
      await raw.until((now) => isOver(now) || now.text.endsWith("]}"));
      raw.destroy();
      return (raw.text.match(/\r\n[0-9a-f]+\r\n/g) ?? []).length > 1 ? "pieces" : "whole";
    },
    sees: "pieces",
    without: "whole",
  },

  { fault: "cut:fin,lines=1,count=1", look: overHttp2, sees: "1 line, closed", without: "1 line, answered" },
  { fault: "cut:rst,lines=1,count=1", look: overHttp2, sees: "1 line, closed", without: "1 line, answered" },
  { fault: "cut:end,lines=1,count=1", look: overHttp2, sees: "1 line, end, answered", without: "1 line, answered" },

  // Answers
  {
    fault: "status:429,retry-after=2",
    async look(server) {
      const reply = await list(server);
      return told(reply, reply.headers["retry-after"], reply.json.reason, JSON.stringify(reply.json.details?.["retryAfterSeconds"]));
    },
    sees: "429 2 TooManyRequests 2",
    without: "200 - - -",
  },
  {
    fault: "status:500,body=empty",
    look: async (server) => told(await list(server), (await list(server)).text.slice(0, 5)),
    sees: "500 ",
    without: '200 {"kin',
  },
  { fault: "status:503,server=exchange", look: async (server) => told(await exchange(server)), sees: "503", without: "200" },
  {
    fault: "proxy-html:200",
    look: async (server) => told(await list(server), (await list(server)).headers["content-type"], (await list(server)).text.slice(0, 6)),
    sees: "200 text/html <html>",
    without: '200 application/json {"kind',
  },
  { fault: "proxy-html", look: async (server) => told(await list(server)), sees: "502", without: "200" },
  { fault: "gone:list", look: pages, sees: "j1 410", without: "j1 j2 j3" },
  { fault: "gone:watch", look: (server) => events(server, 2), sees: "410", without: "+j1 +j2" },
  { fault: "gone:event,lines=2", look: (server) => events(server, 4), sees: "+j1 +j2 ERROR410 end", without: "+j1 +j2 +j3 +j4" },
  { fault: "wrong-continue:repeat", look: pages, sees: "j1 j2 j2 j2 j2 …", without: "j1 j2 j3" },
  { fault: "wrong-continue:foreign", look: pages, sees: "j1 400", without: "j1 j2 j3" },
  { fault: "wrong-continue:dropped", look: pages, sees: "j1", without: "j1 j2 j3" },

  // Events
  { fault: "garbage-line:after=1,count=1", look: (server) => events(server, 3), sees: "+j1 broken", without: "+j1 +j2 +j3" },
  {
    fault: "huge-line:100000,count=1",
    async look(server) {
      const lines = await server.watch("jobs");
      addJobs(server, "j1", "j2");
      const sizes: boolean[] = [];
      for (let index = 0; index < 2; index++) sizes.push(JSON.stringify(await lines.next()).length >= 99_990);
      lines.close();
      return sizes.join(" ");
    },
    sees: "true false",
    without: "false false",
  },
  { fault: "lose:after=1,count=1", look: (server) => events(server, 3), sees: "+j1 +j3 +j4", without: "+j1 +j2 +j3" },
  { fault: "lose:type=DELETED", look: created, sees: "+j1 ~j1 +j2", without: "+j1 ~j1 -j1 +j2" },
  { fault: "double:type=ADDED", look: created, sees: "+j1 +j1 ~j1 -j1 +j2", without: "+j1 ~j1 -j1 +j2" },
  { fault: "reorder:by=2,count=1", look: (server) => events(server, 4), sees: "+j2 +j3 +j1 +j4", without: "+j1 +j2 +j3 +j4" },
  { fault: "version-back:watch,after=1", look: versions, sees: "list rises, watch falls", without: "list rises, watch rises" },
  { fault: "version-back:list,after=1", look: versions, sees: "list falls, watch rises", without: "list rises, watch rises" },

  // Access
  {
    fault: "token-refused:count=1",
    look: async (server) => [await list(server), await list(server)].map(({ status }) => status).join(" "),
    sees: "401 200",
    without: "200 200",
  },
  {
    fault: "exchange-down",
    look: async (server) => String(await exchange(server).then(told, codeOf)),
    sees: "ECONNREFUSED",
    without: "200",
  },
  {
    fault: "exchange-down:500",
    look: async (server) => told(await exchange(server), (await exchange(server)).json.error),
    sees: "500 Internal error occurred: context deadline exceeded",
    without: "200 -",
  },
  {
    fault: "exchange-down:not-json",
    look: async (server) => told(await exchange(server), (await exchange(server)).text.slice(0, 6)),
    sees: "200 OK",
    without: '200 {"data',
  },
  {
    fault: "exchange-down:slow,delay=1h",
    async look(server) {
      const log: string[] = [];
      const answered = exchange(server).then(({ status }) => log.push(String(status)));
      await Promise.race([answered, roundTrips(server)]);
      log.push("cleared");
      await server.faults.clear();
      await answered;
      return log.join(" ");
    },
    sees: "cleared 200",
    without: "200 cleared",
  },

  // What is kept
  {
    fault: "history-lost",
    async look(server) {
      const reply = await server.call("POST", "namespaces/a/historicjobs", job("h1", "HistoricJob"));
      return told(reply, String((await server.call("GET", "namespaces/a/historicjobs/h1")).status));
    },
    sees: "201 404",
    without: "201 200",
  },
  { fault: "cas-lies", look: stalePut, sees: "200 stale", without: "409 second" },
  { fault: "cas-lies:drops", look: stalePut, sees: "200 second", without: "409 second" },
  { fault: "precondition-ignored", look: (server) => deleteOther(server, { uid: "other" }), sees: "200", without: "409" },
  {
    fault: "precondition-ignored:resourceVersion",
    look: (server) => deleteOther(server, { resourceVersion: "1" }),
    sees: "200",
    without: "409",
  },

  // The host
  {
    fault: "clock-jump:2h",
    look: async (server) => hoursAhead(await list(server)),
    sees: "2 hours ahead",
    without: "0 hours ahead",
  },
  { fault: "certificate-rotated:ca", look: handshake, sees: "refused", without: "200" },
  { fault: "certificate-rotated:expired", look: handshake, sees: "expired: refused", without: "200" },
  { fault: "certificate-rotated:other-host", look: handshake, sees: "for elsewhere.example.com: refused", without: "200" },
  {
    fault: "certificate-rotated:leaf",
    async look(server) {
      const same = (await presented(server)).serial === server.certificates.server.serial;
      return `${same ? "the same" : "another"} ${await handshake(server)}`;
    },
    sees: "another 200",
    without: "the same 200",
  },

  // Made for tests
  { fault: "ignore:query.limit", look: pages, sees: "j1,j2,j3", without: "j1 j2 j3" },
  { fault: "ignore:header.x-access-token", look: async (server) => told(await list(server)), sees: "401", without: "200" },
  { fault: "ignore:body.preconditions.uid", look: (server) => deleteOther(server, { uid: "other" }), sees: "200", without: "409" },
  { fault: "request:query.limit=2", look: pages, sees: "j1,j2 j3", without: "j1 j2 j3" },
  { fault: "request:header.accept=image/png", look: async (server) => told(await list(server)), sees: "406", without: "200" },
  {
    fault: "request:body.metadata.name=other",
    async look(server) {
      const reply = await server.call("POST", ROW_JOBS, job("j1"));
      return told(reply, (await list(server)).json.items?.[0]?.metadata.name);
    },
    sees: "201 other",
    without: "201 j1",
  },
  { fault: "answer:items.*.metadata.uid=", look: async (server) => {
    addJobs(server, "j1");
    return String(typeof (await list(server)).json.items?.[0]?.metadata.uid);
  }, sees: "undefined", without: "string" },
  {
    fault: "answer:code=418,code=404",
    async look(server) {
      const replies = [await server.call("GET", `${ROW_JOBS}/x`), await list(server, "?limit=x")];
      return replies.map(({ json }) => json.code).join(" ");
    },
    sees: "418 400",
    without: "404 400",
  },
  {
    fault: "answer:metadata.continue=abc,kind=JobList",
    async look(server) {
      const replies = [await list(server), await server.call("GET", "repositories")];
      return replies.map(({ json }) => json.metadata.continue || "-").join(" ");
    },
    sees: "abc -",
    without: "- -",
  },
  { fault: "answer-header:content-type=text/plain", look: async (server) => {
    const lines = await server.watch("jobs");
    lines.close();
    return `${(await list(server)).headers["content-type"]} ${lines.headers["content-type"]}`;
  }, sees: "text/plain text/plain", without: "application/json application/json" },
  {
    fault: "answer-header:date=",
    look: async (server) => String((await list(server)).headers.date !== undefined),
    sees: "false",
    without: "true",
  },
  {
    fault: 'answer-text:"not found"->absent,code=404',
    look: async (server) => (await server.call("GET", `${ROW_JOBS}/x`)).json.message ?? "",
    sees: 'jobs.provisioning.grafana.app "x" absent',
    without: 'jobs.provisioning.grafana.app "x" not found',
  },
  {
    fault: "status-as:404->200",
    look: async (server) => told(await server.call("GET", `${ROW_JOBS}/x`), (await server.call("GET", `${ROW_JOBS}/x`)).json.reason),
    sees: "200 NotFound",
    without: "404 NotFound",
  },
  { fault: "drop-line:BOOKMARK", look: (server) => initial(server), sees: "+j1", without: "+j1 BOOKMARK" },
  { fault: "drop-line:*", look: (server) => initial(server), sees: "", without: "+j1 BOOKMARK" },
  {
    fault: "line:type=MODIFIED,type=ADDED,skip=1",
    look: (server) => events(server, 3),
    sees: "+j1 ~j2 ~j3",
    without: "+j1 +j2 +j3",
  },
  { fault: 'line:object.metadata.annotations["k8s.io/initial-events-end"]=', look: async (server) => {
    const lines = await server.watch("jobs", "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
    const event = await lines.next();
    lines.close();
    return JSON.stringify(event?.object.metadata.annotations);
  }, sees: "{}", without: '{"k8s.io/initial-events-end":"true"}' },
  { fault: "set:page-size=2", look: async (server) => {
    addJobs(server, "j1", "j2", "j3");
    return (await list(server)).json.items?.map(({ metadata }) => metadata.name).join() ?? "";
  }, sees: "j1,j2", without: "j1,j2,j3" },
];

/** Two watches of which the first may lag: what it had seen when the other had seen all. */
async function heldBack(server: TestDevserver, clear: () => Promise<unknown>): Promise<string> {
  const lines = await server.watch("jobs");
  addJobs(server, "j1", "j2");
  const log = [String((await lines.next())?.object.metadata.name)];
  const second = lines.next().then((event) => log.push(String(event?.object.metadata.name)));
  await Promise.race([second, roundTrips(server)]);
  log.push("cleared");
  await clear();
  await second;
  lines.close();
  return log.join(" ");
}

/** A watch and, after its first line, another request on the same HTTP/2 connection. */
async function twoStreams(server: TestDevserver): Promise<string> {
  const token = await server.mintToken();
  const session = connectHttp2(server.apiUrl, { ca: server.certificates.ca });
  const open = (path: string) =>
    session.request({ ":path": `/apis/provisioning.grafana.app/v0alpha1/${path}`, "x-access-token": token }).on("error", () => {});
  const log: string[] = [];
  const closed = new Promise<void>((resolve) => session.on("error", () => {}).on("close", resolve));
  const watch = open("jobs?watch=1");
  await server.watching(1);
  addJobs(server, "j1");
  await once(watch, "data");
  log.push("1 line");
  const answered = once(open("jobs"), "response").then(() => log.push("answered"));
  await Promise.race([answered, roundTrips(server)]);
  log.push("cleared");
  await server.faults.clear();
  if (log.includes("answered")) session.destroy();
  else await closed.then(() => log.push("closed"));
  return log.join(", ");
}

/** The first line of a watch over HTTP/2, and whether its connection answers another request after that. */
async function overHttp2(server: TestDevserver): Promise<string> {
  const token = await server.mintToken();
  const session = connectHttp2(server.apiUrl, { ca: server.certificates.ca });
  const open = (path: string) =>
    session.request({ ":path": `/apis/provisioning.grafana.app/v0alpha1/${path}`, "x-access-token": token }).on("error", () => {});
  const closed = new Promise<string>((resolve) => session.on("error", () => {}).on("close", () => resolve("closed")));
  const watch = open("jobs?watch=1");
  await server.watching(1);
  let ended = false;
  let text = "";
  watch.setEncoding("utf8").on("data", (data: string) => (text += data)).on("end", () => (ended = true));
  addJobs(server, "j1");
  while (!text.endsWith("\n") && !session.destroyed) await roundTrips(server, 1);
  await roundTrips(server);
  const answered = async () => {
    if (session.destroyed || session.closed) return closed;
    return Promise.race([closed, once(open("jobs"), "response").then(() => "answered")]);
  };
  const log = ["1 line", ...(ended && !session.destroyed && !session.closed ? ["end"] : []), await answered()];
  session.destroy();
  return log.join(", ");
}

async function created(server: TestDevserver): Promise<string> {
  const lines = await server.watch("jobs");
  const { metadata } = server.store.create("jobs", job("j1")).object;
  server.store.update("jobs", { ...job("j1"), status: { message: "x" } });
  server.store.delete("jobs", metadata.namespace, metadata.name);
  addJobs(server, "j2");
  const seen: string[] = [];
  while (seen.at(-1) !== "+j2") seen.push(eventText((await lines.next()) as EventLine));
  lines.close();
  return seen.join(" ");
}

/** What comes before the server's polite end of a watch with initial events. */
async function initial(server: TestDevserver): Promise<string> {
  addJobs(server, "j1");
  const lines = await server.watch("jobs", "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
  await server.watching(1);
  server.closeWatches("end");
  const seen: string[] = [];
  for (let event = await lines.next(); event !== undefined; event = await lines.next()) seen.push(eventText(event));
  return seen.join(" ");
}

async function versions(server: TestDevserver): Promise<string> {
  const lines = await server.watch("jobs");
  const course = (two: readonly (string | undefined)[]) => (BigInt(two[0] ?? 0) < BigInt(two[1] ?? 0) ? "rises" : "falls");
  const listed: (string | undefined)[] = [];
  const watched: (string | undefined)[] = [];
  for (const name of ["j1", "j2"]) {
    addJobs(server, name);
    watched.push((await lines.next())?.object.metadata.resourceVersion);
    listed.push((await list(server)).json.metadata.resourceVersion);
  }
  lines.close();
  return `list ${course(listed)}, watch ${course(watched)}`;
}

function hoursAhead({ headers }: Reply): string {
  return `${Math.round((Date.parse(headers.date ?? "") - Date.now()) / 3_600_000)} hours ahead`;
}

interface Presented {
  /** Upper-case hexadecimal. */
  serial: string;
  names: string;
  until: string;
}

/** The certificate that the API presents, good or not. */
function presented(server: TestDevserver): Promise<Presented> {
  const { hostname, port } = new URL(server.apiUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, servername: "localhost" }, () => {
      const { serialNumber, subjectaltname = "", valid_to } = socket.getPeerCertificate();
      resolve({ serial: serialNumber.toUpperCase(), names: subjectaltname, until: valid_to });
      socket.destroy();
    });
    socket.on("error", reject);
  });
}
