/** What views and log lines say in the same words. */
import type { StatusDocument } from "./types.js";

/** The names of the interfaces that instances are on, or are to be on where there are several; empty: none is chosen yet. */
export function interfacesOf({ interface: only, instances }: StatusDocument): string[] {
  if (only !== null) return [only];
  const names = new Set(instances.map((instance) => instance.interface));
  return names.size > 1 ? [...names] : [];
}
