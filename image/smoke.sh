#!/bin/sh
# The commands start, both addons load, and an environment is understood.
set -eu
vrrpd --version
keepalived --version
OPENSHIFT_HA_VIRTUAL_IPS=192.0.2.101 OPENSHIFT_HA_NETWORK_INTERFACE=lo vrrpd check --config env > /dev/null
cd /usr/lib/vrrpd
node -e 'require("./native/index.cjs"); require("./vendor/raw-socket/index.js");'
for program in tini iptables ip6tables nft ip ipset curl nc pgrep killall ifconfig; do
    command -v "$program" > /dev/null || { echo "smoke.sh: $program is missing" >&2; exit 1; }
done
