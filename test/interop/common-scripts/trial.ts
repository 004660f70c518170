/** One host with all of the scripts in one file, under one program, from its start to its end. */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { DatagramReceiver } from "../../lab/datagram-receiver.js";
import { type Host, until } from "../../netns/index.js";
import { Node, type Program } from "../migration/node.js";
import { type Check, expectedOf, RESTARTED_PID, SCRIPTS, type Surroundings } from "./checks.js";
import { ANSWERED, DAEMON_PID, HANGING_PID, LOG_SOCKET, NOTIFIES, TOLD } from "./notifies.js";
import { BIN, MAILBOX, standInsNeeded } from "./stand-ins.js";

const PATIENCE_MILLIS = 120_000;
const POLL_MILLIS = 500;
const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`;
/** Dumps are written there. */
const TEMPORARY = "/run/tmp";
/** Where this file is, all instances but that of the checks are in FAULT. */
const DOWN = "/run/down";
/** In turn: counts while it succeeds, counts while it fails. */
const WEIGHTS = [2, -2];
const BASE_PRIORITY = 100;
export const FACTS = `${SCRIPTS}/facts.sh`;

/** By instance the lines that its scripts told, in their order; mails and lines of the log as well. */
export type Records = Readonly<Record<string, readonly string[]>>;

/** Of one program, what is compared. */
export interface Outcome {
  /** GOOD, BAD or disabled, by the name of the check. */
  readonly verdicts: Readonly<Record<string, string>>;
  /** Of the instance that all checks count for. */
  readonly priority: number;
  /** What scripts of a master have changed there. */
  readonly kernel: string;
  /** What the instance whose script waits had told when the others had come to their second mastership. */
  readonly toldMeanwhile: readonly string[];
  /** Until the end is asked for, and when it has come. */
  readonly before: Records;
  readonly after: Records;
  /** Whether what a check has left in the background runs until the end, and what notify scripts have left, after it. */
  readonly lives: Readonly<Record<"leftByCheck" | "leftByNotify" | "hanging", boolean>>;
  /** What scripts find, by kind: a fact a line. */
  readonly facts: Readonly<Record<"check" | "notify", readonly string[]>>;
}

/** What the instance's priority comes to. */
export function priorityOf(verdicts: readonly string[]): number {
  return verdicts.reduce((sum, verdict, index) => {
    const weight = WEIGHTS[index % WEIGHTS.length]!;
    const counts = verdict === (weight > 0 ? "GOOD" : "BAD");
    return counts ? sum + weight : sum;
  }, BASE_PRIORITY);
}

export class Trial {
  readonly #node: Node;
  readonly #log: DatagramReceiver;

  private constructor(
    private readonly program: Program,
    private readonly host: Host,
    private readonly checks: readonly Check[],
    log: DatagramReceiver,
    within: readonly string[],
  ) {
    this.#node = new Node(host, { PATH: `${BIN}:${PATH}`, TMPDIR: TEMPORARY }, within);
    this.#log = log;
  }

  /** @param within words before the command */
  static async run(
    program: Program,
    host: Host,
    checks: readonly Check[],
    given: Surroundings,
    within: readonly string[] = [],
  ): Promise<Outcome> {
    await prepare(host, checks, given);
    const log = await DatagramReceiver.start(host.pathOf(LOG_SOCKET));
    const trial = new Trial(program, host, checks, log, within);
    try {
      return await trial.outcome();
    } finally {
      log.stop();
      trial.#node.close();
    }
  }

  private async outcome(): Promise<Outcome> {
    await this.#node.start(this.program, "foreground");
    await this.untilTold("STATE_FILE", 2);
    await this.untilTold("KERNEL", 2);
    const kernel = await this.host.ok(["sh", "-c", SHOW_KERNEL]);
    const seen = await this.settledVerdicts();
    this.touch(DOWN);
    await this.untilTold("STATE_FILE", 3);
    rmSync(this.host.pathOf(DOWN));
    await this.untilTold("STATE_FILE", 5);
    const toldMeanwhile = this.linesOf(`${TOLD}/CLOUD`);
    this.touch(ANSWERED);
    for (const { name, told } of NOTIFIES) await this.untilTold(name, told);
    const leftByCheck = this.lives(RESTARTED_PID);
    const before = this.records();
    await this.#node.stop();
    // Keepalived ends what runs when it has ended itself.
    if (this.program === "vrrpd")
      for (const { name, toldAtEnd } of NOTIFIES) await this.untilTold(name, toldAtEnd);
    return {
      ...seen,
      ...{ kernel, toldMeanwhile, before },
      after: this.records(),
      lives: { leftByCheck, leftByNotify: this.lives(DAEMON_PID), hanging: this.lives(HANGING_PID) },
      facts: { check: this.linesOf("/run/facts/check"), notify: this.linesOf("/run/facts/notify") },
    };
  }

  private records(): Records {
    const told = NOTIFIES.map(({ name }) => [name, this.linesOf(`${TOLD}/${name}`)] as const);
    return {
      ...Object.fromEntries(told),
      mails: this.linesOf(MAILBOX),
      logged: this.#log.messages.map((message) => message.replace(/^.*?keepalived-notify/, "")),
    };
  }

  private touch(path: string): void {
    writeFileSync(this.host.pathOf(path), "");
  }

  private async untilTold(instance: string, lines: number): Promise<void> {
    await until(() => this.linesOf(`${TOLD}/${instance}`).length >= lines, {
      what: `${lines} lines of ${instance} on ${this.host.name}`,
      timeoutMs: PATIENCE_MILLIS,
      intervalMs: POLL_MILLIS / 2,
    });
  }

  /** Once they are what they should be, or patience has an end. */
  private async settledVerdicts(): Promise<Pick<Outcome, "verdicts" | "priority">> {
    const endsAt = performance.now() + PATIENCE_MILLIS / 4;
    for (;;) {
      const text = await this.dump();
      const verdicts = Object.fromEntries(
        this.checks.map(({ name }) => {
          const status = new RegExp(`^ VRRP Script = ${name}\n(?: {3}.*\n)*? {3}Status = (\\S+)`, "m").exec(
            text,
          )?.[1];
          return [name, status ?? "disabled"];
        }),
      );
      const priority = /VRRP Instance = CHECKS\n(?:.*\n)*? {3}Effective priority = (\d+)/.exec(text)?.[1];
      const isSettled = this.checks.every(
        (check) => verdicts[check.name] === expectedOf(check, this.program),
      );
      if (isSettled || performance.now() > endsAt) return { verdicts, priority: Number(priority) };
    }
  }

  private async dump(): Promise<string> {
    const path = this.host.pathOf(`${TEMPORARY}/keepalived.data`);
    rmSync(path, { force: true });
    process.kill(this.#node.pids()[0]!, "SIGUSR1");
    const written = () => (existsSync(path) ? readFileSync(path, "latin1") : "");
    const what = `a dump on ${this.host.name}`;
    // Its last section.
    await until(() => /< Interfaces >.*\n$/s.test(written()), {
      ...{ what, timeoutMs: PATIENCE_MILLIS, intervalMs: POLL_MILLIS },
    });
    return written();
  }

  private linesOf(path: string): string[] {
    const file = this.host.pathOf(path);
    return existsSync(file) ? readFileSync(file, "latin1").split("\n").filter(Boolean) : [];
  }

  private lives(pidFile: string): boolean {
    const [pid] = this.linesOf(pidFile);
    return pid !== undefined && existsSync(`/proc/${pid}`);
  }
}

async function prepare(host: Host, checks: readonly Check[], given: Surroundings): Promise<void> {
  const files = [
    ...Object.entries(standInsNeeded(PATH)).map(([name, text]) => [`${BIN}/${name}`, text] as const),
    ...checks.flatMap(({ name, file }) =>
      file === undefined ? [] : [[`${SCRIPTS}/${name}.sh`, file] as const],
    ),
    ...NOTIFIES.flatMap(({ files }) =>
      Object.entries(files).map(([name, text]) => [`${SCRIPTS}/${name}`, text] as const),
    ),
    [`${SCRIPTS}/toggle.sh`, `#!/bin/sh\n! test -e ${DOWN}\n`] as const,
    [FACTS, FACTS_TEXT] as const,
  ];
  for (const folder of [BIN, TEMPORARY, TOLD, "/run/facts"])
    mkdirSync(host.pathOf(folder), { recursive: true });
  for (const [path, text] of files) writeFileSync(host.pathOf(path), text, { mode: 0o755 });
  writeFileSync(host.pathOf(`${SCRIPTS}/keepalived.conf`), confOf(checks));
  symlinkSync("/bin/sleep", host.pathOf(`${BIN}/${given.running}`));
  const running = host.start([`${BIN}/${given.running}`, "3600"]);
  writeFileSync(host.pathOf(given.pidFile), `${running.pid}\n`);
  const held = host.start(["sh", "-c", `exec 9> ${given.heldLock}; flock 9; echo held; exec sleep 3600`]);
  await held.waitForLine(/held/);
  const server = host.start(["perl", "-e", SERVER, String(given.port)]);
  await server.waitForLine(/ready/);
}

function confOf(checks: readonly Check[]): string {
  const script = (name: string, command: string, options: readonly string[]) =>
    block(`vrrp_script ${name}`, [`script "${command}"`, ...options]);
  const instance = (name: string, id: number, lines: readonly string[]) =>
    block(`vrrp_instance ${name}`, [
      "interface eth0",
      `virtual_router_id ${id}`,
      `priority ${BASE_PRIORITY}`,
      "advert_int 0.4",
      block("virtual_ipaddress", [`192.0.2.${100 + id}`]),
      ...lines,
    ]);
  return [
    block("global_defs", ["vrrp_version 3", "script_user root"]),
    ...checks.map(({ name, command, options = "" }, index) =>
      script(name, command, ["interval 30", `weight ${WEIGHTS[index % WEIGHTS.length]}`, options]),
    ),
    script("toggle", `${SCRIPTS}/toggle.sh`, ["interval 1"]),
    script("facts", `${FACTS} check`, ["interval 30", "weight 0"]),
    instance("CHECKS", 1, [
      block("track_script", [...checks.map(({ name }) => name), "facts"]),
      `notify_master "${FACTS} notify"`,
    ]),
    ...NOTIFIES.map(({ name, lines }, index) =>
      instance(name, index + 2, [block("track_script", ["toggle"]), ...lines]),
    ),
  ].join("\n");
}

function block(head: string, lines: readonly string[]): string {
  return `${head} {\n${lines.join("\n")}\n}\n`;
}

const SHOW_KERNEL = `sysctl -n net.ipv4.ip_nonlocal_bind
nft list tables | grep failover
iptables -w -t mangle -S PREROUTING`;

const FACTS_TEXT = `#!/bin/bash
cd=$(pwd)
{
  echo "cwd $cd"
  echo "umask $(umask)"
  for fd in /proc/$$/fd/*; do echo "fd \${fd##*/} $(readlink $fd)"; done
  grep -E '^(Sig(Blk|Ign)|Cap...|NoNewPrivs|Groups|Seccomp):' /proc/self/status
  echo "nice $(nice)"
  echo "limits $(ulimit -a | md5sum)"
  echo "oom $(cat /proc/$$/oom_score_adj)"
  read -r _ _ _ _ group session terminal _ < /proc/$$/stat
  [ $group = $$ ] && echo "own process group"
  [ $session = $$ ] && echo "own session"
  env | cut -d= -f1 | sort
} > /run/facts/$1
`;

const SERVER = String.raw`
use strict;
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalPort => $ARGV[0], Listen => 20, ReuseAddr => 1) or die "listen: $!";
$| = 1;
print "ready\n";
while (my $client = $server->accept) {
  my $line = <$client> // next;
  while (my $header = <$client>) { last if $header =~ /^\r?$/ }
  print $client $line =~ m{^GET / } ? "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n" : "HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n";
}
`;
