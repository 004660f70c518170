#!/bin/sh
# Installs what compiles the addons. $1: the architecture that they are for, as Debian calls it; empty: this one
set -eu
own=$(dpkg --print-architecture)
case ${1:-$own} in
    "$own") compiler="g++" ;;
    arm64) compiler="g++-aarch64-linux-gnu" ;;
    amd64) compiler="g++-x86-64-linux-gnu" ;;
    *) echo "compiler.sh: no cross compiler is known for $1" >&2; exit 2 ;;
esac
apt-get update
apt-get install -y --no-install-recommends "$compiler" make python3
rm -rf /var/lib/apt/lists/*
