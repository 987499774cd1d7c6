// Places to a script for bash 4 or newer, which needs no other package. Knows neither the tables nor other shells.

import { grouped, indented } from "./grouped.ts";
import { negatable, steps } from "./model.ts";
import type { CompletedFlag, Place } from "./model.ts";

/** The script, with a newline at its end. */
export function bashScript(places: readonly Place[]): string {
  return `# Completes job-controller in bash 4 or newer: source <(job-controller completion bash)

_job_controller() {
  # Readline splits words at "=" and ":", too; here a word is what the program would see.
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} words=()
  read -rd '' -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')

  # The command that the line begins with.
  local path='' at=1 last=$((\${#words[@]} - 1))
  while ((at < last)); do
    case "$path \${words[at]}" in
      ${steps(places).map(quoted).join(" | ")})
        path=\${path:+$path }\${words[at]} ;;
      *) break ;;
    esac
    ((at++))
  done

  # The flag whose value the cursor is in, as "name=" or "name " (hence "name?" below); the value from its start to the
  # cursor, and what stands before it in the same word.
  local flag='' head='' start=\${words[last]}
  if [[ $start == -*=* ]]; then
    flag=\${start%%=*}= head=\${start%%=*}= start=\${start#*=}
  elif ((last > at)) && [[ \${words[last - 1]} == -* ]]; then
    flag="\${words[last - 1]} "
  fi
  flag=\${flag#-} flag=\${flag#-}

  local next=() more='' flags=() switches=() values=() open='' files=''
  case $path in
${indented(arms(places.filter(({ next }) => next.length > 0), ({ path }) => path, nextBody), 4)}
  esac
  case $path in
${indented(arms(places, ({ path }) => path, flagsBody), 4)}
  esac

  local found=() one
  if [[ -n $head || -n $files || \${#values[@]} -gt 0 ]]; then
    found=("\${values[@]}")
    # Readline completes names of files by itself where nothing else is offered.
    case $files in
      file) compopt -o default ;;
      folder) compopt -o dirnames ;;
      behind) [[ $start == *=* ]] && compopt -o default && open='' ;;
    esac
  elif [[ $start == -* ]]; then
    found=("\${flags[@]}")
    if [[ $start == -no* || $start == --no* ]]; then
      found+=("\${switches[@]/#/--no-}")
    fi
    [[ $start == -[!-]* ]] && found=("\${found[@]#-}")
  elif ((last == at)); then
    found=("\${next[@]}") open=$more
  fi

  # Readline replaces the part of the word that it has split off, which is $2.
  local kept=\${words[last]%"$2"} whole
  for one in "\${found[@]}"; do
    printf -v whole %q "$one"
    [[ $one == "$start"* || $whole == "$start"* ]] || continue
    whole=$head$whole
    COMPREPLY+=("\${whole#"$kept"}")
    [[ $one == *= ]] && open=yes
  done
  [[ -z $open ]] || compopt -o nospace
}

complete -F _job_controller job-controller
`;
}

/** Arms of a `case`, those of equal bodies in one. */
function arms<Row>(rows: readonly Row[], label: (row: Row) => string, body: (row: Row) => string): string {
  return grouped(rows, (row) => quoted(label(row)), body)
    .map(({ labels, body: text }) => (text.includes("\n") ? `${labels.join(" | ")})\n${indented(text, 2)} ;;` : `${labels.join(" | ")}) ${text} ;;`))
    .join("\n");
}

function nextBody({ next, open }: Place): string {
  return `next=(${list(next.map(({ text }) => text))})${open ? " more=yes" : ""}`;
}

function flagsBody({ flags }: Place): string {
  const names = flags.map(({ name, isSwitch }) => (isSwitch ? `--${name}` : `--${name}=`));
  const valued = flags.flatMap((flag) => (valuesBody(flag) === "" ? [] : [flag.name, ...(flag.short === undefined || flag.isSwitch ? [] : [flag.short])].map((name) => ({ name, flag }))));
  const cases = grouped(valued, ({ name, flag }) => `${quoted(name)}${flag.isSwitch ? "=" : "?"}`, ({ flag }) => valuesBody(flag));
  return [
    `flags=(${list(names)})`,
    `switches=(${list(negatable(flags))})`,
    "case $flag in",
    ...cases.map(({ labels, body }) => `  ${labels.join(" | ")}) ${body} ;;`),
    "esac",
  ].join("\n");
}

function valuesBody({ values: { words, open, files } }: CompletedFlag): string {
  return [
    ...(words.length === 0 ? [] : [`values=(${list(words)})`]),
    ...(open ? ["open=yes"] : []),
    ...(files === "none" ? [] : [`files=${files}`]),
  ].join(" ");
}

function list(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(text: string): string {
  return /^[\w=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
