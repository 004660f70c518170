/** Notify scripts as people write them. Each instance of the file has one kind of them. */

export interface Notify {
  /** Of the instance. */
  readonly name: string;
  /** Of the block of the instance. */
  readonly lines: readonly string[];
  /** How many lines it tells until it is master for the second time. */
  readonly told: number;
  /** And until the end. */
  readonly toldAtEnd: number;
  /** Under /etc/keepalived, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Where an instance tells what happens, a line each. */
export const TOLD = "/run/told";
export const LOG_SOCKET = "/run/log.sock";
/** Of what is left in the background. */
export const DAEMON_PID = "/run/daemon.pid";
/** There: the cloud has answered what it was asked first. */
export const ANSWERED = "/run/answered";
/** Of a call that takes 30 s. */
export const HANGING_PID = "/run/hanging.pid";

const at = (name: string) => `/etc/keepalived/${name}`;
const sh = (text: string) => `#!/bin/sh\n${text}\n`;
const tell = (instance: string, words: string) => `echo "${words}" >> ${TOLD}/${instance}`;

export const NOTIFIES: readonly Notify[] = [
  {
    name: "STATE_FILE",
    told: 5,
    toldAtEnd: 6,
    lines: [`notify ${at("state.sh")}`],
    files: { "state.sh": sh(`echo "$1 $2 $3 $4" > /run/state\n${tell("STATE_FILE", "$# $1 $2 $3 $4")}`) },
  },
  {
    name: "KERNEL",
    told: 5,
    toldAtEnd: 6,
    lines: [
      `notify_master "${at("kernel.sh")} 1"`,
      `notify_backup "${at("kernel.sh")} 0"`,
      `notify_fault "${at("kernel.sh")} 0"`,
      `notify_stop "${at("kernel.sh")} 0"`,
    ],
    files: {
      "kernel.sh": sh(`sysctl -q -w net.ipv4.ip_nonlocal_bind="$1"
if [ "$1" = 1 ]; then nft add table inet failover; else nft delete table inet failover 2> /dev/null; fi
if [ "$1" = 1 ]; then iptables -w -t mangle -A PREROUTING -p tcp -j ACCEPT; else iptables -w -t mangle -F PREROUTING; fi
${tell("KERNEL", "$1")}`),
    },
  },
  {
    name: "BACKGROUND",
    told: 1,
    toldAtEnd: 1,
    lines: [`notify_master ${at("start-daemon.sh")}`],
    files: {
      "start-daemon.sh": sh(`test -e ${DAEMON_PID} && kill -0 "$(cat ${DAEMON_PID})" && exit 0
nohup sh -c 'while :; do echo tick; sleep 1; done' &
echo $! > ${DAEMON_PID}
${tell("BACKGROUND", "started")}`),
    },
  },
  {
    name: "MAIL",
    told: 5,
    toldAtEnd: 6,
    lines: [`notify ${at("mail.sh")}`],
    files: {
      "mail.sh": sh(`echo "$2 is now $3" | mail -s "VRRP: $3" root@localhost
logger -u /run/log.sock -t keepalived-notify "$2 $3"
${tell("MAIL", "$3")}`),
    },
  },
  {
    name: "CLOUD",
    told: 9,
    toldAtEnd: 11,
    lines: [`notify ${at("cloud.sh")}`],
    files: {
      "cloud.sh": sh(`${tell("CLOUD", "begin $3")}
if [ "$3" = MASTER ]; then
  if [ -e ${ANSWERED} ]; then echo $$ > ${HANGING_PID}; sleep 30; else until [ -e ${ANSWERED} ]; do sleep 0.5; done; fi
fi
${tell("CLOUD", "end $3")}`),
    },
  },
  {
    name: "FLOOD",
    told: 5,
    toldAtEnd: 6,
    lines: [`notify ${at("flood-notify.sh")}`],
    files: {
      "flood-notify.sh": sh(`head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2
${tell("FLOOD", "$3")}`),
    },
  },
  {
    name: "STRICT",
    told: 9,
    toldAtEnd: 10,
    lines: [
      `notify_master "${at("strict.sh")} MASTER 'with blanks'"`,
      `notify_backup "${at("strict.sh")} BACKUP"`,
      `notify ${at("strict.sh")}`,
    ],
    files: {
      "strict.sh": `#!/bin/bash
set -euo pipefail
cat
${tell("STRICT", "$# $*")}
false | true
${tell("STRICT", "never")}
`,
    },
  },
];
