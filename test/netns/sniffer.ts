/**
 * The program that reads the wire: frames of the bridge, each with the kernel's timestamp, as pcap on its stdout.
 *
 * Perl, because every Debian has it (perl-base is essential), Node cannot open packet sockets, and tcpdump gives up
 * in a user namespace: it sets supplementary groups, which a process without root may not do there.
 */

/**
 * $1 is the interface, $2, if given, the MAC address of the only sender to record: the kernel drops what others send, so
 * that a flood of theirs costs nothing here. Says "listening" on stderr; on SIGTERM it writes what the kernel still holds, and says how many
 * frames the kernel dropped. Kept are VRRP, ARP and Neighbor Advertisements.
 */
export const SNIFFER = String.raw`
use strict;
use Socket qw(SOCK_RAW SOL_SOCKET SO_RCVBUF);
use constant { LOAD_WORD => 0x20, LOAD_HALF => 0x28, JUMP_EQUAL => 0x15, RETURN => 0x06, SO_ATTACH_FILTER => 26 };
use constant { AF_PACKET => 17, ETH_P_ALL => 3, SOL_PACKET => 263, PACKET_ADD_MEMBERSHIP => 1,
  PACKET_STATISTICS => 6, PACKET_MR_PROMISC => 1, SO_RCVBUFFORCE => 33, SIOCGIFINDEX => 0x8933,
  SIOCGSTAMP => 0x8906, MSG_DONTWAIT => 0x40, BUFFER_BYTES => 16 * 1024 * 1024 };

my $ended = 0;
$SIG{TERM} = sub { $ended = 1 };
$SIG{PIPE} = 'DEFAULT';
my $name = shift;
socket(my $packets, AF_PACKET, SOCK_RAW, unpack('S', pack('n', ETH_P_ALL))) or die "packet socket: $!\n";
my $request = pack('a16 x24', $name);
ioctl($packets, SIOCGIFINDEX, $request) or die "$name: $!\n";
my $index = unpack('x16 i', $request);
# More than the limit needs privilege on the whole machine; without it the limit itself has to do.
setsockopt($packets, SOL_SOCKET, SO_RCVBUFFORCE, pack('i', BUFFER_BYTES))
  or setsockopt($packets, SOL_SOCKET, SO_RCVBUF, pack('i', BUFFER_BYTES)) or die "receive buffer: $!\n";
if (defined(my $sender = shift)) {
  my ($high, $low) = unpack('n N', pack('H12', $sender =~ tr/://dr));
  my @program = ([LOAD_WORD, 0, 0, 8], [JUMP_EQUAL, 0, 3, $low], [LOAD_HALF, 0, 0, 6], [JUMP_EQUAL, 0, 1, $high],
    [RETURN, 0, 0, 0xffffffff], [RETURN, 0, 0, 0]);
  my $instructions = join '', map { pack('S C C L', @$_) } @program;
  setsockopt($packets, SOL_SOCKET, SO_ATTACH_FILTER, pack('S x![P] P', scalar @program, $instructions))
    or die "filter: $!\n";
}
bind($packets, pack('S n i S C C a8', AF_PACKET, ETH_P_ALL, $index, 0, 0, 0, '')) or die "bind: $!\n";
setsockopt($packets, SOL_PACKET, PACKET_ADD_MEMBERSHIP, pack('i S S a8', $index, PACKET_MR_PROMISC, 0, ''))
  or die "promiscuous: $!\n";
my $stamp = pack('l! l!', 0, 0);
ioctl($packets, SIOCGSTAMP, $stamp); # There is no packet yet; this switches timestamps on.
$| = 1;
print pack('L S S l L L L', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1);
print STDERR "listening\n";

sub wanted {
  my $type = unpack('x12 n', $_[0]);
  return 1 if $type == 0x0806;
  return unpack('x23 C', $_[0]) == 112 if $type == 0x0800 && length($_[0]) >= 34;
  return 0 if $type != 0x86dd || length($_[0]) < 55;
  my ($next, $icmp) = unpack('x20 C x33 C', $_[0]);
  return $next == 112 || ($next == 58 && $icmp == 136);
}

sub drain {
  my $out = '';
  while (defined recv($packets, my $frame, 65535, MSG_DONTWAIT)) {
    next unless length($frame) >= 14 && wanted($frame);
    ioctl($packets, SIOCGSTAMP, $stamp) or die "timestamp: $!\n";
    $out .= pack('L L L L', unpack('l! l!', $stamp), length $frame, length $frame) . $frame;
  }
  print $out;
}

until ($ended) {
  my $readable = '';
  vec($readable, fileno($packets), 1) = 1;
  select($readable, undef, undef, 0.5); # The time-out closes the gap between the test of $ended and the sleep.
  drain();
}
drain();
my $statistics = getsockopt($packets, SOL_PACKET, PACKET_STATISTICS);
print STDERR 'dropped ', (unpack('I I', $statistics))[1], "\n";
`;
