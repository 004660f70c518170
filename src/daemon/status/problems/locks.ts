/** Names of the lock that others hold without a right to them. */
import { VARIABLES } from "../../../config/index.js";
import { LOCK_NAMES } from "../../locks/locks.js";
import type { LockSquatterDocument } from "../lock-squatter-document.js";
import type { Found } from "./found.js";

/** One for each lock, however many of its names are held. */
export function lockProblems(squatters: readonly LockSquatterDocument[]): Found[] {
  const instances = [...new Set(squatters.map(({ instance }) => instance))];
  return instances.map((instance) => {
    const here = squatters.filter((squatter) => squatter.instance === instance);
    const { name, holder } = here[0]!;
    const none = here.length >= LOCK_NAMES;
    const then = none ? "nothing keeps a second vrrpd of this host away" : "vrrpd uses another name";
    return {
      severity: none ? "error" : "warning",
      code: "lock-squatted",
      instance,
      cause: holder,
      tell: ({ instances: all }) => ({
        text: `${holder} holds ${none ? "all names of the lock" : "the lock"} ${name}${all.length > 1 ? ` and ${all.length - 1} more` : ""} without a right to it: ${then}`,
        action: `Find out what that process does there; if it is a vrrpd that may run here, see ${VARIABLES.lockUids.name}.`,
      }),
    };
  });
}
