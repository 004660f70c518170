/** Keepalived's options, as its version 2.2.7 has them, and what each means to vrrpd. docs/keepalived-command.md has the same table. */
import { VARIABLES } from "../../config/index.js";

export interface KeepalivedOption {
  readonly long: string;
  readonly short?: string;
  /** What stands for its value; left out: it takes none. */
  readonly value?: string;
  /** Its value stands right behind it, or is left out. */
  readonly optional?: true;
  /**
   * `same`: what it does in Keepalived. `nothing`: there is nothing to do. `warned`: Keepalived does something that vrrpd
   * does not, and vrrpd runs. `refused`: vrrpd does not run. `own`: Keepalived does not have it.
   */
  readonly ours: "same" | "nothing" | "warned" | "refused" | "own";
  /** What it does; of one that vrrpd does not do, why, or what to do instead. A clause. */
  readonly text: string;
}

const ONE_PROCESS = "vrrpd is one process";
const NO_BALANCING = "vrrpd balances no load";

const TABLE = [
  {
    long: "use-file",
    short: "f",
    value: "FILE",
    ours: "same",
    text: "the configuration; default: /etc/keepalived/keepalived.conf",
  },
  {
    long: "config",
    value: "env",
    ours: "own",
    text: "in place of a file: the variables OPENSHIFT_HA_* and VRRPD_*",
  },
  {
    long: "vrrp",
    short: "P",
    ours: "same",
    text: "VRRP alone: virtual servers in the file are passed over",
  },
  { long: "check", short: "C", ours: "refused", text: `${NO_BALANCING}; with -P beside it, only a warning` },
  { long: "no_bfd", short: "B", ours: "nothing", text: "vrrpd has no BFD" },
  { long: "all", ours: "nothing", text: ONE_PROCESS },
  {
    long: "log-console",
    short: "l",
    ours: "same",
    text: "the log goes to standard output; Keepalived writes it to standard error",
  },
  {
    long: "log-detail",
    short: "D",
    ours: "nothing",
    text: `details are logged anyway; ${VARIABLES.logLevel.name} has the levels`,
  },
  {
    long: "log-facility",
    short: "S",
    value: "([0-7]|local[0-7]|user|daemon)",
    ours: "same",
    text: "syslog's facility; default: daemon",
  },
  { long: "no-syslog", short: "G", ours: "same", text: "nothing is written to syslog" },
  { long: "umask", short: "u", value: "MASK", ours: "same", text: "the umask, an octal number" },
  {
    long: "release-vips",
    short: "X",
    ours: "nothing",
    text: "whoever is told to stop releases the addresses anyway",
  },
  {
    long: "dont-release-vrrp",
    short: "V",
    ours: "warned",
    text: "the addresses are removed at the end all the same: nobody would answer for them",
  },
  { long: "dont-release-ipvs", short: "I", ours: "nothing", text: NO_BALANCING },
  { long: "dont-respawn", short: "R", ours: "nothing", text: ONE_PROCESS },
  { long: "dont-fork", short: "n", ours: "same", text: "in the foreground" },
  {
    long: "dump-conf",
    short: "d",
    ours: "nothing",
    text: "the configuration is not logged; SIGUSR1 writes it to keepalived.data",
  },
  {
    long: "pid",
    short: "p",
    value: "FILE",
    ours: "same",
    text: "where the process id is written; default: /run/keepalived.pid",
  },
  {
    long: "vrrp_pid",
    short: "r",
    value: "FILE",
    ours: "same",
    text: `where the same process id is written, as that of Keepalived's VRRP process; default: /run/vrrp.pid`,
  },
  {
    long: "checkers_pid",
    short: "c",
    value: "FILE",
    ours: "nothing",
    text: "nothing is written: there is no such process",
  },
  {
    long: "bfd_pid",
    short: "b",
    value: "FILE",
    ours: "nothing",
    text: "nothing is written: there is no such process",
  },
  {
    long: "genhash",
    short: "T",
    ours: "refused",
    text: "it is about load balancing; sha256sum and md5sum make digests",
  },
  {
    long: "address-monitoring",
    short: "a",
    ours: "warned",
    text: "only changes of virtual addresses are logged; ip monitor address shows all",
  },
  { long: "snmp", short: "x", ours: "warned", text: "there is no SNMP; docs/metrics.md says what there is" },
  {
    long: "snmp-agent-socket",
    short: "A",
    value: "FILE",
    ours: "warned",
    text: "there is no SNMP; docs/metrics.md says what there is",
  },
  {
    long: "namespace",
    short: "s",
    value: "NAME",
    ours: "refused",
    text: "start it there: ip netns exec NAME keepalived …, with pid files of its own",
  },
  { long: "core-dump", short: "m", ours: "nothing", text: "ulimit -c says whether there are core dumps" },
  {
    long: "core-dump-pattern",
    short: "M",
    value: "PATTERN",
    optional: true,
    ours: "warned",
    text: "the kernel's core pattern stays as it is",
  },
  {
    long: "all-config",
    short: "e",
    ours: "same",
    text: "an include that brings nothing refuses the configuration",
  },
  {
    long: "config-id",
    short: "i",
    value: "ID",
    ours: "same",
    text: "what @ID in the file is compared with; default: the host's name",
  },
  {
    long: "signum",
    value: "NAME",
    ours: "same",
    text: "print the number of a signal: STOP, RELOAD, DATA, STATS, STATS_CLEAR, JSON",
  },
  {
    long: "config-test",
    short: "t",
    value: "FILE",
    optional: true,
    ours: "same",
    text: "say what is wrong with the configuration, on standard error or in FILE, and run nothing",
  },
  { long: "version", short: "v", ours: "same", text: "print the version" },
  { long: "help", short: "h", ours: "same", text: "print this" },
] as const satisfies readonly KeepalivedOption[];

export const OPTIONS: readonly KeepalivedOption[] = TABLE;

export type OptionName = (typeof TABLE)[number]["long"];

/** `-f, --use-file=FILE` */
export function spellingOf({ long, short, value, optional }: KeepalivedOption): string {
  const words = value === undefined ? `--${long}` : optional ? `--${long}[=${value}]` : `--${long}=${value}`;
  return short === undefined ? words : `-${short}, ${words}`;
}

/** What `--help` prints. */
export function helpText(program: string): string {
  const rows = OPTIONS.map((option) => [spellingOf(option), `${option.text}${NOTES[option.ours]}`] as const);
  const width = 30;
  const lines = rows.map(([head, text]) =>
    head.length < width ? `  ${head.padEnd(width)}${text}` : `  ${head}\n${" ".repeat(width + 2)}${text}`,
  );
  return [`Usage: ${program} [OPTION...]`, ...lines].join("\n");
}

const NOTES: Readonly<Record<KeepalivedOption["ours"], string>> = {
  same: "",
  own: "",
  nothing: " (accepted, does nothing)",
  warned: " (accepted with a warning)",
  refused: " (refused)",
};
