#!/bin/sh
# Plain podman, as root on the host. As another user inside: add --user 65532:65532 (podman then makes the two
# capabilities ambient) and mode=1777 to the tmpfs.
set -eu
exec podman run --detach --name vrrpd --replace --restart always \
  --network host \
  --cap-drop all --cap-add net_admin --cap-add net_raw \
  --security-opt no-new-privileges \
  --read-only --read-only-tmpfs=false --tmpfs /run/vrrpd:rw,noexec,nosuid,nodev,size=1m \
  --env-file /etc/vrrpd.env \
  --stop-timeout 10 \
  registry.example.com/vrrpd:0.1.0
