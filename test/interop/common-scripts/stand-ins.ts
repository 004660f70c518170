/**
 * Programs that scripts call, where this machine does not have them: what counts is how a script is run, not what the
 * program does. `always`: what there is would talk to the machine itself.
 */
import { accessSync, constants } from "node:fs";

interface StandIn {
  readonly always?: true;
  readonly text: string;
}

export const BIN = "/run/bin";
export const MAILBOX = "/run/mailbox";

const STAND_INS: Readonly<Record<string, StandIn>> = {
  systemctl: {
    always: true,
    text: '#!/bin/sh\n# There is no systemd here.\nfor last; do :; done\n[ "$1" = is-active ] && [ "$last" = haproxy ] || exit 3\n',
  },
  mail: {
    always: true,
    text: `#!/bin/sh\n{ printf '%s|' "$@"; cat; } >> ${MAILBOX}\n`,
  },
  conntrack: { text: "#!/bin/sh\necho 'tcp 6 431999 ESTABLISHED src=192.0.2.1 dst=192.0.2.2'\n" },
  killall: { text: '#!/bin/sh\n[ "$1" = -0 ] && exec pgrep -x "$2" > /dev/null\n' },
  curl: {
    text: `#!/usr/bin/perl
use strict;
use IO::Socket::INET;
my ($host, $port, $path) = $ARGV[-1] =~ m{^http://([\\d.]+):(\\d+)(/.*)$} or exit 3;
my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Timeout => 2) or exit 7;
print $socket "GET $path HTTP/1.0\\r\\n\\r\\n";
exit(<$socket> =~ / 2\\d\\d / ? 0 : 22);
`,
  },
  ping: {
    text: `#!/usr/bin/perl
use strict;
use Socket;
socket(my $socket, AF_INET, SOCK_RAW, 1) or die "socket: $!";
my $body = pack("C2 S n2", 8, 0, 0, $$ & 0xffff, 1);
my $sum = 0;
$sum += $_ for unpack("n*", $body);
$sum = ($sum >> 16) + ($sum & 0xffff) while $sum >> 16;
substr($body, 2, 2) = pack("n", ~$sum & 0xffff);
send($socket, $body, 0, pack_sockaddr_in(0, inet_aton($ARGV[-1]))) or exit 2;
for (my $left = 1; $left > 0;) {
  my $wanted = "";
  vec($wanted, fileno($socket), 1) = 1;
  (my $found, $left) = select($wanted, undef, undef, $left);
  exit 1 unless $found;
  recv($socket, my $answer, 1500, 0);
  exit 0 if unpack("x20 C x3 n", $answer) == 0 && unpack("x24 n", $answer) == ($$ & 0xffff);
}
exit 1;
`,
  },
};

/** By name: those that are to be put before everything else. */
export function standInsNeeded(path: string): Record<string, string> {
  const isThere = (name: string) =>
    path.split(":").some((folder) => {
      try {
        accessSync(`${folder}/${name}`, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  return Object.fromEntries(
    Object.entries(STAND_INS)
      .filter(([name, { always }]) => always || !isThere(name))
      .map(([name, { text }]) => [name, text]),
  );
}
