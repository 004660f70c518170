/** A bug to plant: `find`, which stands once in `file`, becomes `replace`. */
export interface Mutant {
  readonly what: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}
export const mutants: readonly Mutant[];
