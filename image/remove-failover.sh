#!/bin/sh
# The removal Job's command, at the original's path: what this configuration may have left on the host is removed. It
# needs the host's network, and the Deployment gone. Without the Deployment's environment whatever carries vrrpd's mark
# is removed.
set -eu
exec vrrpd cleanup --config env
