/** A rule that the core broke. */
export class Violation extends Error {
  override readonly name = "Violation";
  constructor(
    /** Stable: shrinking looks for the same one. */
    readonly rule: string,
    message: string,
    readonly host: string | null,
    /** Index of the virtual router; null: of the whole host. */
    readonly router: number | null,
  ) {
    super(`${rule}: ${host === null ? "" : `host ${host}: `}${message}`);
  }
}
