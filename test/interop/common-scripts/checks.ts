/** Checks as people write them. */
import type { Program } from "../migration/node.js";

export interface Check {
  readonly name: string;
  /** As it stands behind `script`, in quotes. */
  readonly command: string;
  /** What it is to both. */
  readonly good: boolean;
  /** Where ours decides otherwise: what it is to Keepalived, and why ours does not follow. */
  readonly otherwise?: {
    readonly theirs: "GOOD" | "BAD";
    readonly ours: "BAD" | "disabled";
    readonly why: string;
  };
  /** Under /etc/keepalived, by its name: what the command begins with. */
  readonly file?: string;
  readonly options?: string;
}

/** What is there to be checked. */
export interface Surroundings {
  /** The name of a process that runs, and of one that does not. */
  readonly running: string;
  readonly dead: string;
  /** Of the process that runs. */
  readonly pidFile: string;
  /** Serves HTTP at 127.0.0.1: / is found, anything else is not. */
  readonly port: number;
  /** Nobody listens there. */
  readonly closedPort: number;
  /** Answers. */
  readonly neighbour: string;
  /** Is on the way to nowhere. */
  readonly elsewhere: string;
  readonly own: string;
  /** Of a lock that somebody else has. */
  readonly heldLock: string;
}

/** Of a service that a check has started. */
export const RESTARTED_PID = "/run/restarted.pid";
export const SCRIPTS = "/etc/keepalived";

export type Verdict = "GOOD" | "BAD" | "disabled";

export function expectedOf({ good, otherwise }: Check, program: Program): Verdict {
  if (otherwise !== undefined) return program === "vrrpd" ? otherwise.ours : otherwise.theirs;
  return good ? "GOOD" : "BAD";
}

const sh = (text: string) => `#!/bin/sh\n${text}\n`;
const bash = (text: string) => `#!/bin/bash\n${text}\n`;

export function checksOf(given: Surroundings): readonly Check[] {
  const { running, dead, pidFile, port, closedPort, neighbour, elsewhere, own, heldLock } = given;
  const url = `http://127.0.0.1:${port}`;
  const inFile = (name: string, file: string, good: boolean, options?: string): Check => ({
    ...{ name, command: `${SCRIPTS}/${name}.sh`, good, file },
    ...(options === undefined ? {} : { options }),
  });
  return [
    { name: "killall", command: `killall -0 ${running}`, good: true },
    { name: "killall_dead", command: `killall -0 ${dead}`, good: false },
    { name: "pgrep", command: `pgrep -x ${running}`, good: true },
    { name: "pgrep_dead", command: `/usr/bin/pgrep -x ${dead}`, good: false },
    { name: "pgrep_pid_file", command: `/usr/bin/pgrep -F ${pidFile}`, good: true },
    inFile("kill_0", sh(`kill -0 "$(cat ${pidFile})" 2>/dev/null`), true),
    { name: "curl", command: `curl -sf -o /dev/null --max-time 20 ${url}/`, good: true },
    { name: "curl_not_found", command: `/usr/bin/env curl -sfk ${url}/healthz`, good: false },
    { name: "dev_tcp", command: `/bin/bash -c '</dev/tcp/127.0.0.1/${port}'`, good: true },
    { name: "dev_tcp_closed", command: `/bin/bash -c '</dev/tcp/127.0.0.1/${closedPort}'`, good: false },
    { name: "systemctl", command: "systemctl is-active --quiet haproxy", good: true },
    { name: "systemctl_dead", command: "systemctl is-active --quiet nginx", good: false },
    { name: "ip_route", command: `ip route get ${neighbour}`, good: true },
    { name: "ip_route_none", command: `ip route get ${elsewhere}`, good: false },
    inFile("ip_addr", sh(`ip addr show dev eth0 | grep -q "inet ${own}/"`), true),
    { name: "pipe_without_shell", command: `ip addr show | grep ${own}`, good: false },
    { name: "and_without_shell", command: "true && false", good: true },
    inFile("conntrack", sh("conntrack -L 2>/dev/null | grep -c . > /dev/null"), true),
    { name: "ping", command: `ping -c1 -W1 ${neighbour}`, good: true },
    { name: "ping_silent", command: "ping -c1 -W1 192.0.2.250", good: false, options: "timeout 3" },
    inFile("cloud_call", sh("sleep 30"), false, "timeout 1"),
    inFile("flock", sh("exec 9> /run/check.lock; flock -n 9 || exit 1; exit 0"), true),
    inFile("flock_held", sh(`exec 9> ${heldLock}; flock -n 9 || exit 1; exit 0`), false),
    inFile("flood", sh("head -c 3000000 /dev/zero | tr '\\0' x; head -c 3000000 /dev/zero >&2"), true),
    inFile("pipefail", bash("set -euo pipefail\nfalse | cat\nexit 0"), false),
    inFile("unset", bash('set -euo pipefail\necho "$NOT_SET_ANYWHERE"\nexit 0'), false),
    inFile("exit_2", sh("exit 2"), false),
    inFile("exit_255", sh("exit 255"), false),
    inFile("kills_itself", sh("kill -KILL $$"), false),
    inFile("terminates_itself", sh("kill -TERM $$"), false),
    inFile("stdin", sh("if read -r line; then exit 1; fi; cat > /dev/null"), true),
    inFile(
      "home_and_path",
      sh('set -u; cd "$HOME" && case ":$PATH:" in *:/usr/bin:*) exit 0;; esac; exit 1'),
      true,
    ),
    inFile(
      "perl",
      '#!/usr/bin/perl\nuse strict;\nexit(-e "/etc/keepalived/keepalived.conf" ? 0 : 1);\n',
      true,
    ),
    inFile("env_bash", "#!/usr/bin/env bash\n[[ 1 -lt 2 ]]\n", true),
    inFile("no_interpreter_line", "exit 0\n", true),
    {
      ...inFile("no_interpreter_line_bad", "exit 1\n", false),
      otherwise: {
        theirs: "GOOD",
        ours: "BAD",
        why: "what the kernel does not start is run by /bin/sh, not taken for well",
      },
    },
    ...["no_interpreter", "carriage_returns"].map((name) => ({
      ...inFile(name, name === "no_interpreter" ? "#!/usr/bin/not-there\n" : "#!/bin/sh\r\nexit 0\r\n", true),
      otherwise: {
        theirs: "GOOD",
        ours: "disabled",
        why: "what cannot be started is not taken for well",
      } as const,
    })),
    inFile("su", sh("su nobody -s /bin/sh -c 'test \"$(id -un)\" = nobody'"), true),
    inFile("runuser", sh('test "$(runuser -u nobody -- id -un)" = nobody'), true),
    inFile("as_nobody", sh('test "$(id -un)" = nobody'), true, "user nobody"),
    inFile(
      "restarts_service",
      sh(`kill -0 "$(cat ${RESTARTED_PID} 2>/dev/null)" 2>/dev/null && exit 0
nohup sh -c 'while :; do echo tick; sleep 1; done' &
echo $! > ${RESTARTED_PID}`),
      true,
    ),
  ];
}
