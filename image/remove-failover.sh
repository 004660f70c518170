#!/bin/sh
# The removal Job's command, at the original's path: what this configuration may have left on the host is removed. It
# needs the Deployment's environment, the host's network, and the Deployment gone.
set -eu
exec vrrpd cleanup --config env
