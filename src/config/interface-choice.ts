/** Which interface carries the virtual routers, and why. */
import type { HostFacts, InterfaceFacts } from "./facts.js";
import type { Request } from "./request.js";

/** Tried in order where no interface is named, before the default route's. */
export const USUAL_INTERFACES = ["eth0", "enp0s3", "enp0s8", "eth1", "ens3"] as const;

export interface PlanOptions {
  /** The time that a named interface is waited for is over. */
  readonly namedInterfaceGivenUp: boolean;
  /** The choice that was made before, final until restart. */
  readonly chosenInterface: string | null;
}

export interface InterfaceChoice {
  /** null while none is there to be chosen. */
  readonly name: string | null;
  /** What plans call it meanwhile. */
  readonly nameInPlan: string;
  /** null while it is absent. */
  readonly facts: InterfaceFacts | null;
  readonly reason: string;
  readonly warnings: readonly string[];
}

export function chooseInterface(request: Request, facts: HostFacts, options: PlanOptions): InterfaceChoice {
  const find = (name: string) => facts.interfaces.find((one) => one.name === name) ?? null;
  const chosen = (name: string, reason: string, warnings: string[] = []): InterfaceChoice => {
    return { name, nameInPlan: name, facts: find(name), reason, warnings };
  };
  const none = (nameInPlan: string, reason: string): InterfaceChoice => {
    return { name: null, nameInPlan, facts: null, reason, warnings: [reason] };
  };
  const named = request.interfaceName;
  if (options.chosenInterface !== null) {
    const name = options.chosenInterface;
    const absent =
      find(name) === null ? [`interface ${name} is not there; it was chosen before and is waited for`] : [];
    return chosen(name, `${name} was chosen before; a choice is final until restart`, absent);
  }
  if (named !== null) {
    if (find(named) !== null) return chosen(named, `${named} is named by OPENSHIFT_HA_NETWORK_INTERFACE`);
    const strict = request.settings.interfaceStrict;
    if (strict || !options.namedInterfaceGivenUp) {
      const limit = strict ? ", for ever, as VRRPD_INTERFACE_STRICT=on says" : "";
      return none(named, `waiting for interface ${named}, named by OPENSHIFT_HA_NETWORK_INTERFACE${limit}`);
    }
  }
  const usual = findUsual(facts);
  const absence =
    named === null ? "" : `interface ${named}, named by OPENSHIFT_HA_NETWORK_INTERFACE, is not there; `;
  if (usual === null) {
    const tried = `none of ${USUAL_INTERFACES.join(", ")} nor an interface with a default route is there`;
    return none(named ?? USUAL_INTERFACES[0], `${absence}${tried}`);
  }
  if (named === null) return chosen(usual.name, `OPENSHIFT_HA_NETWORK_INTERFACE is not set; ${usual.why}`);
  const reason = `${absence}${usual.name} is used instead: ${usual.why}`;
  return chosen(usual.name, reason, [reason]);
}

/** The first of the usual interfaces, else that of the default route. */
function findUsual(facts: HostFacts): { name: string; why: string } | null {
  const present = (name: string) => facts.interfaces.some((one) => one.name === name);
  const usual = USUAL_INTERFACES.find(present);
  if (usual !== undefined)
    return { name: usual, why: `${usual} is the first of ${USUAL_INTERFACES.join(", ")} here` };
  const routed = facts.defaultRoute?.interface;
  if (routed === undefined || !present(routed)) return null;
  return { name: routed, why: `${routed} has the default route` };
}
