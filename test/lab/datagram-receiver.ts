/**
 * Stands in for whoever receives datagrams on a Unix socket: the service manager, syslog. A process of its own, which can
 * stop reading, go, and come back. In Perl, as parts of the harness are: Node has no such sockets.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { until } from "../netns/until.js";

type Order = "open" | "close" | "read" | "rest";

export class DatagramReceiver {
  /** All that has arrived, as text. */
  readonly messages: string[] = [];
  readonly #child: ChildProcess;
  #obeyed = 0;
  #given = 0;

  /**
   * It listens and reads.
   * @param path of the socket; "@name": in the abstract namespace
   * @param prefix a command that runs it: in the namespaces of a host
   */
  static async start(path: string, prefix: readonly string[] = []): Promise<DatagramReceiver> {
    const receiver = new DatagramReceiver(path, prefix);
    await receiver.order("open");
    await receiver.order("read");
    return receiver;
  }

  private constructor(path: string, prefix: readonly string[]) {
    const [program, ...words] = [...prefix, "perl", "-e", SOURCE, path];
    this.#child = spawn(program!, words, { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      if (line === "") this.#obeyed++;
      else this.messages.push(Buffer.from(line.slice(1), "hex").toString());
    });
  }

  /** `rest`: the socket stays, and what arrives waits in its queue. Resolves when that is so. */
  async order(order: Order): Promise<void> {
    this.#child.stdin!.write(`${order}\n`);
    const number = ++this.#given;
    await until(() => this.#obeyed >= number, { what: `the receiver to ${order}`, timeoutMs: 60_000 });
  }

  /** It ends when its standard input does. */
  stop(): void {
    this.#child.stdin!.end();
  }
}

const SOURCE = String.raw`
use strict;
use Socket qw(AF_UNIX SOCK_DGRAM pack_sockaddr_un);
$| = 1;
my $path = shift;
my $abstract = $path =~ /^@/;
my ($receiver, $reads, $orders) = (undef, 0, "");

sub obey {
  my $order = shift;
  if ($order eq "open") {
    socket($receiver, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
    # Abstract names as they are sent: Perl's own would have the padding in them.
    my $name = $abstract ? pack("S x a*", AF_UNIX, substr($path, 1)) : pack_sockaddr_un($path);
    bind($receiver, $name) or die "bind: $!";
  } elsif ($order eq "close") {
    close($receiver);
    undef $receiver;
    unlink($path) unless $abstract;
  } else {
    $reads = $order eq "read";
  }
  print "\n";
}

for (;;) {
  my $wanted = "";
  vec($wanted, 0, 1) = 1;
  vec($wanted, fileno($receiver), 1) = 1 if $reads && $receiver;
  next if select(my $readable = $wanted, undef, undef, undef) < 1;
  if ($receiver && vec($readable, fileno($receiver), 1)) {
    recv($receiver, my $message, 1 << 20, 0) // die "recv: $!";
    print "=", unpack("H*", $message), "\n";
  } elsif (vec($readable, 0, 1)) {
    sysread(STDIN, $orders, 4096, length $orders) or exit;
    obey($1) while $orders =~ s/^(.*)\n//;
  }
}
`;
