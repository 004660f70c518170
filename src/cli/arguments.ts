/** argv → what to do. */
import { parseArgs } from "node:util";
import { ExitCode, VrrpdError } from "../base/errors.js";

export type Command =
  | { readonly name: "run" }
  | { readonly name: "check"; readonly json: boolean }
  | { readonly name: "status"; readonly json: boolean; readonly socket: string | null }
  | { readonly name: "cleanup" }
  | { readonly name: "help" }
  | { readonly name: "version" };

const OPTIONS = {
  config: { type: "string" },
  json: { type: "boolean" },
  socket: { type: "string" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

type Options = { config?: string; json?: boolean; socket?: string; help?: boolean; version?: boolean };

/** Which options each command takes beside --help and --version. */
const ACCEPTED: Readonly<Record<string, readonly (keyof Options)[]>> = {
  run: ["config"],
  check: ["config", "json"],
  status: ["json", "socket"],
  cleanup: ["config"],
};
const NEEDS_CONFIG: readonly string[] = ["run", "check", "cleanup"];

export const USAGE = `vrrpd keeps virtual IP addresses alive on a set of hosts (VRRP, RFC 9568).

  vrrpd --config env                   run in the foreground; SIGTERM stops it
  vrrpd check --config env [--json]    print what the configuration means on this host; touches nothing
  vrrpd status [--json] [--socket F]   ask the running daemon who holds the addresses, and why
  vrrpd cleanup --config env           stop this configuration's daemon and remove what it may have left behind
  vrrpd --help, vrrpd --version

"--config env" reads the environment: OPENSHIFT_HA_* and VRRPD_* (docs/configuration.md).
Exit codes: 0 stopped as asked, 1 fatal, 2 configuration, 4 permission.`;

/** Throws VrrpdError `EUSAGE` (exit code 2). */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help) return { name: "help" };
  if (values.version) return { name: "version" };
  const name = positionals[0] ?? "run";
  if (
    !Object.hasOwn(ACCEPTED, name) ||
    (name === "run" && positionals.length > 0) ||
    positionals.length > 1
  ) {
    throw usage(`“${positionals.join(" ")}” is not a command; commands are check, status and cleanup`);
  }
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
  const json = values.json ?? false;
  if (name === "check") return { name, json };
  if (name === "status") return { name, json, socket: values.socket ?? null };
  return { name: name as "run" | "cleanup" };
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
