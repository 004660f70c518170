/** Who holds the name of a lock without a right to it, as the status shows it. */
export interface LockSquatterDocument {
  readonly instance: string;
  /** The name of the abstract Unix socket, without the leading NUL. */
  readonly name: string;
  /** A phrase: which process, of which user. */
  readonly holder: string;
}
