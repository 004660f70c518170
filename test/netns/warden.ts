/**
 * Kills whatever still runs in the namespaces of a LAN, once it is destroyed or the process that made it is dead:
 * scripts that a daemon left behind, which no parent-death signal reaches. It waits for the end of its stdin.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { baseEnvironment } from "./execute.js";
import { detach } from "./namespace.js";

/**
 * Reads the pid of one holder a line. The namespace is kept open: the kernel gives the number of one that is gone to the
 * next one that anybody makes, whose processes would be killed instead.
 */
const WARDEN_SCRIPT = `
use strict;
$SIG{$_} = 'IGNORE' for qw(HUP INT TERM);
my (%watched, @kept);
while (my $pid = <STDIN>) {
  chomp $pid;
  open(my $namespace, '<', "/proc/$pid/ns/net") or next;
  push @kept, $namespace;
  $watched{(stat $namespace)[1]} = 1;
}
for my $round (1 .. 100) {
  my $found = 0;
  for my $entry (glob '/proc/[0-9]*/ns/net') {
    my $number = (stat $entry)[1];
    next unless defined $number && $watched{$number};
    kill 'KILL', $entry =~ /(\\d+)/;
    $found = 1;
  }
  exit 0 unless $found;
}
exit 1;
`;

export class Warden {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;

  constructor() {
    // Its own session: a signal to the process group of the tests must not end it before its work is done.
    this.child = spawn("perl", ["-e", WARDEN_SCRIPT], {
      detached: true,
      env: baseEnvironment(),
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.ended = new Promise((resolve) => {
      this.child.once("exit", () => resolve());
      this.child.once("error", () => resolve());
    });
    detach(this.child);
  }

  /** @param holderPid of `Namespace.holderPid`, which lives on until it is swept */
  watch(holderPid: number): void {
    this.child.stdin!.write(`${holderPid}\n`);
  }

  /** Kills all that is in there, the holders too, and returns when nothing is left. */
  async sweep(): Promise<void> {
    this.child.ref();
    this.child.stdin!.end();
    await this.ended;
  }
}
