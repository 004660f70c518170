#!/bin/sh
# A check script that misbehaves as the file "mode" beside it says; $1 marks the processes that it leaves.
case "$(cat "$(dirname "$0")/mode")" in
ok) exit 0 ;;
fails) echo "the service is broken"; exit 7 ;;
hangs) sleep "$1" ;;
ignores-term) trap '' TERM; sleep "$1"; sleep "$1" ;;
forks) (sleep "$1" & sleep "$1" &) ; sleep "$1" ;;
floods) head -c 1000000000 /dev/zero; exit 3 ;;
crashes) kill -SEGV $$ ;;
esac
