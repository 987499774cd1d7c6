// Label selectors as the API machinery reads them: text in, a predicate on labels out, and its words for what it cannot
// read. Knows no query and no object.

import { badRequest } from "../wire/status.ts";
import { keyErrors, valueErrors } from "./label-rules.ts";

export type Labels = Readonly<Record<string, string>>;
type LabelTest = (labels: Labels) => boolean;

const OPERATORS = ["in", "notin", "=", "==", "!=", ">", "<"];
const TOKEN = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^=!(),<> \t\r\n]+))/y;
/** Go's int64, which `<` and `>` compare. */
const MAX_INTEGER = 2n ** 63n;

/** Token by token: `symbol` is false for names, values and the words `in` and `notin`. The end is an empty symbol. */
interface Token {
  text: string;
  symbol: boolean;
}
const END: Token = { text: "", symbol: true };

/** All requirements of a selector; none for an empty one. @throws Refusal 400 */
export function parseLabelSelector(text: string): LabelTest[] {
  const tokens = new Tokens(text);
  const tests: LabelTest[] = [];
  while (tokens.next !== END) {
    if (beginsNone(tokens.next)) throw badRequest(`found '${tokens.next.text}', expected: !, identifier, or 'end of string'`);
    tests.push(parseRequirement(tokens));
    const after = tokens.take();
    if (after === END) break;
    if (!isSymbol(after, ",")) throw badRequest(`found '${after.text}', expected: ',' or 'end of string'`);
    if (beginsNone(tokens.next)) throw badRequest(`found '${tokens.next.text}', expected: identifier after ','`);
  }
  return tests;
}

/** No requirement begins so. */
function beginsNone({ text, symbol }: Token): boolean {
  return symbol && text !== "!";
}

function parseRequirement(tokens: Tokens): LabelTest {
  const absent = isSymbol(tokens.next, "!");
  if (absent) tokens.take();
  const key = takeWord(tokens);
  const wrong = keyErrors(key);
  if (wrong.length > 0) throw unreadable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${wrong.join("; ")}`);
  if (absent) return (labels) => !Object.hasOwn(labels, key);
  if (tokens.next === END || isSymbol(tokens.next, ",")) return (labels) => Object.hasOwn(labels, key);

  const operator = tokens.take().text;
  if (!OPERATORS.includes(operator)) throw unreadable(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  const values = operator === "in" || operator === "notin" ? takeList(tokens) : [takeValue(tokens)];
  checkValues(key, operator, values);
  if (operator === "<" || operator === ">") return comparison(key, operator, BigInt(values[0] ?? ""));
  const positive = operator !== "notin" && operator !== "!=";
  return (labels) => (Object.hasOwn(labels, key) && values.includes(labels[key] ?? "")) === positive;
}

function comparison(key: string, operator: "<" | ">", bound: bigint): LabelTest {
  return (labels) => {
    const held = integerOf(labels[key] ?? "");
    return held !== undefined && (operator === "<" ? held < bound : held > bound);
  };
}

function checkValues(key: string, operator: string, values: readonly string[]): void {
  const integers = operator === "<" || operator === ">";
  const rule = "for 'Gt', 'Lt' operators, the value must be an integer";
  const errors = [
    ...values.flatMap((value, index) => integers && integerOf(value) === undefined ? [complaint(`values[${index}]`, value, rule)] : []),
    ...values.flatMap((value, index) => {
      const wrong = valueErrors(value);
      return wrong.length === 0 ? [] : [complaint(`values[${index}][${key}]`, value, wrong.join("; "))];
    }),
  ];
  if (errors.length > 0) throw unreadable(errors.length === 1 ? (errors[0] ?? "") : `[${errors.join(", ")}]`);
}

function takeWord(tokens: Tokens): string {
  const { text, symbol } = tokens.take();
  if (symbol) throw unreadable(`found '${text}', expected: identifier`);
  return text;
}

/** What follows `=` and the like; nothing is the empty value. */
function takeValue(tokens: Tokens): string {
  return tokens.next === END || isSymbol(tokens.next, ",") ? "" : takeWord(tokens);
}

/** `(a, b)` without duplicates, sorted. An empty place between commas is the empty value. */
function takeList(tokens: Tokens): string[] {
  const open = tokens.take();
  if (!isSymbol(open, "(")) throw unreadable(`found '${open.text}' expected: '('`);
  const values = new Set<string>();
  for (;;) {
    if (isSymbol(tokens.next, ",") || isSymbol(tokens.next, ")")) values.add("");
    else if (tokens.next.symbol) throw unreadable(`found '${tokens.next.text}', expected: ${values.size === 0 ? "',', ')'" : "',',"} or identifier`);
    else values.add(tokens.take().text);
    const after = tokens.take();
    if (isSymbol(after, ")")) return [...values].sort();
    if (!isSymbol(after, ",")) throw unreadable(`found '${after.text}', expected: ',' or ')'`);
  }
}

class Tokens {
  readonly #tokens: Token[];
  #index = 0;

  constructor(text: string) {
    this.#tokens = Array.from(text.matchAll(new RegExp(TOKEN, "g")), ([, symbol, word]) =>
      word === undefined ? { text: symbol ?? "", symbol: true } : { text: word, symbol: false });
  }

  get next(): Token {
    return this.#tokens[this.#index] ?? END;
  }

  take(): Token {
    return this.#tokens[this.#index++] ?? END;
  }
}

function isSymbol({ text, symbol }: Token, wanted: string): boolean {
  return symbol && text === wanted;
}

function integerOf(text: string): bigint | undefined {
  if (!/^[+-]?\d{1,30}$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return value >= -MAX_INTEGER && value < MAX_INTEGER ? value : undefined;
}

function complaint(path: string, value: string, rule: string): string {
  return `${path}: Invalid value: ${JSON.stringify(value)}: ${rule}`;
}

function unreadable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
