// Field selectors as the API machinery reads them: text in, terms out, and its words for what it cannot read. Knows no
// query and no object.

import { badRequest } from "../wire/status.ts";

export interface FieldTerm {
  field: string;
  /** Whether the field must have the value, or must not. */
  equal: boolean;
  value: string;
}

const TERM = /^(.*?)(!=|==|=)(.*)$/s;

/** The terms of a selector, sorted; none for an empty one. @throws Refusal 400 */
export function parseFieldSelector(text: string): FieldTerm[] {
  const terms = splitTerms(text).sort().map((part) => {
    const [, field, operator, value = ""] = TERM.exec(part) ?? [];
    if (field === undefined) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
    return { field, equal: operator !== "!=", value: unescape(value) };
  });
  return terms.filter(({ field, value }) => field !== "" || value !== "");
}

/** @throws Refusal 400 for a field that objects cannot be selected by */
export function checkFields(terms: readonly FieldTerm[], known: readonly string[]): void {
  for (const { field } of terms) if (!known.includes(field)) throw badRequest(`field label not supported: ${field}`);
}

/** Splits at commas that no backslash precedes; leaves out empty parts. */
function splitTerms(text: string): string[] {
  return text.match(/(?:\\.|[^,\\]|\\$)+/gs) ?? [];
}

function unescape(value: string): string {
  return value.replace(/\\(.?)|[,=]/gs, (whole: string, escaped: string | undefined) => {
    if (escaped === undefined) throw badRequest(`invalid field selector: unescaped character in value: ${whole.codePointAt(0)}`);
    if (!["\\", ",", "="].includes(escaped)) throw badRequest(`invalid field selector: invalid escape sequence: ${whole}`);
    return escaped;
  });
}
