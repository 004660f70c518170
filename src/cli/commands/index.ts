/** The commands there are: what each is for, and where it is. It is loaded when it is called. */
import { ExitCode, VrrpdError } from "../../base/errors.js";
import { nearestName } from "../../base/text.js";
import { type Command, explain, type Invocation, readOptions, usage } from "./command.js";

interface Entry {
  /** What stands behind "vrrpd". */
  readonly usage: string;
  /** A clause. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Run where no command is named. */
const UNNAMED = "run";

/** What looks at this host. */
const ON_HOST: Readonly<Record<string, Entry>> = {
  [UNNAMED]: {
    usage: "--config env|env:FILE|FILE",
    summary: "run in the foreground; SIGTERM stops it",
    load: () => import("./run.js"),
  },
  check: {
    usage: "check --config env|env:FILE|FILE [--strict] [--json]",
    summary: "print what the configuration means here; touches nothing",
    load: () => import("./check.js"),
  },
  doctor: {
    usage: "doctor --config env|env:FILE|FILE [--json]",
    summary: "look for what would go wrong on this host; changes nothing",
    load: () => import("./doctor/index.js"),
  },
  cleanup: {
    usage: "cleanup --config env|env:FILE|FILE",
    summary: "stop this configuration's daemon and remove what it may have left behind",
    load: () => import("./cleanup.js"),
  },
};
/** What asks the daemon that runs on it. */
const OF_DAEMON: Readonly<Record<string, Entry>> = {
  status: {
    usage: "status [INSTANCE…] [--watch] [--exit-code] [--json]",
    summary: "who holds the addresses here, why, and what is wrong",
    load: () => import("./status.js"),
  },
  why: {
    usage: "why [INSTANCE] [--all] [--json]",
    summary: "the last transitions, what decided them, and what comes next",
    load: () => import("./why.js"),
  },
  peers: {
    usage: "peers [--json]",
    summary: "every speaker heard, and what differs from us",
    load: () => import("./peers.js"),
  },
  health: {
    usage: "health [--ready]",
    summary: "for probes: one line, exit code 0 or 1",
    load: () => import("./health.js"),
  },
  reload: {
    usage: "reload",
    summary: "have the daemon read its configuration again; exit code 2 where it is refused",
    load: () => import("./reload.js"),
  },
  yield: {
    usage: "yield [INSTANCE…] [--for 10m] [--persist] [--wait] [--force]",
    summary: "have the node give its addresses to others, and leave them there",
    load: () => import("./yield.js"),
  },
  resume: {
    usage: "resume [INSTANCE…]",
    summary: "have what has yielded take part again",
    load: () => import("./resume.js"),
  },
  "check-nagios": {
    usage: "check-nagios",
    summary: "for Nagios and its kin: one line with figures, exit code 0, 1, 2 or 3",
    load: () => import("./check-nagios.js"),
  },
};

const COMMANDS: Readonly<Record<string, Entry>> = { ...ON_HOST, ...OF_DAEMON };
const NAMES = Object.keys(COMMANDS).filter((name) => name !== UNNAMED);

export type Call =
  | { readonly type: "print"; readonly text: string; readonly exitCode: ExitCode }
  | { readonly type: "version" }
  | ({ readonly type: "run"; readonly name: string; readonly command: Command } & Pick<
      Invocation,
      "options" | "words"
    >);

/** What a command line asks for. Throws VrrpdError `EUSAGE` (exit code 2). */
export async function parseCall(argv: readonly string[]): Promise<Call> {
  const { name, rest } = split(argv);
  if (name === null && rest.some((word) => word === "--version" || word === "-V")) return { type: "version" };
  if (name === null && rest.some((word) => word === "--help" || word === "-h")) return print(overview());
  if (name === "help") return print(rest[0] === undefined ? overview() : await help(known(rest[0])));
  const called = name === null ? UNNAMED : known(name);
  const { command } = await COMMANDS[called]!.load();
  try {
    const read = readOptions(called, command, rest);
    return read === null ? print(await help(called)) : { type: "run", name: called, command, ...read };
  } catch (error) {
    if (command.onRefusal === undefined || !(error instanceof VrrpdError)) throw error;
    const { line, exitCode } = command.onRefusal(error);
    return print(line, exitCode);
  }
}

function print(text: string, exitCode: ExitCode = ExitCode.ok): Call {
  return { type: "print", text, exitCode };
}

/** The first word that is no option and no option's value is the command's name; what is left is the command's. */
function split(argv: readonly string[]): { name: string | null; rest: readonly string[] } {
  const takesValue = new Set(["--config", "--config-id", "-i", "--socket", "--for", "--timeout"]);
  const at = argv.findIndex(
    (word, index) => !word.startsWith("-") && (index === 0 || !takesValue.has(argv[index - 1]!)),
  );
  return at < 0 ? { name: null, rest: argv } : { name: argv[at]!, rest: argv.toSpliced(at, 1) };
}

function known(name: string): string {
  if (NAMES.includes(name)) return name;
  const nearest = nearestName(name, NAMES);
  throw usage(`“${name}” is not a command; did you mean ${nearest}? Commands are ${NAMES.join(", ")}`);
}

/** Of all commands, for the documents that are made of them. */
export interface Registered extends Pick<Entry, "usage" | "summary"> {
  /** null: it is run where none is named. */
  readonly name: string | null;
  readonly command: Command;
}

export function allCommands(): Promise<Registered[]> {
  return Promise.all(
    Object.entries(COMMANDS).map(async ([name, { usage: line, summary, load }]) => {
      const { command } = await load();
      return { name: name === UNNAMED ? null : name, usage: line, summary, command };
    }),
  );
}

async function help(name: string): Promise<string> {
  const { usage: line, summary, load } = COMMANDS[name]!;
  const { command } = await load();
  return `vrrpd ${line}: ${summary}.\n\n${explain(command)}`;
}

function overview(): string {
  return `vrrpd keeps virtual IP addresses alive on a set of hosts (VRRP, RFC 9568).

${lines(ON_HOST)}

${lines(OF_DAEMON)}

  vrrpd help COMMAND, vrrpd --help, vrrpd --version

"--config env" reads the environment: OPENSHIFT_HA_* and VRRPD_* (docs/configuration.md). "--config FILE" reads a
keepalived.conf (docs/keepalived-conf.md). The commands of the second group ask the running daemon; with several on this
host, --socket NAME says which.
Exit codes: 0 stopped as asked, 1 fatal, 2 configuration, 3 no daemon answers, 4 permission, 6 a file cannot be read;
yield --wait: 11 no other node has taken over in time; status --exit-code: 1 something is wrong;
doctor: 0, 1 warnings, 2 errors; check-nagios: 0, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.`;
}

function lines(entries: Readonly<Record<string, Entry>>): string {
  const width = Math.max(...Object.values(COMMANDS).map((entry) => entry.usage.length));
  return Object.values(entries)
    .map((entry) => `  vrrpd ${entry.usage.padEnd(width)}  ${entry.summary}`)
    .join("\n");
}
