/** What goes wrong in the harness: typed, with a code and one clear sentence. */

export type HarnessErrorCode =
  | "EDESCRIPTION" // the description of a LAN or host cannot be meant
  | "EMISSING" // a program that the harness needs is not installed
  | "EPERMISSION" // this process may not make namespaces
  | "ECOMMAND" // a command inside a host failed
  | "EEXITED" // a process ended before what was waited for
  | "ETIMEOUT" // a condition did not come true in time
  | "EDESTROYED"; // the LAN is gone

export class HarnessError extends Error {
  override readonly name = "HarnessError";
  constructor(
    readonly code: HarnessErrorCode,
    message: string,
  ) {
    super(message);
  }
}
