#!/bin/sh
# Installs the programs of the image. tini waits for orphans; iptables, ip6tables and nft are vrrpd's; the rest is what
# users' scripts find in the original.
set -eu
if command -v apt-get > /dev/null; then
    apt-get update
    apt-get install -y --no-install-recommends \
        bash ca-certificates curl ipset iproute2 iptables ncat net-tools nftables procps psmisc tini
    apt-get clean
    rm -rf /var/lib/apt/lists/*
else
    # A base of Red Hat's, with a repository that has tini (EPEL).
    dnf=$(command -v microdnf || command -v dnf)
    "$dnf" install -y \
        bash ca-certificates curl ipset iproute iptables-nft nmap-ncat net-tools nftables procps-ng psmisc tini libstdc++
    "$dnf" clean all
fi
