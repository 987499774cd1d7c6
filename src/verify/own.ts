// What of lists and watches is a check's own: others may write beside it, and nothing of theirs counts. Knows no claim.

import { someAtOnce } from "../base/tasks.ts";
import type { Body } from "./body.ts";
import { expect, ok } from "./expect.ts";
import type { Lines, WatchEvent } from "./lines.ts";
import type { Place } from "./place.ts";

/** A label of ours for what is selected in trials. */
export const LABEL_TRIAL = "job-controller/trial";

/** Requests at a time where there are many. */
const LANES = 16;

/** All pages of a list, by its path, such as `jobs?limit=2`; those behind a continue token, if one is given. */
export async function pages(at: Place, path: string, from = ""): Promise<Body[]> {
  const all: Body[] = [];
  for (let token = from; ; ) {
    const page = ok(await at.get(token === "" ? path : continued(path, token)));
    all.push(page);
    const next = page.metadata.continue ?? "";
    if (next === "") return all;
    expect(next !== token, "the same continue token came twice in a row");
    token = next;
  }
}

/** The version is in the token. */
function continued(path: string, token: string): string {
  const [where = "", query = ""] = path.replaceAll(/resourceVersion(?:Match)?=[^&]*/g, "").split("?");
  return `${where}?${query}&continue=${encodeURIComponent(token)}`;
}

/** The objects on all pages of a list that the check has made. */
export async function listed(at: Place, path: string, from = ""): Promise<Body[]> {
  return (await pages(at, path, from)).flatMap(({ items }) => items.filter((item) => isOwn(at, item)));
}

/** The parameter of a list or a watch that selects by labels. */
export function byLabel(selector: string): string {
  return `labelSelector=${encodeURIComponent(selector)}`;
}

/** The words of which the check has made the names of these objects. */
export function words(at: Place, objects: readonly Body[]): string[] {
  return objects.map(({ metadata }) => metadata.name.slice(at.name("").length));
}

export function isOwn(at: Place, { metadata }: Body): boolean {
  return metadata?.name?.startsWith(at.name("")) === true;
}

/** The version of a collection as it is now. */
export async function versionNow(at: Place, resource = "jobs"): Promise<string> {
  return ok(await at.get(`${resource}?limit=1`)).metadata.resourceVersion;
}

/** An object's or a list's version, to be compared with others of the same server. @throws Refuted for what is none */
export function versionOf({ metadata }: Body): bigint {
  const text = metadata.resourceVersion;
  expect(/^[1-9]\d*$/.test(text ?? ""), `a resourceVersion that is no number: ${JSON.stringify(text)}`);
  return BigInt(text);
}

/** A watch that was let in, from a version on; `query` is what else it asks for, such as `&labelSelector=a`. */
export async function watching(at: Place, version: string, query = "", resource = "jobs"): Promise<Lines> {
  const watch = await at.watch(`${resource}?watch=1&resourceVersion=${version}${query}`);
  expect(watch.status === 200, `the watch was answered with ${watch.status}`);
  return watch;
}

/** The next event of an object that the check has made; of this word, if one is given. */
export function ownEvent(at: Place, watch: Lines, word?: string): Promise<WatchEvent> {
  const wanted = ({ object }: WatchEvent) => (word === undefined ? isOwn(at, object) : object.metadata?.name === at.name(word));
  return watch.find(wanted, word === undefined ? "event of its own" : `event of ${word}`);
}

/** `ADDED a`: events of objects of the check's own, in short. */
export function briefly(at: Place, events: readonly WatchEvent[]): string[] {
  return events.filter(({ object }) => isOwn(at, object)).map(({ type, object }) => `${type} ${words(at, [object])[0]}`);
}

/** Changes an annotation of a job of the check's own; the job as it is then. */
export async function touched(at: Place, word: string, mark: string | number = "changed"): Promise<Body> {
  return ok(await at.patch(`jobs/${at.name(word)}`, { metadata: { annotations: { trial: String(mark) } } }));
}

/** Does it `count` times, some at a time; in the order in which they were begun. */
export function many<Value>(count: number, one: (nth: number) => Promise<Value>): Promise<Value[]> {
  return someAtOnce([...Array(count).keys()], LANES, one);
}
