#!/bin/sh
# The entrypoint, at the original's path: vrrpd below an init that waits for orphans. Arguments, if there are any, are
# vrrpd's instead of "--config env". -s: also where another process of the Pod is the first one.
set -eu
# As vrrpd itself does, so that it is not ended before it has begun: SIGUSR1 and the real-time signals.
trap '' USR1 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
[ $# -gt 0 ] || set -- --config env
exec tini -s -- /usr/lib/vrrpd/keepalived "$@"
