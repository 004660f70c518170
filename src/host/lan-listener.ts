/** Listens on an interface without taking part: who advertises, and who answers for addresses. */
import { setTimeout as delay } from "node:timers/promises";
import { type AddressWithPrefix, addressFromBytes, type Family, type IpAddress } from "../base/address.js";
import type { MacAddress } from "../base/mac.js";
import type { VirtualRouterConfig } from "../core/config.js";
import type { LinkState } from "../core/input.js";
import { type Admission, type Arrival, Audience, admitForeign } from "../core/peers/admission.js";
import type { Advert, DropReason } from "../wire/advert.js";
import { decodeAdvert } from "../wire/decoder.js";
import { VIRTUAL_ROUTER_ID } from "../wire/vrrp.js";
import { groupsOf } from "./adverts/meant.js";
import { openAdvertSocket } from "./adverts/open.js";
import { Announcer } from "./announce/announcer.js";
import { prepareProbes } from "./announce/frames.js";
import { ClaimWatch } from "./claims/watch.js";

export interface HeardAdvert {
  readonly family: Family;
  readonly source: IpAddress;
  readonly advert: Advert;
}

export interface RefusedAdvert {
  readonly family: Family;
  readonly source: IpAddress;
  readonly virtualRouterId: number | null;
  readonly reason: DropReason;
}

export interface Claim {
  readonly address: string;
  readonly mac: MacAddress;
}

export interface Listened {
  /** The last advert of each source and id. */
  readonly heard: readonly HeardAdvert[];
  readonly refused: readonly RefusedAdvert[];
  /** Other hosts that have one of the addresses. */
  readonly claims: readonly Claim[];
  /** Sentences: what could not be listened to. */
  readonly problems: readonly string[];
}

/** Questions get lost, and answers too. */
const PROBES = 3;

/**
 * Joins their groups, asks for each address by ARP or Neighbor Solicitation, and listens for `millis`. Leaves
 * nothing behind.
 */
export async function listen(
  interfaceName: string,
  link: LinkState,
  routers: readonly VirtualRouterConfig[],
  millis: number,
): Promise<Listened> {
  const addresses = routers.flatMap(({ virtualAddresses, vmacs }) => {
    // A node that is no master must not be seen with the virtual MAC address.
    const isAbove = (name: string) => vmacs.some((vmac) => vmac.name === name && vmac.on === interfaceName);
    return virtualAddresses.filter(({ interface: on }) => on === interfaceName || isAbove(on));
  });
  const heard = new Map<string, HeardAdvert>();
  const refused = new Map<string, RefusedAdvert>();
  const claims = new Map<string, Claim>();
  const problems: string[] = [];
  const closers: (() => void)[] = [];
  const attempt = (open: () => { close(): void }) => {
    try {
      const opened = open();
      closers.push(() => opened.close());
    } catch (error) {
      problems.push((error as Error).message);
    }
  };
  for (const family of new Set(routers.map((router) => router.family))) {
    const here = routers.filter((router) => router.family === family);
    attempt(() => openReader(interfaceName, link.index, family, here, heard, refused));
  }
  for (const family of new Set(addresses.map(({ address }) => address.family))) {
    const own = addresses.map(({ address }) => address).filter((address) => address.family === family);
    attempt(
      () =>
        new ClaimWatch({
          interfaceIndex: link.index,
          family,
          addresses: own,
          onHeard: (address, what, mac) => {
            if (what === "has") claims.set(`${address} ${mac.text}`, { address, mac });
          },
        }),
    );
  }
  try {
    await ask(link, addresses, millis, problems);
  } finally {
    for (const close of closers) close();
  }
  return {
    heard: [...heard.values()],
    refused: [...refused.values()],
    claims: [...claims.values()],
    problems,
  };
}

function openReader(
  interfaceName: string,
  interfaceIndex: number,
  family: Family,
  routers: readonly VirtualRouterConfig[],
  heard: Map<string, HeardAdvert>,
  refused: Map<string, RefusedAdvert>,
): { close(): void } {
  return openAdvertSocket({
    interface: interfaceName,
    interfaceIndex,
    family,
    groups: groupsOf(routers),
    meant: null,
    onPacket: (message, context) => {
      const source = addressFromBytes(context.source);
      const decoded = decodeAdvert(message, context);
      const virtualRouterId = message[VIRTUAL_ROUTER_ID] ?? null;
      const admission = admit(routers, virtualRouterId, { ...context, source });
      const reason = "reason" in admission ? admission.reason : "reason" in decoded ? decoded.reason : null;
      const key = `${source.text} ${virtualRouterId}`;
      if (reason !== null) refused.set(`${key} ${reason}`, { family, source, virtualRouterId, reason });
      else if ("advert" in decoded) heard.set(key, { family, source, advert: decoded.advert });
      return null;
    },
    onDrop: () => {},
    onError: () => {},
  });
}

/** As the daemon would. @param routers those of the family */
function admit(
  routers: readonly VirtualRouterConfig[],
  virtualRouterId: number | null,
  arrival: Arrival,
): Admission {
  const router = routers.find((one) => one.virtualRouterId === virtualRouterId);
  return router === undefined
    ? admitForeign(
        routers.map((one) => new Audience(one)),
        arrival,
      )
    : new Audience(router).admit(arrival);
}

/** Spreads the questions over the time; the last one leaves room for its answer. */
async function ask(
  { index, mac }: LinkState,
  addresses: readonly AddressWithPrefix[],
  millis: number,
  problems: string[],
): Promise<void> {
  if (mac === null) return delay(millis);
  const prepared = prepareProbes(mac, addresses);
  const announcer = new Announcer(index);
  try {
    for (let round = 0; round < PROBES; round += 1) {
      const unsent = announcer.send([{ prepared, addresses: [...addresses.keys()] }]);
      if (unsent > 0) problems.push(`asking for the addresses failed: ${announcer.lastFailure}`);
      await delay(millis / PROBES);
    }
  } finally {
    announcer.close();
  }
}
