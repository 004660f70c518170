/** Errors that a person will read: typed, with a code and one clear sentence. */
import { SOCKET_VARIABLE } from "./socket-variable.js";

/** Exit codes of the command (docs/configuration.md). */
export const ExitCode = {
  ok: 0,
  fatal: 1,
  configuration: 2,
  noDaemon: 3,
  permission: 4,
  file: 6,
  changes: 10,
  alone: 11,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

interface Meaning {
  /** Of a command that ends with it. */
  readonly exitCode: ExitCode;
  /** Sentences without a full stop, as docs/operating.md has them. */
  readonly meaning: string;
  readonly action: string;
}

/** All that can be wrong, by a code that stays as it is, for programs. */
export const ERRORS = {
  EUSAGE: {
    exitCode: ExitCode.configuration,
    meaning: "The command line makes no sense",
    action: "`vrrpd help COMMAND` says what is accepted",
  },
  ECONFIG: {
    exitCode: ExitCode.configuration,
    meaning: "The configuration cannot be meant; nothing was touched",
    action: "Each line names a setting, its value and what is accepted",
  },
  EFILE: {
    exitCode: ExitCode.file,
    meaning: "A file of the configuration cannot be read; nothing was touched",
    action:
      "Give it as a plain file of UTF-8 text, readable and without execute bits; the message says what is wrong",
  },
  ENODAEMON: {
    exitCode: ExitCode.noDaemon,
    meaning: "No daemon answers at the control socket",
    action: "Look whether one runs, in this mount namespace; `--socket` names another one",
  },
  EPERMISSION: {
    exitCode: ExitCode.permission,
    meaning: "A capability is missing",
    action: "Run as root, or grant the capabilities that are named",
  },
  EFORBIDDEN: {
    exitCode: ExitCode.permission,
    meaning: "The daemon does not do that for this user",
    action:
      "Run the command as root, or as the user of the daemon; a group of users may ask, if one is configured",
  },
  EAMBIGUOUS: {
    exitCode: ExitCode.fatal,
    meaning: "Several daemons run here",
    action: `Name one with \`--socket\` or \`${SOCKET_VARIABLE}\``,
  },
  EINSTANCE: {
    exitCode: ExitCode.fatal,
    meaning: "The daemon has no instance of this name",
    action: "Take one of the names that are listed",
  },
  EALONE: {
    exitCode: ExitCode.alone,
    meaning: "No other node has taken over in time, though this one has yielded",
    action: "Look at the other nodes: `vrrpd status` there; it stays yielded until `vrrpd resume`",
  },
  EPERSIST: {
    exitCode: ExitCode.fatal,
    meaning: "A yield does not outlive the daemon, or one that has ended would",
    action: "Make `/var/lib/vrrpd` writable for the daemon, and lasting; then say it again",
  },
  ELOCKED: {
    exitCode: ExitCode.fatal,
    meaning: "Another daemon on this host runs the virtual router",
    action: "Stop that one first; the message names it",
  },
  ECONFIGURE: {
    exitCode: ExitCode.fatal,
    meaning: "A new plan changes what a running daemon cannot change; all stays as it was",
    action: "Restart vrrpd; the message names each difference",
  },
  ECONTROL: {
    exitCode: ExitCode.fatal,
    meaning: "The control socket cannot be opened",
    action: `Make its folder writable, or set \`${SOCKET_VARIABLE}\``,
  },
  ESOCKET: {
    exitCode: ExitCode.fatal,
    meaning: "The kernel gives no socket for adverts on an interface",
    action: "The kernel's words say why: memory, descriptors, or the interface itself",
  },
  ENETLINK: {
    exitCode: ExitCode.fatal,
    meaning: "The kernel does not answer about its links, addresses and routes",
    action: "The kernel's words say why; the daemon tries again where it can",
  },
  EFIREWALL: {
    exitCode: ExitCode.fatal,
    meaning: "The firewall rule for VRRP could not be set or removed",
    action: "The program's own words say why; without the rule adverts may be dropped",
  },
  EPROGRAM: {
    exitCode: ExitCode.fatal,
    meaning: "A program that the firewall rule needs is not installed",
    action: "Install it",
  },
  EOUTPUT: {
    exitCode: ExitCode.fatal,
    meaning: "Standard output takes nothing more; what was asked for is done",
    action: "The kernel's word says why: `ENOSPC` is a full disk",
  },
  EASSERTION: {
    exitCode: ExitCode.fatal,
    meaning: "A defect of vrrpd itself",
    action: "Report it with the log; a restart takes part again",
  },
} as const satisfies Record<string, Meaning>;

export type ErrorCode = keyof typeof ERRORS;

export class VrrpdError extends Error {
  override readonly name = "VrrpdError";
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }

  get exitCode(): ExitCode {
    return ERRORS[this.code].exitCode;
  }
}

/** What a person reads of it: of ours the sentence, of any other one all that there is. */
export function wordsOf(error: unknown): string {
  if (error instanceof VrrpdError) return error.message;
  return (error as Error).stack ?? String(error);
}

/** What a command that ends with it exits with. */
export function exitCodeOf(error: unknown): ExitCode {
  return error instanceof VrrpdError ? error.exitCode : ExitCode.fatal;
}

/** Throws when `condition` does not hold: a defect of vrrpd itself, never of its input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new VrrpdError("EASSERTION", `internal error: ${message}`);
}
