/** A service that answers each datagram with itself and the name of the host. In Perl, as parts of the harness are: it costs little. */
import type { Host } from "../../netns/index.js";

const PROGRAM = String.raw`
use strict;
use Socket qw(:DEFAULT AF_INET6 IPPROTO_IPV6 IPV6_V6ONLY pack_sockaddr_in6 IN6ADDR_ANY);
my ($name, $port) = @ARGV;
my ($wanted, @sockets) = ("");
for my $family (AF_INET, AF_INET6) {
  socket(my $socket, $family, SOCK_DGRAM, 0) or die "socket: $!";
  setsockopt($socket, IPPROTO_IPV6, IPV6_V6ONLY, 1) if $family == AF_INET6;
  my $any = $family == AF_INET ? pack_sockaddr_in($port, INADDR_ANY) : pack_sockaddr_in6($port, IN6ADDR_ANY);
  bind($socket, $any) or die "bind: $!";
  vec($wanted, fileno($socket), 1) = 1;
  push @sockets, $socket;
}
$| = 1;
print "ready\n";
for (;;) {
  select(my $readable = $wanted, undef, undef, undef);
  for my $socket (@sockets) {
    next unless vec($readable, fileno($socket), 1);
    my $asker = recv($socket, my $question, 256, 0) // next;
    send($socket, "$question $name", 0, $asker);
  }
}
`;

/** Returns when it answers. */
export async function startAnswering(host: Host, port: number): Promise<void> {
  const answering = host.start(["perl", "-e", PROGRAM, host.name, String(port)], { name: "answering" });
  await answering.waitForLine(/ready/);
}
