/** Whether a virtual router may take part in an election, and if not, why: the one place that decides over INIT and FAULT. */
import type { IpAddress } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import type { LinkState } from "../input.js";
import { type Cause, type CauseCode, cause } from "./cause.js";

/** What is known of an interface. `undefined`: not told yet. */
export interface InterfaceView {
  link: LinkState | null | undefined;
  /** When its link last came up, after it had been down or missing; null: it was up from the start. */
  upSince: Micros | null;
}

/** What adverts are sent from, or why there is nothing yet. */
export interface SourceView {
  readonly source: IpAddress | null;
  readonly detail: string | null;
  /** What is missing is no address, but what is made for adverts to leave from. */
  readonly lacksVmac?: boolean;
}

/** `undefined`: not asked or not answered; null: held by us; else who holds it. */
export type LockView = string | null | undefined;

/**
 * `pending`: not known or not there yet; at start it keeps the instance in INIT, later its loss is a fault.
 * `fault`: known to be bad.
 */
export interface Impediment {
  readonly kind: "pending" | "fault";
  readonly cause: Cause;
}

/**
 * The first thing in the way, the one to mend first; null: ready.
 * @param tracked what it depends on beside its own interface (tracks.ts)
 */
export function impedimentOf(
  config: VirtualRouterConfig,
  view: InterfaceView,
  source: SourceView | undefined,
  lock: LockView,
  tracked: readonly (Impediment | null)[],
): Impediment | null {
  const facts = { interface: config.interface };
  if (view.link === undefined) return pending("starting", "asking the kernel for its interfaces", facts);
  if (view.link === null) {
    const kind = config.missingIsFault ? fault : pending;
    return kind("interface-missing", `interface ${config.interface} does not exist`, facts);
  }
  const found = [lockImpediment(lock), ...hostImpediments(config, view.link, source), ...tracked];
  const impediments = found.filter((impediment) => impediment !== null);
  return impediments.find(({ kind }) => kind === "pending") ?? impediments[0] ?? null;
}

/** What no waiting mends. */
export function contradictionImpediment(contradiction: string | null): Impediment | null {
  return contradiction === null ? null : fault("contradiction", contradiction);
}

/** What the kernel refuses to do for it. */
export function refusalImpediment(refusal: Cause | null): Impediment | null {
  return refusal === null ? null : { kind: "fault", cause: refusal };
}

function lockImpediment(lock: LockView): Impediment | null {
  if (lock === null) return null;
  if (lock === undefined) return pending("lock-pending", "waiting for the lock of the virtual router");
  return pending("lock-held", `another daemon on this host runs this virtual router: ${lock}`, {
    holder: lock,
  });
}

function hostImpediments(
  config: VirtualRouterConfig,
  link: LinkState,
  source: SourceView | undefined,
): (Impediment | null)[] {
  const name = config.interface;
  const facts = { interface: name };
  return [
    config.tracksInterface ? linkImpediment(name, link) : null,
    source?.source ? null : sourceImpediment(config, source),
    config.priority === null
      ? pending("no-priority", "the priority cannot be derived before this node has an address", facts)
      : null,
  ];
}

function sourceImpediment(
  { interface: name, tracksSource }: VirtualRouterConfig,
  source: SourceView | undefined,
): Impediment {
  const facts = { interface: name };
  if (source === undefined)
    return pending("starting", `interface ${name} has no address to send from yet`, facts);
  const { detail } = source;
  const text = detail ?? `interface ${name} has no address to send from yet`;
  if (source.lacksVmac) return pending("no-vmac", text, facts);
  const isKnown = tracksSource && detail !== null;
  return isKnown ? fault("no-source", text, facts) : pending("no-source", text, facts);
}

function linkImpediment(name: string, link: LinkState): Impediment | null {
  const facts = { interface: name };
  if (!link.up) return fault("interface-down", `interface ${name} is down`, facts);
  return link.carrier ? null : fault("no-carrier", `interface ${name} has no carrier`, facts);
}

export function pending(code: CauseCode, text: string, facts = {}): Impediment {
  return { kind: "pending", cause: cause(code, text, facts) };
}

export function fault(code: CauseCode, text: string, facts = {}): Impediment {
  return { kind: "fault", cause: cause(code, text, facts) };
}
