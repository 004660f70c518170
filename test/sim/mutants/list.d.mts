/** A bug to plant: `find`, which stands once in the declaration `within`, becomes `replace` (plant.mjs). */
export interface Mutant {
  readonly what: string;
  /** A function, a constant, a class, or a member of one: `VirtualRouter.#answer`. */
  readonly within: string;
  /** Code; `$name` stands for any identifier or private name. */
  readonly find: string;
  /** Code; `$name` is what it stood for. */
  readonly replace: string;
}
export const mutants: readonly Mutant[];
