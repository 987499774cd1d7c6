// Places to a script for zsh, by its own _arguments. Knows neither the tables nor other shells.

import { grouped, indented } from "./grouped.ts";
import { negatable, steps } from "./model.ts";
import type { CompletedFlag, Place, Values } from "./model.ts";

/** The script, with a newline at its end. */
export function zshScript(places: readonly Place[]): string {
  return `#compdef job-controller
# Completes job-controller in zsh: _job-controller in a folder of fpath, or behind compinit
# source <(job-controller completion zsh)

_job-controller() {
  # The command that the line begins with.
  local place=''
  local -i at=2
  while (( at < CURRENT )); do
    case "$place $words[at]" in
      (${steps(places).map(quoted).join("|")})
        place="\${place:+$place }$words[at]" ;;
      (*) break ;;
    esac
    (( at++ ))
  done

  # What _arguments sees is the program and what is behind the command, with two dashes before each name.
  words=(job-controller "\${(@)words[at,-1]}")
  (( CURRENT -= at - 2 ))
  for (( at = 2; at <= CURRENT; at++ )); do
    [[ $words[at] == -[a-z][a-z]* ]] && words[at]="-$words[at]"
  done
  [[ $PREFIX == -[a-z][a-z]* ]] && PREFIX="-$PREFIX"

  local -a choices ending specs switches
  case "$place" in
${indented(arms(places.filter(({ next }) => next.length > 0), nextBody), 4)}
  esac
  case "$place" in
${indented(arms(places, flagsBody), 4)}
  esac
  (( CURRENT == 2 && $#choices )) && specs+=('1: :{_describe -t commands command choices "$ending[@]"}')
  # Hidden, unless it is what is being typed.
  [[ $PREFIX == --no* ]] && specs+=(--no-$^switches) || specs+=(\!--no-$^switches)
  _arguments -S : $specs
}

if [[ $funcstack[1] == _job-controller ]]; then
  _job-controller "$@"
else
  compdef _job-controller job-controller
fi
`;
}

function arms(places: readonly Place[], body: (place: Place) => string): string {
  return grouped(places, ({ path }) => quoted(path), body)
    .map(({ labels, body: text }) => `(${labels.join("|")})\n${indented(text, 2)} ;;`)
    .join("\n");
}

function nextBody({ next, open }: Place): string {
  const words = next.map(({ text, about }) => quoted([text.replaceAll(/[\\:]/g, "\\$&"), ...(about === "" ? [] : [about])].join(":")));
  return `choices=(\n${indented(words.join("\n"), 2)}\n)${open ? " ending=(-S '')" : ""}`;
}

function flagsBody({ flags }: Place): string {
  return `switches=(${negatable(flags).join(" ")})\nspecs=(\n${indented(flags.flatMap(specsOf).map(quoted).join("\n"), 2)}\n)`;
}

/** The flag in the language of _arguments, once for each of its names. */
function specsOf({ name, short, about, isSwitch, repeats, label, values }: CompletedFlag): string[] {
  const names = [...(short === undefined ? [] : [`-${short}`]), `--${name}`];
  const before = repeats ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
  const how = isSwitch ? `=-[${escaped(about, "]")}]:` : `=[${escaped(about, "]")}]`;
  return names.map((one) => `${before}${one}${how}:${escaped(label, ":")}:${escaped(actionOf(values), ":")}`);
}

/** How values are completed; a single space says that there are some and offers none. */
function actionOf({ words, open, files }: Values): string {
  if (files === "file") return "_files";
  if (files === "folder") return "_files -/";
  const offer = words.length === 0 ? " " : `compadd ${open ? "-S '' " : ""}-- ${words.map(quoted).join(" ")}`;
  return files === "behind" ? `{ if compset -P '*='; then _files; else ${offer}; fi }` : offer;
}

/** In what _arguments reads, a backslash is one, but before the character that would end the text. */
function escaped(text: string, character: string): string {
  return text.replaceAll(character, `\\${character}`);
}

function quoted(text: string): string {
  return /^[\w=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
