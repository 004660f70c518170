import type { Mutant } from "./list.mjs";

export interface Declaration {
  readonly file: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
export const SEARCHED: readonly string[];
export function declarationsOf(sources: ReadonlyMap<string, string>): Map<string, Declaration[]>;
export function plant(
  mutant: Pick<Mutant, "within" | "find" | "replace">,
  declarations: ReadonlyMap<string, readonly Declaration[]>,
): { file: string; text: string };
