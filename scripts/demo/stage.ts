// What the demo says: numbered steps, commands as one would type them, results. Text in, standard output out.

import process from "node:process";

const color = process.env.FORCE_COLOR
  ? true
  : process.env.NO_COLOR
    ? false
    : process.stdout.isTTY === true && process.env.TERM !== "dumb";
let steps = 0;

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Bold. */
export function strong(text: string): string {
  return paint("1", text);
}

export function bad(text: string): string {
  return paint("31", text);
}

export function step(title: string): void {
  steps++;
  say(`\n${strong(`${steps}. ${title}`)}`);
}

/** A command with its continuation lines. */
export function command(...lines: string[]): void {
  say(
    paint(
      "36",
      lines
        .map((line, index) => `${index === 0 ? "   $ " : "       "}${line}${index < lines.length - 1 ? " \\" : ""}`)
        .join("\n"),
    ),
  );
}

export function background(...lines: string[]): void {
  command(...lines.slice(0, -1), `${lines.at(-1)} &`);
}

export function result(text: string): void {
  say(text.trimEnd().replace(/^/gm, "   "));
}

/** A line that the step is about. */
export function highlight(text: string): void {
  result(paint("32", text));
}

function paint(code: string, text: string): string {
  return color ? `\x1b[${code}m${text}\x1b[0m` : text;
}
