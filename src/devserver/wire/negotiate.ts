// What form of an answer a client's Accept asks for, as the API server reads it: text in, one media type out.
// src: pkg/endpoints/handlers/negotiation of k8s.io/apiserver.

import { Refusal } from "./status.ts";

/** The kind that the answer is to be converted to: `as`, `g` and `v` of the media type. */
export interface Conversion {
  kind: string;
  group: string;
  version: string;
}

interface MediaType {
  /** Without parameters. */
  type: string;
  as: Conversion | undefined;
}

interface Clause {
  type: string;
  subtype: string;
  quality: number;
  parameters: ReadonlyMap<string, string>;
}

/** JSON text is YAML too: what asks for YAML gets it under that name. */
export const OBJECT_TYPES = ["application/json", "application/yaml"];
/** As the API server names them, which cannot give custom kinds as protobuf either. */
const OBJECT_TYPES_TEXT = "application/json, application/yaml, application/vnd.kubernetes.protobuf";

/**
 * The first type that the client would have and that is in `types` and, if it asks for a conversion, can be converted;
 * undefined if there is none. No Accept is the first of `types`.
 */
export function negotiate(
  accept: string | undefined,
  types: readonly string[],
  converts: (as: Conversion) => boolean,
): MediaType | undefined {
  if (accept === undefined || accept.trim() === "") return { type: types[0] ?? "", as: undefined };
  for (const clause of parseAccept(accept)) {
    const type = types.find((offered) => matches(clause, offered));
    const as = conversionOf(clause.parameters);
    if (type !== undefined && (as === undefined || converts(as))) return { type, as };
  }
  return undefined;
}

/** 406 in the API server's words. */
export function notAcceptable(types = OBJECT_TYPES_TEXT): Refusal {
  return new Refusal(406, "NotAcceptable", `only the following media types are accepted: ${types}`);
}

function parseAccept(accept: string): Clause[] {
  const clauses = accept.split(",").map(parseClause);
  return clauses.sort((a, b) => b.quality - a.quality || wildcards(a) - wildcards(b));
}

function parseClause(text: string): Clause {
  const [range = "", ...parameters] = text.split(";").map((part) => part.trim());
  const [type = "", subtype = "*"] = range.split("/", 2);
  const pairs = parameters.map((parameter): [string, string] => {
    const [name = "", value = ""] = parameter.split("=", 2).map((part) => part.trim());
    return [name.toLowerCase(), value];
  });
  const map = new Map(pairs);
  const quality = Number(map.get("q") ?? 1);
  return { type: type.toLowerCase(), subtype: subtype.toLowerCase(), quality: Number.isNaN(quality) ? 1 : quality, parameters: map };
}

/** More specific ranges come first. */
function wildcards({ type, subtype }: Clause): number {
  return type === "*" ? 2 : subtype === "*" ? 1 : 0;
}

function matches({ type, subtype }: Clause, offered: string): boolean {
  const [first, second] = offered.split("/");
  return (type === "*" || type === first) && (subtype === "*" || subtype === second);
}

function conversionOf(parameters: ReadonlyMap<string, string>): Conversion | undefined {
  const [kind = "", group = "", version = ""] = ["as", "g", "v"].map((name) => parameters.get(name));
  return kind === "" && group === "" && version === "" ? undefined : { kind, group, version };
}
