/** `npm run bench -- [parts] [--quick] [--write]` */

export interface BenchArguments {
  /** In the order in which parts run; all when none is named. */
  readonly parts: readonly string[];
  readonly quick: boolean;
  /** The figures take the place of those in docs; else they are printed alone. */
  readonly write: boolean;
}

/** Throws Error with one sentence about what is not known. */
export function parseArguments(argv: readonly string[], known: readonly string[]): BenchArguments {
  const options = argv.filter((word) => word.startsWith("--"));
  const names = argv.filter((word) => !word.startsWith("--"));
  const wrong =
    options.find((option) => !["--quick", "--write"].includes(option)) ??
    names.find((name) => !known.includes(name));
  if (wrong !== undefined) {
    throw new Error(
      `"${wrong}" is not known; parts are ${known.join(", ")}, options are --quick and --write`,
    );
  }
  return {
    parts: names.length === 0 ? known : known.filter((name) => names.includes(name)),
    quick: options.includes("--quick"),
    write: options.includes("--write"),
  };
}
