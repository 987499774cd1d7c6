// Text of one value to the value, or a UsageError that names the flag (or variable), the text and the rule.
// Every reader takes the name that the user wrote, and knows no other flag.

import { parseDuration } from "../base/duration.ts";
import { UsageError } from "../base/errors.ts";
import { isLoopback } from "../base/http.ts";
import { nearest } from "../base/suggest.ts";

/** One text and where it came from: `--name` or the name of the environment variable. */
export interface Source {
  label: string;
  text: string;
}

/** Longest piece of a value that a message repeats, characters. */
const SHOWN_MAX = 120;

/** A value as a message shows it: in quotes, control characters escaped, cut when long. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
  return JSON.stringify(shown).replace(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function refused({ label, text }: Source, rule: string, guess?: string): UsageError {
  const question = guess === undefined ? "" : `; did you mean ${guess}?`;
  return new UsageError(`Cannot parse ${label} ${quoted(text)}: expected ${rule}${question}`);
}

const TRUE = ["1", "t", "T", "TRUE", "true", "True"];
const FALSE = ["0", "f", "F", "FALSE", "false", "False"];

/** Go's strconv.ParseBool. */
export function booleanOf(label: string, text: string): boolean {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  const word = text.trim().toLowerCase();
  const guess = ["true", "yes", "y", "on"].includes(word) ? "true" : ["false", "no", "n", "off"].includes(word) ? "false" : undefined;
  throw refused({ label, text }, "true or false", guess);
}

/** Milliseconds of a Go duration; at least `atLeastMs`, which `least` names. */
export function durationOf(source: Source, limit?: { atLeastMs: number; least: string }): number {
  const ms = parseDuration(source.text);
  if (ms === undefined) throw refused(source, "a duration such as 30s, 15m or 24h", durationGuess(source.text));
  if (limit !== undefined && ms < limit.atLeastMs) {
    throw new UsageError(`Cannot use ${source.label} ${quoted(source.text)}: expected ${limit.least}`);
  }
  return ms;
}

const UNIT_WORDS: readonly (readonly [RegExp, string])[] = [
  [/(?:milliseconds?|millis?|msecs?)/g, "ms"],
  [/(?:seconds?|secs?)/g, "s"],
  [/(?:minutes?|mins?)/g, "m"],
  [/(?:hours?|hrs?)/g, "h"],
];

/** What was meant by `30`, `1d`, `5 min`, `30S`; undefined when that is not plain. */
function durationGuess(text: string): string | undefined {
  let guess = text.trim().toLowerCase().replaceAll(/[\s_,]+/g, "");
  for (const [word, unit] of UNIT_WORDS) guess = guess.replaceAll(word, unit);
  const days = /^(\d{1,5})(?:d|days?)$/.exec(guess);
  const weeks = /^(\d{1,4})(?:w|weeks?)$/.exec(guess);
  if (days !== null) guess = `${Number(days[1]) * 24}h`;
  else if (weeks !== null) guess = `${Number(weeks[1]) * 168}h`;
  else if (/^[+-]?\d+(?:\.\d+)?$/.test(guess)) guess = `${guess}s`;
  return guess !== text && parseDuration(guess) !== undefined ? guess : undefined;
}

/** A number per second, zero or more; decimals allowed. */
export function rateOf(source: Source): number {
  const value = Number(source.text);
  if (/^\d+(?:\.\d+)?$/.test(source.text) && Number.isFinite(value)) return value;
  const digits = /^\s*(\d+(?:\.\d+)?)\s*(?:\/s|ps|hz|\/sec)?\s*$/i.exec(source.text)?.[1];
  throw refused(source, "a number per second, 0 or more", digits);
}

export function enumOf<T extends string>(source: Source, options: readonly T[]): T {
  const found = options.find((option) => option === source.text);
  if (found !== undefined) return found;
  throw refused(source, options.length === 2 ? options.join(" or ") : `one of ${options.join(", ")}`, nearest(source.text, options));
}

/** A listening address; `host` is empty when the port is on all interfaces, an IPv6 one is without brackets. */
export interface Address {
  host: string;
  port: number;
}

/** `:8081`, `localhost:8081`, `[::1]:8081`; undefined for `0` and for empty text, which switch it off. */
export function addressOf(source: Source, rule = "host:port, :port, or 0 to switch it off"): Address | undefined {
  if (source.text === "" || source.text === "0") return undefined;
  const parts = /^(?:\[(?<v6>[\da-fA-F:.]+(?:%[\w.-]+)?)\]|(?<host>[\w.-]*)):(?<port>\d{1,5})$/.exec(source.text);
  const { v6, host, port } = parts?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) {
    const bare = /^(\d{1,5})$/.exec(source.text)?.[1];
    throw refused(source, rule, bare === undefined ? undefined : `:${bare}`);
  }
  return { host: v6 ?? host ?? "", port: Number(port) };
}

/** Like addressOf, for a server that cannot be switched off. */
export function requiredAddressOf(source: Source): Address {
  const rule = "host:port or :port";
  const address = addressOf(source, rule);
  if (address === undefined) throw refused(source, rule);
  return address;
}

const LABEL = "[a-z\\d](?:[-a-z\\d]{0,61}[a-z\\d])?";

/** A seed of random numbers: 32 bits. */
export function seedOf(source: Source): number {
  if (/^\d{1,10}$/.test(source.text) && Number(source.text) < 2 ** 32) return Number(source.text);
  throw refused(source, "a whole number below 4294967296");
}

/** A whole number within `least` and `most`. */
export function countOf(source: Source, least: number, most: number): number {
  const value = Number(source.text);
  if (/^\d{1,9}$/.test(source.text) && value >= least && value <= most) return value;
  throw refused(source, `a whole number from ${least} to ${most}`);
}

/** Name of an environment variable. */
export function variableOf(source: Source): string {
  if (/^[A-Za-z_]\w*$/.test(source.text)) return source.text;
  const name = /^([A-Za-z_]\w*)=/.exec(source.text)?.[1];
  throw refused(name === undefined ? source : { ...source, text: `${name}=…` }, "the name of an environment variable", name);
}

/** A port, 0 for any free one. */
export function portOf(source: Source): number {
  if (/^\d{1,5}$/.test(source.text) && Number(source.text) <= 65_535) return Number(source.text);
  throw refused(source, "a port from 0 to 65535");
}

/** A namespace: an RFC 1123 label. */
export function namespaceOf(source: Source): string {
  if (source.text === "*") {
    throw new UsageError(`Cannot parse ${source.label} "*": expected a namespace; leave the flag out to watch all`);
  }
  return named(source, new RegExp(`^${LABEL}$`), 'a namespace of at most 63 lower-case letters, digits and "-"');
}

/** A name of an object, capitals allowed as some jobs have them. */
export function objectNameOf(source: Source): string {
  if (/^[A-Za-z\d](?:[-.A-Za-z\d]{0,251}[A-Za-z\d])?$/.test(source.text)) return source.text;
  throw refused(source, 'one name, of at most 253 letters, digits, "-" and "."');
}

/** A repository: `name` or `namespace/name`. */
export function repositoryOf(source: Source): string {
  return named(source, new RegExp(`^(?:${LABEL}/)?${LABEL}$`), 'a name or namespace/name of lower-case letters, digits and "-"');
}

function named(source: Source, pattern: RegExp, rule: string): string {
  if (pattern.test(source.text)) return source.text;
  const several = /^[a-z\d/-]+(?:[\s,]+[a-z\d/-]+)+$/.test(source.text);
  if (several) {
    throw new UsageError(`Cannot parse ${source.label} ${quoted(source.text)}: expected one value; repeat the flag for more`);
  }
  const lower = source.text.toLowerCase();
  throw refused(source, rule, pattern.test(lower) ? lower : undefined);
}

/** An http or https URL without user, query and fragment; without the slashes at its end. */
export function urlOf(source: Source, kind: "base" | "endpoint"): URL {
  const example = kind === "base" ? "https://localhost:6446" : "http://localhost:6481/sign/access-token";
  const shown = { label: source.label, text: withoutSecrets(source.text) };
  let url: URL;
  try {
    if (/\s/.test(source.text)) throw new TypeError("white space");
    url = new URL(source.text);
  } catch {
    throw refused(shown, `an http or https URL such as ${example}`);
  }
  if ((url.protocol !== "http:" && url.protocol !== "https:") || !/^https?:\/\//i.test(source.text)) {
    const guess = /^[\w.-]+(?::\d+)?(?:\/|$)/.test(source.text) ? `https://${source.text}` : undefined;
    throw refused(shown, `an http or https URL such as ${example}`, guess);
  }
  if (url.username !== "" || url.password !== "") throw refused(shown, "a URL without user and password");
  if (source.text.includes("?") || source.text.includes("#")) {
    throw refused(shown, 'a URL without "?" and "#"');
  }
  if (kind === "base" && /(?:^|\/)apis(?:\/|$)/.test(url.pathname)) throw refused(shown, "the server's base URL, without /apis");
  return url;
}

/** Text of a URL without the slashes at its end. */
export function urlText(url: URL): string {
  return url.href.replace(/\/+$/, "");
}

/** A URL, well-formed or not, without what may hold a password: the user, the query, the fragment. */
function withoutSecrets(text: string): string {
  return text.replace(/^([a-z][a-z\d+.-]*:(?=[/\\]))?([/\\]*)[^]*@/i, "$1$2…@").replace(/([?#])[^]*$/, "$1…");
}

/** Refuses to send a credential over plain http to another machine, unless that was allowed. */
export function refusePlaintext(source: Source, url: URL, allowed: boolean): void {
  if (url.protocol !== "http:" || allowed || isLoopback(url)) return;
  throw new UsageError(
    `Cannot use ${source.label} ${quoted(urlText(url))}: expected https, as a credential would cross the network readable; ` +
      "give --allow-plaintext-token to send it all the same",
  );
}
