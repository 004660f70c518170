/** The completion for bash. */
import { HELP, type Option, type Options } from "../../src/cli/commands/command.js";
import type { Registered } from "../../src/cli/commands/index.js";
import { SOCKET_FOLDER } from "../../src/daemon/control/client.js";

export function completionText(commands: readonly Registered[]): string {
  const names = [...commands.flatMap(({ name }) => name ?? []), "help"].join(" ");
  const options = commands.flatMap(({ command }) => Object.entries<Option>(command.options));
  const valued = new Set(
    options.flatMap(([name, option]) => (option.type === "string" ? forms(name, option) : [])),
  );
  // Each is completed in its own way.
  const plain = [...valued].filter((one) => one !== "--config" && one !== "--socket");
  const unnamed = commands.find(({ name }) => name === null)!;
  return `# Completion of vrrpd for bash. Made by npm run manual of what the commands say of themselves.
_vrrpd() {
    local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= at words socket
    # bash takes "--config=env:FILE" for five words.
    if [[ $current == [=:] ]]; then
        previous=$current current=
    fi
    if [[ $previous == "=" ]]; then
        previous=\${COMP_WORDS[COMP_CWORD-2]}
        [[ \${COMP_WORDS[COMP_CWORD]} == "=" ]] && previous=\${COMP_WORDS[COMP_CWORD-1]}
    fi
    COMPREPLY=()
    case $previous in
        --config)
            mapfile -t COMPREPLY < <(compgen -W "env env:" -- "$current"; compgen -f -- "$current")
            return ;;
        :)
            mapfile -t COMPREPLY < <(compgen -f -- "$current")
            return ;;
        --socket)
            words=
            for socket in ${SOCKET_FOLDER}/*.sock; do
                [[ -S $socket ]] && socket=\${socket##*/} && words+=" \${socket%.sock}"
            done
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current")
            return ;;
        ${plain.join("|")})
            return ;;
    esac
    for ((at = 1; at < COMP_CWORD; at++)); do
        case \${COMP_WORDS[at]} in
            ${[...valued].join("|")}) at=$((at + 1)); [[ \${COMP_WORDS[at]} == "=" ]] && at=$((at + 1)) ;;
            :) at=$((at + 1)) ;;
            -*) ;;
            *) command=\${COMP_WORDS[at]}; break ;;
        esac
    done
    case $command in
        "") words="${names} ${wordsOf(unnamed.command.options)} --version" ;;
        help) words="${names}" ;;
${commands
  .flatMap(({ name, command }) =>
    name === null ? [] : `        ${name}) words="${wordsOf(command.options)}" ;;`,
  )
  .join("\n")}
        *) return ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _vrrpd vrrpd
`;
}

function forms(name: string, { short }: Option): string[] {
  return [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
}

function wordsOf(options: Options): string {
  return Object.keys({ ...options, help: HELP })
    .map((name) => `--${name}`)
    .join(" ");
}
