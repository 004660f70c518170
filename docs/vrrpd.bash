# Completion of vrrpd for bash. Made by npm run manual of what the commands say of themselves.
_vrrpd() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= at words socket
    # bash takes "--config=env:FILE" for five words.
    if [[ $current == [=:] ]]; then
        previous=$current current=
    fi
    if [[ $previous == "=" ]]; then
        previous=${COMP_WORDS[COMP_CWORD-2]}
        [[ ${COMP_WORDS[COMP_CWORD]} == "=" ]] && previous=${COMP_WORDS[COMP_CWORD-1]}
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
            for socket in /run/vrrpd/*.sock; do
                [[ -S $socket ]] && socket=${socket##*/} && words+=" ${socket%.sock}"
            done
            mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"; compgen -f -- "$current")
            return ;;
        --config-id|-i|--for|--timeout)
            return ;;
    esac
    for ((at = 1; at < COMP_CWORD; at++)); do
        case ${COMP_WORDS[at]} in
            --config|--config-id|-i|--socket|--for|--timeout) at=$((at + 1)); [[ ${COMP_WORDS[at]} == "=" ]] && at=$((at + 1)) ;;
            :) at=$((at + 1)) ;;
            -*) ;;
            *) command=${COMP_WORDS[at]}; break ;;
        esac
    done
    case $command in
        "") words="check doctor cleanup status why peers health reload yield resume check-nagios help --config --config-id --vrrp --help --version" ;;
        help) words="check doctor cleanup status why peers health reload yield resume check-nagios help" ;;
        check) words="--config --config-id --vrrp --strict --against-running --socket --json --help" ;;
        doctor) words="--config --config-id --vrrp --json --help" ;;
        cleanup) words="--config --config-id --vrrp --help" ;;
        status) words="--watch --exit-code --all --json --socket --help" ;;
        why) words="--all --json --socket --help" ;;
        peers) words="--json --socket --help" ;;
        health) words="--ready --socket --help" ;;
        reload) words="--socket --help" ;;
        yield) words="--for --persist --wait --timeout --force --socket --help" ;;
        resume) words="--socket --help" ;;
        check-nagios) words="--socket --help" ;;
        *) return ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _vrrpd vrrpd
