// Places to a script for fish. Knows neither the tables nor other shells.

import { grouped, indented } from "./grouped.ts";
import { negatable, steps } from "./model.ts";
import type { CompletedFlag, Place, Values } from "./model.ts";

/** The script, with a newline at its end. */
export function fishScript(places: readonly Place[]): string {
  return `# Completes job-controller in fish: job-controller completion fish | source

# Whether the line begins with one of these commands, and what is asked for may stand at the cursor: next = a word
# directly behind them, -l and -o = flags with two dashes or one, no = switches that are turned off.
function __job_controller_at --argument-names what
    set -l words (commandline -opc)[2..]
    set -l place
    for word in $words
        contains -- "$place $word" ${steps(places).map(quoted).join(" ")} || break
        set -a place $word
    end
    contains -- "$place" $argv[2..] || return 1
    switch $what
        case next
            test (count $words) -eq (count $place)
        case -o
            # One dash alone is more likely to be the first of two.
            test (commandline -ct) != -
        case no
            string match -qr -- '^--no' (commandline -ct)
    end
end

# These words; behind the "=" of one of them, files.
function __job_controller_behind
    set -l parts (string replace -r -- '^-[^=]*=' '' (commandline -ct) | string split -m 1 =)
    set -q parts[2] && printf '%s\\n' $parts[1]=(__fish_complete_path $parts[2]) || printf '%s\\n' $argv
end

complete -c job-controller -f
${places.flatMap(nextLines).join("\n")}

for form in -l -o
${indented(grouped(places, ({ path }) => quoted(path), flagsBody).map(({ labels, body }) => body.replaceAll("@", labels.join(" "))).join("\n\n"), 4)}
end
`;
}

/** A line for each word that something is said about, one for all others. */
function nextLines({ path, next }: Place): string[] {
  return grouped(next, ({ text }) => quoted(text), ({ about }) => about)
    .map(({ labels, body }) => `complete -c job-controller -n "__job_controller_at next ${quoted(path)}" -a ${quoted(labels.join(" "))}${described(body)}`);
}

function flagsBody({ flags }: Place): string {
  const switches = negatable(flags);
  return [
    'set -l at "__job_controller_at $form @"',
    ...flags.map((flag) => `complete -c job-controller -n $at $form ${flag.name}${flag.short === undefined ? "" : ` -s ${flag.short}`}${how(flag)}${described(flag.about)}`),
    ...(switches.length === 0 ? [] : [
      `for name in ${switches.join(" ")}`,
      '    complete -c job-controller -n "__job_controller_at no @" $form no-$name',
      "end",
    ]),
  ].join("\n");
}

function how({ isSwitch, values }: CompletedFlag): string {
  const offer = offerOf(values);
  if (values.files === "file") return " -r -F";
  return `${isSwitch ? "" : " -x"}${offer === "" ? "" : ` -a ${quoted(offer)}`}`;
}

function offerOf({ words, files }: Values): string {
  const list = words.map(quoted).join(" ");
  if (files === "folder") return "(__fish_complete_directories)";
  return files === "behind" ? `(__job_controller_behind ${list})` : list;
}

function described(about: string): string {
  return about === "" ? "" : ` -d ${quoted(about)}`;
}

function quoted(text: string): string {
  return /^[\w=-]+$/.test(text) ? text : `'${text.replaceAll(/[\\']/g, "\\$&")}'`;
}
