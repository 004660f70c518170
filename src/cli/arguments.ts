/** argv → what to do. */
import { parseArgs } from "node:util";
import { ExitCode, VrrpdError } from "../base/errors.js";

export type Command =
  | { readonly name: "run" }
  | { readonly name: "check"; readonly json: boolean }
  | { readonly name: "doctor"; readonly json: boolean }
  | {
      readonly name: "status";
      readonly json: boolean;
      readonly socket: string | null;
      readonly watch: boolean;
    }
  | {
      readonly name: "why";
      readonly json: boolean;
      readonly socket: string | null;
      readonly instance: string | null;
    }
  | { readonly name: "peers"; readonly json: boolean; readonly socket: string | null }
  | { readonly name: "health"; readonly ready: boolean; readonly socket: string | null }
  | { readonly name: "cleanup" }
  | { readonly name: "help" }
  | { readonly name: "version" };

const OPTIONS = {
  config: { type: "string" },
  json: { type: "boolean" },
  socket: { type: "string" },
  watch: { type: "boolean", short: "w" },
  ready: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

interface Options {
  config?: string;
  json?: boolean;
  socket?: string;
  watch?: boolean;
  ready?: boolean;
  help?: boolean;
  version?: boolean;
}

/** Which options each command takes beside --help and --version. */
const ACCEPTED: Readonly<Record<string, readonly (keyof Options)[]>> = {
  run: ["config"],
  check: ["config", "json"],
  doctor: ["config", "json"],
  status: ["json", "socket", "watch"],
  why: ["json", "socket"],
  peers: ["json", "socket"],
  health: ["ready", "socket"],
  cleanup: ["config"],
};
const NEEDS_CONFIG: readonly string[] = ["run", "check", "doctor", "cleanup"];
/** Words after the command's name. */
const MOST_WORDS: Readonly<Record<string, number>> = { why: 1 };

export const USAGE = `vrrpd keeps virtual IP addresses alive on a set of hosts (VRRP, RFC 9568).

  vrrpd --config env                   run in the foreground; SIGTERM stops it
  vrrpd check --config env [--json]    print what the configuration means on this host; touches nothing
  vrrpd doctor --config env [--json]   look for what would go wrong on this host; changes nothing
  vrrpd cleanup --config env           stop this configuration's daemon and remove what it may have left behind

  vrrpd status [--watch] [--json]      who holds the addresses here, since when, why, and what is wrong
  vrrpd why [INSTANCE] [--json]        the last transitions, what decided them, and what comes next
  vrrpd peers [--json]                 every speaker heard, and what differs from us
  vrrpd health [--ready]               for probes: one line, exit code 0 or 1

  vrrpd --help, vrrpd --version

"--config env" reads the environment: OPENSHIFT_HA_* and VRRPD_* (docs/configuration.md). The commands of the second
group ask the running daemon; with several on this host, --socket PATH says which.
Exit codes: 0 stopped as asked, 1 fatal, 2 configuration, 4 permission; doctor: 0, 1 warnings, 2 errors.`;

/** Throws VrrpdError `EUSAGE` (exit code 2). */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { name: "help" };
  if (values.version) return { name: "version" };
  const name = positionals[0] ?? "run";
  if (!Object.hasOwn(ACCEPTED, name) || (name === "run" && positionals.length > 0)) {
    const known = Object.keys(ACCEPTED).filter((one) => one !== "run");
    throw usage(`“${positionals.join(" ")}” is not a command; commands are ${known.join(", ")}`);
  }
  const words = positionals.slice(1);
  if (words.length > (MOST_WORDS[name] ?? 0)) throw usage(`“${words.join(" ")}” is too much for “${name}”`);
  for (const option of Object.keys(values) as (keyof Options)[]) {
    if (!ACCEPTED[name]!.includes(option)) throw usage(`--${option} does not belong to “${name}”`);
  }
  if (NEEDS_CONFIG.includes(name) && values.config !== "env") {
    throw usage(
      values.config === undefined
        ? "--config env is missing"
        : `--config ${values.config} is not known; accepted: env`,
    );
  }
  return commandOf(name, values, words);
}

function commandOf(name: string, values: Options, words: readonly string[]): Command {
  const json = values.json ?? false;
  const socket = values.socket ?? null;
  switch (name) {
    case "check":
    case "doctor":
      return { name, json };
    case "status":
      return { name, json, socket, watch: values.watch ?? false };
    case "why":
      return { name, json, socket, instance: words[0] ?? null };
    case "peers":
      return { name, json, socket };
    case "health":
      return { name, ready: values.ready ?? false, socket };
    default:
      return { name: name as "run" | "cleanup" };
  }
}

function parse(argv: readonly string[]): { values: Options; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function usage(what: string): VrrpdError {
  return new VrrpdError("EUSAGE", `${what} (see vrrpd --help)`, ExitCode.configuration);
}
