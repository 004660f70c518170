/** Which interface carries the virtual routers, and why. */
import type { InterfaceAddress } from "../../core/input.js";
import { nameOf, settingOf } from "../../core/origin.js";
import type { InterfaceIntent } from "../intent.js";
import type { HostFacts, InterfaceFacts } from "./facts.js";
import type { InterfacePlan } from "./types.js";

/** Tried in order where no interface is named, before the default route's. */
export const USUAL_INTERFACES = ["eth0", "enp0s3", "enp0s8", "eth1", "ens3"] as const;

export interface PlanOptions {
  /** The time that a named interface is waited for is over. */
  readonly namedInterfaceGivenUp: boolean;
  /** What was planned before: a choice is final until restart. */
  readonly before: readonly Choice[];
}

/** What stays of the choice of an interface. */
export type Choice = Pick<InterfacePlan, "asked" | "name" | "nameInIds" | "reason">;

export interface InterfaceChoice {
  /** null while none is there to be chosen. */
  readonly name: string | null;
  /** What plans call it meanwhile. */
  readonly nameInPlan: string;
  /** null while it is absent. */
  readonly facts: InterfaceFacts | null;
  readonly reason: string;
  /** Sentences about this choice. */
  readonly warnings: readonly string[];
}

export function chooseInterface(
  asked: InterfaceIntent,
  facts: HostFacts,
  options: PlanOptions,
): InterfaceChoice {
  const find = (name: string) => facts.interfaces.find((one) => one.name === name) ?? null;
  const chosen = (name: string, reason: string, warnings: string[] = []): InterfaceChoice => {
    return { name, nameInPlan: name, facts: find(name), reason, warnings };
  };
  const none = (nameInPlan: string, reason: string): InterfaceChoice => {
    return { name: null, nameInPlan, facts: null, reason, warnings: [reason] };
  };
  const { name: named } = asked;
  const setting = nameOf(asked.origin);
  const before = options.before.find((one) => one.asked === named);
  if (before !== undefined && before.name !== null) {
    const { name, reason } = before;
    const absent =
      find(name) === null ? [`interface ${name} is not there; it was chosen before and is waited for`] : [];
    return chosen(name, reason, absent);
  }
  if (named !== null) {
    const there = find(named);
    if (there !== null) {
      const warnings = portWarnings(there, facts, setting);
      return chosen(named, `${named} is named by ${setting}`, warnings);
    }
    const strict = asked.strict.value;
    if (strict || !options.namedInterfaceGivenUp) {
      const limit = strict ? `, with no time limit (${settingOf(asked.strict.origin, "on")})` : "";
      return none(named, `waiting for interface ${named}, named by ${setting}${limit}`);
    }
  }
  const usual = findUsual(facts);
  const absence = named === null ? "" : `interface ${named}, named by ${setting}, is not there; `;
  if (usual.name === null) return none(named ?? USUAL_INTERFACES[0], `${absence}${usual.why}`);
  if (named === null) return chosen(usual.name, `${setting} is not set; ${usual.why}`);
  const reason = `${absence}${usual.name} is used instead: ${usual.why}`;
  return chosen(usual.name, reason, [reason]);
}

/** The first of the usual interfaces that can have the node's address, else that of the default route. */
function findUsual(facts: HostFacts): { name: string | null; why: string } {
  const find = (name: string) => facts.interfaces.find((one) => one.name === name);
  const there = USUAL_INTERFACES.map(find).filter((one) => one !== undefined);
  const passedOver = there.filter(isPort).map((one) => `${describePort(one, facts)} and is passed over; `);
  const because = (why: string) => `${passedOver.join("")}${why}`;
  const usual = there.find((one) => !isPort(one));
  if (usual !== undefined) {
    return {
      name: usual.name,
      why: because(`${usual.name} is the first of ${USUAL_INTERFACES.join(", ")} here`),
    };
  }
  const routed = find(facts.defaultRoute?.interface ?? "");
  if (routed !== undefined)
    return { name: routed.name, why: because(`${routed.name} has the default route`) };
  const tried = `none of ${USUAL_INTERFACES.join(", ")} nor an interface with a default route is there`;
  return { name: null, why: because(passedOver.length > 0 ? "no interface has a default route yet" : tried) };
}

/** A part of a bridge, a bond or a virtual switch: the node's address is on that one, and so must adverts be. */
function isPort({ master, addresses }: InterfaceFacts): boolean {
  return master !== null && !addresses.some(isGlobal);
}

function isGlobal({ scope, marked }: InterfaceAddress): boolean {
  return scope === "global" && !marked;
}

function portWarnings(named: InterfaceFacts, facts: HostFacts, setting: string): string[] {
  if (!isPort(named)) return [];
  const bearer = bearerOf(named, facts);
  const instead = bearer === null ? "the interface that has the node's address" : bearer.name;
  return [`${describePort(named, facts)}; name ${instead} in ${setting}`];
}

function describePort(port: InterfaceFacts, facts: HostFacts): string {
  return `${port.name} is a port of ${(bearerOf(port, facts) ?? { name: port.master }).name} and has no address`;
}

/**
 * The interface that has the address for this port: its master or, where that is a switch as a whole (`ovs-system`),
 * the one with the port's MAC address (`br-ex`).
 */
function bearerOf(port: InterfaceFacts, facts: HostFacts): InterfaceFacts | null {
  const bearers = facts.interfaces.filter((one) => one !== port && one.addresses.some(isGlobal));
  const twin = (one: InterfaceFacts) => one.link.mac !== null && one.link.mac.text === port.link.mac?.text;
  return bearers.find(({ name }) => name === port.master) ?? bearers.find(twin) ?? null;
}
