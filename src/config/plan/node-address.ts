/**
 * Which of its addresses a node speaks from: the one rule for the node address, for the source of adverts, and so for
 * what the peers expect. An address that is virtual, marked by vrrpd, or still tentative never stands for the node; a
 * static one does.
 */
import {
  type AddressWithPrefix,
  type Family,
  type IpAddress,
  isLinkLocal4,
  isLinkLocal6,
  isSingleHost,
} from "../../base/address.js";
import { isAlone, isLeftover } from "../../core/addresses/leftover.js";
import type { FixtureConfig } from "../../core/fixture.js";
import { type AddressKey, addressKey } from "../../core/identity.js";
import type { InterfaceAddress } from "../../core/input.js";
import { nameOf } from "../../core/origin.js";
import { type LeftoverSigns, NO_SIGNS } from "../../core/virtual-address.js";
import type { Asked, InstanceIntent } from "../intent.js";
import type { HostFacts, InterfaceFacts } from "./facts.js";

/** What the rule looks at. */
export interface SourceFacts {
  readonly interface: string;
  /** Of that interface, in the kernel's order. */
  readonly addresses: readonly InterfaceAddress[];
  /** Of all configured virtual addresses, by their texts. */
  readonly signs: ReadonlyMap<string, LeftoverSigns>;
  /** Texts of the unicast peers, this node's own included: by these the others know it. */
  readonly listed: ReadonlySet<string>;
  /** Of the IPv4 default route; null: it prefers none. */
  readonly defaultRouteSource: IpAddress | null;
  /** What the configuration asks for in place of the rule; empty: nothing. */
  readonly asked: Asked<readonly IpAddress[]>;
  /** Which of several: the best, or the first. */
  readonly rule: InstanceIntent["sourceRule"];
  /** The other interfaces, where what is asked for may be there as well. */
  readonly elsewhere: readonly InterfaceFacts[];
}

export interface NodeAddresses {
  /** The node address proper: IPv4. */
  readonly ipv4: IpAddress | null;
  /** Target of the probe where there is no IPv4 address. */
  readonly globalIpv6: IpAddress | null;
  /** Base of the priorities where there is no IPv4 address. */
  readonly linkLocal: IpAddress | null;
}

/** What adverts are sent from, or why there is nothing yet: a sentence without its full stop. */
export type AdvertSource =
  | {
      readonly address: IpAddress;
      readonly detail: null;
      /** The interface that has it; left out: the virtual router's. */
      readonly elsewhere?: string;
    }
  | { readonly address: null; readonly detail: string };

export function findNodeAddresses(said: SourceFacts): NodeAddresses {
  const facts: SourceFacts = { ...said, rule: "ranked" };
  return {
    ipv4: best(facts, (entry) => isNodeCandidate(facts, entry)),
    globalIpv6: best(facts, isGlobal6),
    linkLocal: best(facts, ({ address }) => isLinkLocal6(address), true),
  };
}

/** What multicast adverts of a family are sent from; over IPv6 a link-local address (RFC 9568 §5.1.2.1). */
export function multicastSource(facts: SourceFacts, family: Family): AdvertSource {
  const asked = facts.asked.value.find((address) => address.family === family);
  if (asked !== undefined) return askedSource(facts, asked);
  return family === "ipv4"
    ? ipv4Source(facts)
    : ipv6Source(facts, isLinkLocal6, "no link-local IPv6 address");
}

/**
 * What adverts to one peer are sent from. Over IPv6 source and peer have the same scope: a packet from a link-local
 * address crosses no router, and a peer knows us by the address that its list has.
 * @param routeSource what the route to the peer prefers
 */
export function unicastSource(
  facts: SourceFacts,
  peer: IpAddress,
  routeSource: IpAddress | null,
): AdvertSource {
  const isOfScope = (address: IpAddress) =>
    address.family === peer.family && isLinkLocal6(address) === isLinkLocal6(peer);
  const asked = facts.asked.value.find(isOfScope);
  if (asked !== undefined) return askedSource(facts, asked);
  if (peer.family === "ipv4") return ipv4Source(facts, routeSource);
  const scope = isLinkLocal6(peer) ? "link-local" : "global";
  return ipv6Source(
    facts,
    isOfScope,
    `no ${scope} IPv6 address, which the peer ${peer.text} needs`,
    routeSource,
  );
}

/** The node address, else any other that is not virtual, else a virtual one that is the only one this node has. */
function ipv4Source(facts: SourceFacts, routeSource: IpAddress | null = null): AdvertSource {
  const isOwn = ({ address, scope }: InterfaceAddress) => address.family === "ipv4" && scope !== "host";
  const address = best(facts, isOwn, false, routeSource) ?? ownVirtual(facts);
  return address === null ? nothing(`${facts.interface} has no IPv4 address of its own`) : from(address);
}

/** What served under Keepalived goes on serving. */
function ownVirtual(facts: SourceFacts): IpAddress | null {
  const own = facts.addresses.find((entry) => entry.address.family === "ipv4" && isNodesOwn(facts, entry));
  return own?.address ?? null;
}

/** Of an address that is virtual, too. */
export function isNodesOwn(
  { addresses, signs }: Pick<SourceFacts, "addresses" | "signs">,
  entry: InterfaceAddress,
): boolean {
  const neighbours = { all: addresses, signs };
  return !isLeftover(entry, signs.get(entry.address.text) ?? NO_SIGNS, () => isAlone(entry, neighbours));
}

/**
 * The facts as the rule takes them: a static address is the node's own, though vrrpd has put it there and marked it.
 * @param virtual of all virtual addresses, by their texts: what is one of these as well comes and goes
 */
export function withStaticsAsOwn(
  facts: HostFacts,
  statics: readonly FixtureConfig[],
  virtual: { has(text: string): boolean },
): HostFacts {
  const own = new Set<AddressKey>();
  for (const { fixture } of statics)
    if (fixture.kind === "address" && !virtual.has(fixture.address.text))
      own.add(addressKey(fixture.interface, fixture));
  if (own.size === 0) return facts;
  const unmark = (on: string) => (entry: InterfaceAddress) =>
    entry.marked && own.has(addressKey(on, entry)) ? { ...entry, marked: false } : entry;
  const interfaces = facts.interfaces.map((one) => ({
    ...one,
    addresses: one.addresses.map(unmark(one.name)),
  }));
  return { ...facts, interfaces };
}

function ipv6Source(
  facts: SourceFacts,
  isOfScope: (address: IpAddress) => boolean,
  missing: string,
  routeSource: IpAddress | null = null,
): AdvertSource {
  const fits = ({ address, scope }: InterfaceAddress) =>
    address.family === "ipv6" && isOfScope(address) && (scope === "global" || scope === "link");
  const address = best(facts, fits, false, routeSource);
  if (address !== null) return from(address);
  const waiting = best(facts, fits, true);
  if (waiting === null) return nothing(`${facts.interface} has ${missing}`);
  return nothing(`the IPv6 address ${waiting.text} of ${facts.interface} is tentative`);
}

function askedSource(facts: SourceFacts, address: IpAddress): AdvertSource {
  const { interface: on, addresses, asked, elsewhere } = facts;
  const sentence = `${nameOf(asked.origin)} asks for ${address.text}, which`;
  for (const { name, addresses: there } of [{ name: on, addresses }, ...elsewhere]) {
    const entry = there.find((one) => one.address.text === address.text);
    if (entry === undefined) continue;
    if (entry.tentative) return nothing(`${sentence} is tentative on ${name}`);
    return name === on ? from(address) : { ...from(address), elsewhere: name };
  }
  return nothing(`${sentence} ${elsewhere.length > 0 ? "this host" : on} does not have yet`);
}

/** The first of the best, in the kernel's order. */
function best(
  facts: SourceFacts,
  fits: (entry: InterfaceAddress) => boolean,
  evenTentative = false,
  routeSource: IpAddress | null = null,
): IpAddress | null {
  let found: { rank: number; address: IpAddress } | null = null;
  for (const entry of facts.addresses) {
    const { address, marked, tentative } = entry;
    if (!fits(entry) || marked || (tentative && !evenTentative) || isVirtual(facts, entry)) continue;
    const rank = facts.rule === "first" ? 0 : rankOf(facts, entry, routeSource);
    if (found === null || rank < found.rank) found = { rank, address };
  }
  return found?.address ?? null;
}

/** Where the first address counts, an owner speaks from the virtual one that is its own. */
function isVirtual(facts: SourceFacts, entry: InterfaceAddress): boolean {
  if (!facts.signs.has(entry.address.text)) return false;
  return facts.rule === "ranked" || !isNodesOwn(facts, entry);
}

/**
 * The lower, the better: by what the peers know this node, then what the routes prefer, then addresses with a network,
 * those of a single host (other programs add such ones, and take them away), those that change by themselves, and last
 * what is never more than a makeshift.
 */
function rankOf(facts: SourceFacts, entry: InterfaceAddress, routeSource: IpAddress | null): number {
  const { address, temporary, deprecated } = entry;
  const { text, family } = address;
  if (facts.listed.has(text)) return text === routeSource?.text ? 0 : 1;
  const makeshift = isLinkLocal4(address) ? 20 : family === "ipv4" && !isNodeCandidate(facts, entry) ? 10 : 0;
  if (text === facts.defaultRouteSource?.text) return makeshift + 2;
  // Its primary has just gone: the kernel is about to make it one, or to remove it.
  if (entry.secondary && primaryOf(facts, entry) === undefined) return makeshift + 8;
  if (deprecated) return makeshift + 7;
  if (temporary) return makeshift + 6;
  if (text === routeSource?.text) return makeshift + 3;
  return makeshift + (isSingleHost(entry) ? 5 : 4);
}

function isNodeCandidate(facts: SourceFacts, entry: InterfaceAddress): boolean {
  const { address, scope, label } = entry;
  const isForeign = isBehindAnother(facts, entry) || label?.endsWith("vip") === true;
  return address.family === "ipv4" && scope === "global" && !isForeign && !isLinkLocal4(address);
}

/**
 * A secondary address is somebody's additional one, unless its primary is virtual: that came first when the node's own
 * had been away for a moment.
 */
function isBehindAnother(facts: SourceFacts, entry: InterfaceAddress): boolean {
  if (!entry.secondary) return false;
  const primary = primaryOf(facts, entry);
  return primary !== undefined && !primary.marked && !facts.signs.has(primary.address.text);
}

function primaryOf({ addresses }: SourceFacts, entry: InterfaceAddress): InterfaceAddress | undefined {
  return addresses.find((other) => !other.secondary && isSameSubnet(other, entry));
}

/** As the kernel compares IPv4 addresses: the same prefix, of the same length. */
export function isSameSubnet(one: AddressWithPrefix, other: AddressWithPrefix): boolean {
  if (one.address.family !== other.address.family || one.prefixLength !== other.prefixLength) return false;
  return one.address.bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, one.prefixLength - 8 * index));
    return byte >> (8 - bits) === other.address.bytes[index]! >> (8 - bits);
  });
}

function isGlobal6({ address, scope }: InterfaceAddress): boolean {
  return address.family === "ipv6" && scope === "global";
}

function from(address: IpAddress): AdvertSource & { readonly address: IpAddress } {
  return { address, detail: null };
}

function nothing(detail: string): AdvertSource {
  return { address: null, detail };
}
