/** What a command of the command line is, and how its options are read and explained. */

import { parseArgs } from "node:util";
import { ExitCode, VrrpdError } from "../../base/errors.js";
import { SOCKET_VARIABLE } from "../../base/socket-variable.js";
import { isVariables, type Place } from "../place.js";

export interface Option {
  readonly type: "boolean" | "string";
  readonly short?: string;
  /** What stands for its value in the help: `PATH`. */
  readonly value?: string;
  /** A clause. */
  readonly text: string;
}

export type Options = Readonly<Record<string, Option>>;

/** Options that were not given are left out. */
export type Values<O extends Options> = {
  readonly [K in keyof O]?: O[K]["type"] extends "boolean" ? boolean : string;
};

export interface Invocation<O extends Options = Options> {
  readonly options: Values<O>;
  /** What stands behind the command's name. */
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly print: (text: string) => ExitCode;
}

export interface Command<O extends Options = Options> {
  readonly options: O;
  /** How many words it takes; default none. */
  readonly mostWords?: number;
  /** Sentences for `vrrpd help COMMAND`, beside its summary. */
  readonly text: string;
  /** Beside those that all have. */
  readonly exitCodes: Readonly<Record<number, string>>;
  /** It ends by itself, in its own time, when a signal asks for that; others end at once. */
  readonly handlesSignals?: true;
  /** What to print, and to exit with, where its options are wrong; left out: the sentence, as for all. */
  readonly onRefusal?: (refusal: VrrpdError) => { readonly line: string; readonly exitCode: ExitCode };
  /** Throws VrrpdError with a sentence for the person who called it. */
  readonly run: (invocation: Invocation<O>) => Promise<ExitCode> | ExitCode;
}

export function defineCommand<const O extends Options>(command: Command<O>): Command {
  return command as unknown as Command;
}

/** Where the configuration is, and how it is to be read. */
export const SOURCE = {
  config: {
    type: "string",
    value: "env[:FILE]|FILE",
    text: "env: OPENSHIFT_HA_* and VRRPD_* variables; env:FILE: these in a file; FILE: keepalived.conf",
  },
  "config-id": {
    type: "string",
    short: "i",
    value: "ID",
    text: "what @ID in a keepalived.conf is compared with; default: the host's name",
  },
  vrrp: {
    type: "boolean",
    short: "P",
    text: "VRRP alone, as Keepalived's -P: virtual servers in a keepalived.conf are passed over",
  },
} as const satisfies Options;

export const JSON_OUTPUT = {
  type: "boolean",
  text: "print a document for programs",
} as const satisfies Option;
export const SOCKET = {
  type: "string",
  value: "NAME|PATH",
  text: `which of several daemons to ask, by name or socket; default: ${SOCKET_VARIABLE}, or the only one`,
} as const satisfies Option;
export const HELP: Option = { type: "boolean", short: "h", text: "print this" };

/** What those that ask a running daemon exit with when there is none. */
export const NO_DAEMON = { [ExitCode.noDaemon]: "no daemon answers" };

/**
 * Reads what stands behind the name of a command.
 * @returns null where help is asked for. Throws VrrpdError `EUSAGE` (exit code 2)
 */
export function readOptions(
  name: string,
  command: Command,
  argv: readonly string[],
): Pick<Invocation, "options" | "words"> | null {
  const options = { ...command.options, help: HELP };
  const { values, positionals } = parse(name, options, argv);
  const { help, ...rest } = values;
  if (help) return null;
  const most = command.mostWords ?? 0;
  if (positionals.length > most) {
    const advice = "config" in options ? "; a file is named with --config FILE" : "";
    throw usage(`“${positionals.slice(most).join(" ")}” is too much for “${name}”${advice}`);
  }
  return { options: rest as Invocation["options"], words: positionals };
}

const EXIT_CODES = {
  [ExitCode.ok]: "as asked",
  [ExitCode.fatal]: "something else failed",
  [ExitCode.configuration]: "wrong options, or a configuration that is refused",
};
const UNREADABLE = { [ExitCode.file]: "the file of the configuration, or one that it needs, cannot be read" };

type Rows = readonly (readonly [head: string, clause: string])[];

/** A command's options and exit codes, with what each means. */
export function rowsOf({ options, exitCodes }: Command): { readonly options: Rows; readonly codes: Rows } {
  const named = Object.entries({ ...options, help: HELP }).map(([name, option]) => {
    const short = option.short === undefined ? "" : `-${option.short}, `;
    return [`${short}--${name}${option.value === undefined ? "" : ` ${option.value}`}`, option.text] as const;
  });
  const codes = Object.entries({ ...EXIT_CODES, ...("config" in options ? UNREADABLE : {}), ...exitCodes });
  return { options: named, codes };
}

/** Lines about a command's options and exit codes. */
export function explain(command: Command): string {
  const { options, codes } = rowsOf(command);
  return [command.text, "", ...columns(options), "", "Exit codes:", ...columns(codes)].join("\n");
}

function columns(rows: Rows): string[] {
  const width = Math.max(...rows.map(([head]) => head.length));
  return rows.map(([head, clause]) => `  ${head.padEnd(width)}  ${clause}`);
}

/** Throws VrrpdError `EUSAGE` (exit code 2) where no configuration is named. */
export function requirePlace({ config = "", "config-id": id, vrrp = false }: Values<typeof SOURCE>): Place {
  if (config === "") throw usage("--config env or --config FILE is missing");
  const forFiles = id !== undefined ? "--config-id" : vrrp ? "--vrrp" : null;
  if (config === "env:") throw usage("--config env: names no file behind the colon");
  if (isVariables({ config }) && forFiles !== null)
    throw usage(`${forFiles} is about a keepalived.conf, and --config is ${config}`);
  return { config, id: id ?? null, vrrpAlone: vrrp };
}

export function usage(what: string, see = "vrrpd --help"): VrrpdError {
  return new VrrpdError("EUSAGE", `${what} (see ${see})`);
}

function parse(name: string, options: Options, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION") throw usage(message, helpOf(name));
    const unknown = /'(-[^' ]*)/.exec(message)?.[1] ?? "an option";
    const known = Object.keys(options).map((one) => `--${one}`);
    throw usage(`${unknown} does not belong to “${name}”, which takes ${known.join(", ")}`, helpOf(name));
  }
}

function helpOf(name: string): string {
  return name === "run" ? "vrrpd --help" : `vrrpd help ${name}`;
}
