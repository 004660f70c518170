#!/bin/sh
# Compiles the two addons, for the headers of the very Node that will run them, and strips them. $1: see compiler.sh
set -eu
target=${1:-$(dpkg --print-architecture)}
case $target in
    arm64) triplet=aarch64-linux-gnu arch=arm64 ;;
    amd64) triplet=x86_64-linux-gnu arch=x64 ;;
    *) triplet=$(uname -m)-linux-gnu arch=$(node -p process.arch) ;;
esac
if [ "$target" != "$(dpkg --print-architecture)" ]; then
    export CC="$triplet-gcc" CXX="$triplet-g++" LINK="$triplet-g++" AR="$triplet-ar"
fi
# Without these headers node-gyp fetches others.
export npm_config_nodedir=/usr/local
node_gyp=$(npm root --global)/npm/node_modules/node-gyp/bin/node-gyp.js
for folder in native vendor/raw-socket; do
    (cd "$folder" && node "$node_gyp" rebuild --arch="$arch")
    "$triplet-strip" --strip-unneeded "$folder"/build/Release/*.node
done
