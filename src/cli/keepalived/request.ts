/** What a command line of `keepalived` asks for, with the defaults of Keepalived. */
import { resolve } from "node:path";
import { VrrpdError } from "../../base/errors.js";
import type { Place } from "../place.js";
import { type CommandLine, readCommandLine } from "./command-line.js";
import { type KeepalivedOption, OPTIONS, type OptionName, spellingOf } from "./options.js";
import { SIGNAL_NAMES, signalNumber } from "./signal-numbers.js";

export interface RunRequest {
  readonly place: Place;
  readonly foreground: boolean;
  readonly log: LogRequest;
  /** null: it stays as it is. */
  readonly umask: number | null;
  /** Absolute. */
  readonly pidFiles: readonly string[];
  /** What it does not do, a sentence each. */
  readonly warnings: readonly string[];
}

export interface LogRequest {
  readonly console: boolean;
  readonly syslog: boolean;
  /** 0..23, as syslog counts them. */
  readonly facility: number;
}

export type Request =
  | { readonly type: "version" | "help" }
  | { readonly type: "number"; readonly number: number }
  /** A sentence without its full stop. */
  | { readonly type: "refused"; readonly problem: string }
  /** @param output null: standard error */
  | {
      readonly type: "test";
      readonly place: Place;
      readonly output: string | null;
      readonly umask: number | null;
    }
  | ({ readonly type: "run" } & RunRequest);

const DEFAULT_FILE = "/etc/keepalived/keepalived.conf";
const DEFAULT_PID_FILES = { pid: "/run/keepalived.pid", vrrp_pid: "/run/vrrp.pid" } as const;

/** LOG_USER, LOG_DAEMON, LOG_LOCAL0 of syslog(3). */
const FACILITIES = { user: 1, daemon: 3, local0: 16 } as const;

export function readRequest(words: readonly string[]): Request {
  const line = readCommandLine(words);
  const { given, problem } = line;
  if (given.has("version")) return { type: "version" };
  if (given.has("help")) return { type: "help" };
  if (problem !== null) return { type: "refused", problem };
  const name = given.get("signum");
  if (name !== undefined) return numberOf(name);
  return problemOf(line) ?? (given.has("config-test") ? testOf(line) : runOf(line));
}

function numberOf(name: string): Request {
  const number = signalNumber(name);
  if (number !== null) return { type: "number", number };
  return {
    type: "refused",
    problem: `--signum=${name} is no signal of Keepalived; accepted: ${SIGNAL_NAMES.join(", ")}`,
  };
}

/** null: it can be meant. */
function problemOf({ given }: CommandLine): Request | null {
  const refuse = (problem: string): Request => ({ type: "refused", problem });
  const refused = optionsOf(given, "refused").find(({ long }) => !(long === "check" && given.has("vrrp")));
  if (refused !== undefined) return refuse(`${spellingOf(refused)} is not done: ${refused.text}`);
  const config = given.get("config");
  if (config !== undefined && config !== "env")
    return refuse(`--config=${config} is not accepted; accepted: env, or --use-file=FILE`);
  if (config !== undefined && given.has("use-file"))
    return refuse("--config=env and --use-file exclude each other");
  const facility = given.get("log-facility");
  if (facility !== undefined && facilityOf(facility) === null)
    return refuse(
      `--log-facility=${facility} is not accepted; accepted: 0 to 7, local0 to local7, user, daemon`,
    );
  const umask = given.get("umask");
  if (umask !== undefined && umaskOf(umask) === null)
    return refuse(`--umask=${umask} is not accepted; accepted: an octal number up to 0777`);
  return null;
}

function testOf({ given }: CommandLine): Request {
  const output = given.get("config-test")!;
  return {
    type: "test",
    place: placeOf(given),
    output: output === "" ? null : output,
    umask: umaskOf(given.get("umask")),
  };
}

function runOf(line: CommandLine): Request {
  const { given } = line;
  return {
    type: "run",
    place: placeOf(given),
    foreground: given.has("dont-fork"),
    log: {
      console: given.has("log-console"),
      syslog: !given.has("no-syslog"),
      facility: facilityOf(given.get("log-facility") ?? "daemon")!,
    },
    umask: umaskOf(given.get("umask")),
    pidFiles: [
      ...new Set(
        (["pid", "vrrp_pid"] as const).map((name) => absolute(given.get(name) ?? DEFAULT_PID_FILES[name])),
      ),
    ],
    warnings: warningsOf(line),
  };
}

function placeOf(given: ReadonlyMap<OptionName, string>): Place {
  const isFile = !given.has("config");
  return {
    config: isFile ? absolute(given.get("use-file") ?? DEFAULT_FILE) : "env",
    id: given.get("config-id") ?? null,
    vrrpAlone: given.has("vrrp"),
    includesRequired: given.has("all-config"),
  };
}

/** Throws VrrpdError `EUSAGE` where the folder that this process is in has been removed. */
function absolute(path: string): string {
  try {
    return resolve(path);
  } catch {
    throw new VrrpdError(
      "EUSAGE",
      `${path} means nothing: the current folder does not exist any more; give an absolute path`,
    );
  }
}

function warningsOf({ given, operands }: CommandLine): string[] {
  const options = [...optionsOf(given, "warned"), ...optionsOf(given, "refused")].map(
    (option) => `${spellingOf(option)}: ${option.text}`,
  );
  const words = operands.map(
    (word) => `“${word}” on the command line belongs to no option: it is passed over, as in Keepalived`,
  );
  return [...options, ...words];
}

function optionsOf(
  given: ReadonlyMap<OptionName, string>,
  ours: KeepalivedOption["ours"],
): KeepalivedOption[] {
  return OPTIONS.filter((option) => option.ours === ours && given.has(option.long as OptionName));
}

/** null: there is no such facility. */
function facilityOf(text: string): number | null {
  if (text === "user" || text === "daemon") return FACILITIES[text];
  const local = /^(?:local)?([0-7])$/.exec(text)?.[1];
  return local === undefined ? null : FACILITIES.local0 + Number(local);
}

/** null: it is none, or not given. */
function umaskOf(text: string | undefined): number | null {
  return text !== undefined && /^0?[0-7]{1,3}$/.test(text) ? Number.parseInt(text, 8) : null;
}
