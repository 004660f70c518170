/**
 * Addresses of the node's own that go and come back within a moment: DHCP, or a network configuration that is applied
 * again. Meanwhile the plan in force stays, and adverts leave from the address that they left from before: the kernel
 * does not mind, and the other nodes see no change.
 */
import { MICROS_PER_SECOND, type Micros } from "../base/time.js";
import { type HostFacts, type InterfacePlan, type Plan, peersOf, routersOn } from "../config/index.js";
import { OWN_ABSENCE_MICROS } from "../core/addresses/leftover.js";

/** It is back, and duplicate address detection takes a second or two. */
const TENTATIVE_MICROS: Micros = 3 * MICROS_PER_SECOND;

export class Absence {
  /** null: all are there. */
  #since: Micros | null = null;

  /** Until when the plan in force is to stay as it is; null: it may be made anew. */
  holdsUntil(now: Micros, plan: Plan, facts: HostFacts): Micros | null {
    const allowedMicros = absenceAllowed(plan, facts);
    if (allowedMicros === null) {
      this.#since = null;
      return null;
    }
    this.#since ??= now;
    const until = this.#since + allowedMicros;
    return now < until ? until : null;
  }
}

/** The longest that an interface asks for. */
function absenceAllowed(plan: Plan, facts: HostFacts): Micros | null {
  const allowed = plan.interfaces.flatMap((on) => absenceOn(plan, on, facts) ?? []);
  return allowed.length === 0 ? null : Math.max(...allowed);
}

/** null: nothing that the plan stands on is away there, or the interface is of no use anyway. */
function absenceOn(plan: Plan, planned: InterfacePlan, { interfaces }: HostFacts): Micros | null {
  const on = interfaces.find(({ name }) => name === planned.name);
  if (on === undefined || !on.link.up || !on.link.carrier) return null;
  const entries = standsOn(plan, planned).map(({ text, elsewhere }) => {
    const where = elsewhere === undefined ? on : interfaces.find(({ name }) => name === elsewhere);
    return where?.addresses.find(({ address }) => address.text === text);
  });
  if (entries.includes(undefined)) return OWN_ABSENCE_MICROS;
  return entries.some((entry) => entry?.tentative) ? TENTATIVE_MICROS : null;
}

/** What the node speaks from there, is probed at, and has its priorities from; `elsewhere`: the interface that has it. */
function standsOn(plan: Plan, on: InterfacePlan): { text: string; elsewhere: string | undefined }[] {
  const { nodeAddress, sources } = on;
  const peers = peersOf(plan).filter((one) => one.on === on);
  const spokenFrom = [
    sources.ipv4,
    sources.ipv6,
    ...routersOn(plan, on).map(({ source }) => source),
    ...peers.map(({ peer }) => peer.from),
  ];
  const all = spokenFrom.flatMap((source) =>
    source.address === null ? [] : [{ text: source.address.text, elsewhere: source.elsewhere }],
  );
  return nodeAddress === null ? all : [{ text: nodeAddress.text, elsewhere: undefined }, ...all];
}
