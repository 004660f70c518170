#!/bin/sh
# The entrypoint, at the original's path: below an init that waits for orphans, vrrpd under the name of Keepalived. With
# OPENSHIFT_HA_VIRTUAL_IPS it runs the variables, else the keepalived.conf that is mounted. Arguments, if there are any,
# take the place of all that (docs/image.md).
set -eu
# As vrrpd itself does, so that it is not ended before it has begun: SIGUSR1 and the real-time signals.
trap '' USR1 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64

CONF=/etc/keepalived/keepalived.conf
OTHER_CONF=/usr/local/etc/keepalived/keepalived.conf

say() {
    echo "monitor.sh: $*" >&2
}

# -s: also where another process of the Pod is the first one.
run_vrrpd() {
    # Under this name the daemon is found by the probe of the Deployment.
    exec tini -s -- /usr/lib/vrrpd/keepalived "$@"
}

run_keepalived() {
    # Its pid files, where the root cannot be written.
    if [ ! -w /run ] && [ -w /run/vrrpd ]; then
        set -- "$@" -p /run/vrrpd/keepalived.pid -r /run/vrrpd/vrrp.pid
    fi
    exec tini -s -- /usr/sbin/keepalived -n -l "$@"
}

# Whether somebody has put a file there: what leads to the one that vrrpd writes does not count.
is_given() {
    { [ -e "$1" ] || [ -L "$1" ]; } && [ "$(readlink "$1")" != "${VRRPD_KEEPALIVED_CONF:-/run/vrrpd/keepalived.conf}" ]
}

# Scripts look for what runs in Keepalived's own place.
lead_to_written() {
    target=$1
    folder=${CONF%/*}
    if [ "$target" = "$CONF" ] || [ -e "$CONF" ] || [ -L "$CONF" ]; then
        return
    elif mountpoint -q "$folder"; then
        say "$folder is mounted, so it gets no link; what runs is in $target"
    elif ! ln -s "$target" "$CONF" 2> /dev/null; then
        say "$folder cannot be written, so it gets no link; what runs is in $target"
    fi
}

run_environment() {
    # Blank is unset, as for every variable.
    if [ -z "$(printf %s "${VRRPD_KEEPALIVED_CONF-}" | tr -d '[:space:]')" ]; then
        export VRRPD_KEEPALIVED_CONF=/run/vrrpd/keepalived.conf
    fi
    if { [ "$VRRPD_KEEPALIVED_CONF" != "$CONF" ] && is_given "$CONF"; } || is_given "$OTHER_CONF"; then
        say "OPENSHIFT_HA_VIRTUAL_IPS is set: the variables count; the keepalived.conf that is mounted is not read"
    fi
    case $VRRPD_KEEPALIVED_CONF in
        /*) lead_to_written "$VRRPD_KEEPALIVED_CONF" ;;
    esac
    run_keepalived --config env
}

run_default() {
    if [ -n "$(printf %s "${OPENSHIFT_HA_VIRTUAL_IPS-}" | tr -d "[:space:]\"'")" ]; then
        run_environment
    elif is_given "$CONF"; then
        run_keepalived -f "$CONF"
    elif is_given "$OTHER_CONF"; then
        run_keepalived -f "$OTHER_CONF"
    fi
    say "neither OPENSHIFT_HA_VIRTUAL_IPS is set nor is there a $CONF or $OTHER_CONF"
    # It says what a variable would be, and ends with 2.
    run_keepalived --config env
}

# Options that only vrrpd has, without those of a Keepalived in a container.
are_vrrpds() {
    own=no
    for word; do
        case $word in
            -n | -n[A-Za-z]* | --dont-fork) return 1 ;;
            --config | --config=*) own=yes ;;
        esac
    done
    [ $own = yes ]
}

[ $# -gt 0 ] || run_default
case $1 in
    keepalived | */keepalived)
        shift
        run_keepalived "$@"
        ;;
    vrrpd | */vrrpd)
        shift
        run_vrrpd "$@"
        ;;
    --help | --version) run_vrrpd "$@" ;;
    -*)
        if are_vrrpds "$@"; then run_vrrpd "$@"; fi
        run_keepalived "$@"
        ;;
    *) run_vrrpd "$@" ;;
esac
