/** Which way adverts go: to a group or to peers, from which address, and how far. */
import type { Family } from "../../../base/address.js";
import type { SettingOrigins } from "../../../core/origin.js";
import { VRRP_TTL } from "../../../wire/vrrp.js";
import type { Asked, InstanceIntent } from "../../intent.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import type { PeerDraft } from "../blocks/unicast-peer.js";
import type { InstanceDraft } from "../blocks/vrrp-instance.js";
import type { Report } from "../report.js";

interface Around {
  readonly globals: GlobalDefs;
  readonly origins: SettingOrigins;
}

/** Unicast as soon as one peer of the family stands; a source alone changes nothing about that. */
export function waysOf(
  instance: InstanceDraft,
  family: Family,
  { globals, origins }: Around,
  report: Report,
) {
  const peers = peersOf(instance, family, report);
  const ttls = peers.map(({ minTtl }) => minTtl).filter((ttl) => ttl !== null);
  return {
    router: {
      multicastGroup: groupOf(instance, family, globals, report),
      unicastTtl: ttlOf(instance, peers.length > 0, report),
      tracksSource: instance.tracksSource,
    },
    unicastPeers: { value: peers.map(({ address }) => address), origin: origins.unicastPeers },
    unicastMinTtl: { value: ttls.length > 0 ? Math.min(...ttls) : null, origin: origins.unicastMinTtl },
    sources: sourcesOf(instance, family, peers.length > 0, report),
    sourceRule: "first" as const,
    sourcesOn: "host" as const,
    contradiction: contradictionOf(instance, peers.length > 0),
  };
}

function peersOf({ name, peers }: InstanceDraft, family: Family, report: Report): PeerDraft[] {
  for (const { origin, address } of peers)
    if (address.family !== family)
      report.warn(origin, `unicast_peer ${address.text} is left out: ${name} is an instance of ${family}`);
  return peers.filter((peer) => peer.address.family === family);
}

function groupOf(
  { name, group }: InstanceDraft,
  family: Family,
  { multicastGroups }: GlobalDefs,
  report: Report,
) {
  if (group === null || group.value.family === family) return group?.value ?? multicastGroups[family];
  const text = `mcast_dst_ip ${group.value.text} is ignored, as in Keepalived: ${name} is an instance of ${family}`;
  report.warn(group.origin, text);
  return multicastGroups[family];
}

/** What we send with, peers on this network send with as well: they share the file, and would not be heard otherwise. */
function ttlOf({ name, unicastTtl: ttl }: InstanceDraft, isUnicast: boolean, report: Report): number {
  if (ttl === null) return VRRP_TTL;
  if (!isUnicast)
    report.warn(
      ttl.origin,
      `unicast_ttl without a unicast_peer: adverts of ${name} go by multicast, with 255`,
    );
  else if (ttl.value < VRRP_TTL) {
    const text = `unicast_ttl ${ttl.value}: adverts of peers count with that much or more, so those that have crossed as many routers as are missing to 255 count as well`;
    report.warn(ttl.origin, text);
  }
  return ttl.value;
}

function sourcesOf(
  { name, source, statement }: InstanceDraft,
  family: Family,
  isUnicast: boolean,
  report: Report,
): Asked<InstanceIntent["sources"]["value"]> {
  const fits = source === null || source.value.family === family;
  if (!fits)
    report.warn(
      source.origin,
      `${source.origin.keyword} ${source.value.text} is ignored: ${name} is an instance of ${family}`,
    );
  if (source?.origin.keyword === "unicast_src_ip" && !isUnicast)
    report.warn(
      source.origin,
      `unicast_src_ip without a unicast_peer: adverts of ${name} go by multicast, as in Keepalived`,
    );
  const keyword = isUnicast ? "unicast_src_ip" : "mcast_src_ip";
  return {
    value: source !== null && fits ? [source.value] : [],
    origin: source?.origin ?? { ...statement.origin, keyword },
  };
}

/** Whoever asks for that and has nobody to speak to is in FAULT. */
function contradictionOf({ name, needsPeers }: InstanceDraft, isUnicast: boolean): string | null {
  if (needsPeers === null || isUnicast) return null;
  return `${name} has no unicast_peer, which unicast_fault_no_peer makes a fault`;
}
