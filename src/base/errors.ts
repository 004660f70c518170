/** Errors that a person will read: typed, with a code and one clear sentence. */

/** Exit codes of the command (docs/configuration.md). */
export const ExitCode = { ok: 0, fatal: 1, configuration: 2, noDaemon: 3, permission: 4 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export class VrrpdError extends Error {
  override readonly name = "VrrpdError";
  constructor(
    /** Stable, for programs: `EPERMISSION`, `EINTERFACE`… */
    readonly code: string,
    message: string,
    readonly exitCode: ExitCode = ExitCode.fatal,
  ) {
    super(message);
  }
}

/** Throws when `condition` does not hold: a defect of vrrpd itself, never of its input. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new VrrpdError("EASSERTION", `internal error: ${message}`);
}
