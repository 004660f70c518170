/** The instances that a command is about. */
import { VrrpdError } from "../base/errors.js";
import type { InstanceDocument, StatusDocument } from "../daemon/status/types.js";

/** @param names none: all. Throws VrrpdError `EINSTANCE` where there is none of a name. */
export function choose({ instances }: StatusDocument, names: readonly string[]): readonly InstanceDocument[] {
  const missing = names.find((name) => !instances.some((instance) => instance.name === name));
  if (missing !== undefined) {
    const known = instances.map((instance) => instance.name).join(", ");
    throw new VrrpdError("EINSTANCE", `there is no instance ${missing}; there are: ${known}`);
  }
  return names.length === 0 ? instances : instances.filter(({ name }) => names.includes(name));
}
