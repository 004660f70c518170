/** What of a plan is asked for: by interface, by peer. */
import type { InterfacePlan, Plan, PlannedPeer, RouterPlan } from "./types.js";

/** What stands at the top of documents about the node as a whole. */
export interface NodePlan {
  /** null while none is there to be chosen, or where there are several. */
  readonly interface: string | null;
  readonly interfaceReason: string;
  readonly nodeAddress: InterfacePlan["nodeAddress"];
}

export function nodeOf({ interfaces }: Plan): NodePlan {
  const [first, ...others] = interfaces;
  const only = others.length === 0 ? first : undefined;
  return {
    interface: only?.name ?? null,
    interfaceReason: [...new Set(interfaces.map(({ reason }) => reason))].join("; "),
    nodeAddress: only?.nodeAddress ?? null,
  };
}

/** From a keepalived.conf; otherwise from variables, be they in a file. */
export function isFromFile({ source }: Pick<Plan, "source">): boolean {
  return !/^env(:|$)/.test(source);
}

/** What its adverts leave from, as far as it is known. */
export function sourcesOf({ source: only, peers }: RouterPlan): string[] {
  const sources = peers.length > 0 ? peers.map(({ source }) => source) : [only.address];
  return [...new Set(sources.flatMap((source) => source?.text ?? []))];
}

export function routersOn({ routers }: Plan, on: InterfacePlan): RouterPlan[] {
  return [...routers.values()].filter((router) => router.on === on);
}

/** Names of all interfaces that virtual routers or virtual addresses are on. */
export function interfaceNamesOf({ core }: Plan): string[] {
  const names = core.routers.flatMap(({ interface: on, virtualAddresses }) => [
    on,
    ...virtualAddresses.map((entry) => entry.interface),
  ]);
  return [...new Set(names)];
}

/** Each once, with the interface on which its adverts are sent and heard. */
export function peersOf({ routers }: Plan): { readonly on: InterfacePlan; readonly peer: PlannedPeer }[] {
  const lists = new Map([...routers.values()].map(({ on, peers }) => [peers, on]));
  return [...lists].flatMap(([peers, on]) => peers.map((peer) => ({ on, peer })));
}

/** Sentences, each once. */
export function contradictionsOf({ routers }: Plan): string[] {
  const found = [...routers.values()].flatMap(({ contradiction }) => contradiction ?? []);
  return [...new Set(found)];
}
