/**
 * The program that makes a host of a fresh namespace, and holds it: it does nothing until its stdin ends. One process, since each costs
 * milliseconds of processor time and a run of the tests makes hundreds of hosts. Perl, because every Debian has it
 * (perl-base is essential).
 */
import { HarnessError } from "./errors.js";

/** Numbers of mount(2) and sethostname(2), by the architecture's name in Node. */
const SYSTEM_CALLS: Readonly<Partial<Record<string, readonly [mount: number, sethostname: number]>>> = {
  x64: [165, 170],
  ...{ arm64: [40, 161], riscv64: [40, 161], loong64: [40, 161] },
  ...{ arm: [21, 74], ppc64: [21, 74], s390x: [21, 74] },
};

/**
 * The numbers above, the host name, 1 for duplicate address detection, then the private directories. A directory that
 * the machine does not have gets a parent that shows the same entries (links to the original) and can be added to.
 * Says "ready" on stdout.
 */
const HOLDER = String.raw`
use strict;
use constant { MS_BIND => 0x1000, MS_REC => 0x4000, SIOCGIFFLAGS => 0x8913, SIOCSIFFLAGS => 0x8914, IFF_UP => 1 };
my ($mount, $sethostname, $name, $dad, @private) = @ARGV;
syscall($sethostname + 0, my $copy = $name, length $name) == 0 or die "sethostname $name: $!\n";

sub mounted {
  my ($source, $target, $type, $flags, $data) = @_;
  return syscall($mount + 0, $source, $target, $type, $flags, $data) == 0;
}
sub fresh { mounted('tmpfs', $_[0], 'tmpfs', 0, 'mode=755') or die "mount tmpfs on $_[0]: $!\n" }
sub entries { opendir(my $folder, $_[0]) or die "$_[0]: $!\n"; grep { !/^\.\.?$/ } readdir $folder }
sub make {
  my ($path) = @_;
  return if -d $path;
  make($path =~ s{/[^/]+$}{}r) if $path =~ m{^/[^/]+/};
  mkdir $path or die "mkdir $path: $!\n";
}
sub shadow {
  my ($parent) = @_;
  my $below = '/run/.below' . $parent =~ tr{/}{_}r;
  return if -d $below;
  mkdir $below or die "mkdir $below: $!\n";
  mounted($parent, $below, '', MS_BIND | MS_REC, '') or die "bind $parent: $!\n";
  fresh($parent);
  for my $entry (entries($below)) {
    symlink(readlink("$below/$entry") // "$below/$entry", "$parent/$entry") or die "$parent/$entry: $!\n";
  }
}

fresh('/run');
for my $directory (@private) {
  if (-d $directory) { fresh($directory); next }
  my $parent = $directory =~ s{/[^/]+$}{}r;
  shadow($parent) if -d $parent && $parent !~ m{^/run(/|$)};
  make($directory);
}
# Without it /sys shows the interfaces of the machine. A user namespace may not be allowed to.
mounted('sysfs', '/sys', 'sysfs', 0, '');
for my $conf (glob '/proc/sys/net/ipv6/conf/{all,default}') {
  for my $key (qw(accept_ra router_solicitations), $dad ? () : qw(accept_dad dad_transmits)) {
    open(my $file, '>', "$conf/$key") or next;
    print $file "0\n";
  }
}
socket(my $socket, 2, 2, 0) or die "socket: $!\n";
my $request = pack('a16 x24', 'lo');
ioctl($socket, SIOCGIFFLAGS, $request) or die "lo: $!\n";
ioctl($socket, SIOCSIFFLAGS, pack('a16 S x22', 'lo', unpack('x16 S', $request) | IFF_UP)) or die "lo: $!\n";
syswrite STDOUT, "ready\n";
1 while sysread(STDIN, my $ignored, 4096);
`;

/** The command that makes a host of the namespaces that it finds itself in. Throws `EMISSING` on an unknown machine. */
export function holderCommand(
  name: string,
  { privateDirectories, duplicateAddressDetection }: NamespaceOptions,
): string[] {
  const numbers = SYSTEM_CALLS[process.arch];
  if (numbers === undefined)
    throw new HarnessError("EMISSING", `the system calls of ${process.arch} are not known to the harness`);
  const dad = duplicateAddressDetection ? "1" : "";
  return ["perl", "-e", HOLDER, ...numbers.map(String), name, dad, ...privateDirectories];
}

export interface NamespaceOptions {
  readonly privateDirectories: readonly string[];
  readonly duplicateAddressDetection: boolean;
}
