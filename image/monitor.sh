#!/bin/sh
# The entrypoint, at the original's path: vrrpd below an init that waits for orphans. Arguments, if there are any, are
# vrrpd's instead of "--config env". -s: also where another process of the Pod is the first one.
set -eu
[ $# -gt 0 ] || set -- --config env
exec tini -s -- /usr/lib/vrrpd/keepalived "$@"
