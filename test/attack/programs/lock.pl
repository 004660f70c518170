# What any local user may do to a name in the abstract socket namespace. Says "ready" when it has begun.
#
# Options, as JSON of strings and lists of strings: {"mode":"connect","names":["…"]}
#   connect   connects to the first name, without end
#   bound     binds every name that is free, and does not listen
#   full      listens as well, and fills its own queues
#   stopped   listens, and stops
use strict;
use Errno qw(EAGAIN);
use Socket qw(AF_UNIX SOCK_STREAM SOCK_NONBLOCK pack_sockaddr_un);

my ($mode) = $ARGV[0] =~ /"mode":"(\w+)"/;
my ($list) = $ARGV[0] =~ /"names":\[([^\]]*)\]/;
my @names = map { pack_sockaddr_un("\0$_") } $list =~ /"([^"]+)"/g;
my @kept;
$| = 1;

sub opened {
  socket(my $socket, AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0) or die "socket: $!\n";
  return $socket;
}

if ($mode eq 'connect') {
  print "ready\n";
  while (1) {
    my $socket = opened();
    # A full queue is the listener's affair: let it read a little.
    select(undef, undef, undef, 0.001) if !connect($socket, $names[0]) && $! == EAGAIN;
  }
}
my @bound = grep { my $socket = opened(); bind($socket, $_) && push @kept, $socket } @names;
if ($mode ne 'bound') { listen($_, 1) for @kept }
if ($mode eq 'full') {
  for my $name (@bound) {
    while (1) {
      my $socket = opened();
      last unless connect($socket, $name);
      push @kept, $socket;
    }
  }
}
print 'ready ', scalar @bound, "\n";
kill 'STOP', $$ if $mode eq 'stopped';
sleep 3600;
