/**
 * Settings of the interface below macvlans. Without them it would answer for their addresses as well, with its own MAC
 * address, and ask its neighbours in their name: then no neighbour's entry would outlive a failover. What they were
 * before stands in the alias of each macvlan for IPv4, so that whoever cleans up after a daemon that was killed can put
 * them back.
 */
import type { LinkRequests } from "./link-requests.js";
import { encodeInetSettings, type InetSettings, type Macvlan } from "./macvlan.js";

/** What each macvlan has: it answers for its own addresses alone, and takes what comes in by it, wherever the way back leads. */
export const VMAC_SETTINGS: InetSettings = { arp_ignore: 1, rp_filter: 2, promote_secondaries: 1 };

/** At least; the higher value of an interface is kept. */
const BASE_SETTINGS = { arp_ignore: 1, arp_announce: 2 } as const;
type BaseSetting = keyof typeof BASE_SETTINGS;
/** What they were before. */
export type BaseBefore = Readonly<Record<BaseSetting, number>>;

const KEYS = Object.keys(BASE_SETTINGS) as BaseSetting[];

/** @param before null: nothing below it is changed, as for IPv6 */
export function aliasOf(owner: string, before: BaseBefore | null): string {
  if (before === null) return owner;
  const { arp_ignore, arp_announce } = before;
  return `${owner} arp_ignore=${arp_ignore} arp_announce=${arp_announce}`;
}

/** Whose it is, as `aliasOf` was told; null: it has no alias of ours. */
export function ownerOf({ alias }: Pick<Macvlan, "alias">, prefix: string): string | null {
  if (alias === null || !alias.startsWith(prefix)) return null;
  return alias.split(" ", 1)[0]!;
}

/** It needs the settings below it to be as they are. */
export function needsBase({ alias }: Pick<Macvlan, "alias">): boolean {
  return alias !== null && beforeIn(alias) !== null;
}

function beforeIn(alias: string): BaseBefore | null {
  const found = /^\S+ arp_ignore=(\d{1,3}) arp_announce=(\d{1,3})$/.exec(alias);
  return found === null ? null : { arp_ignore: Number(found[1]), arp_announce: Number(found[2]) };
}

/**
 * What they were before any daemon changed them.
 * @param marked macvlans of vrrpd's, on whatever interface
 */
export function beforeOf(base: Macvlan, marked: readonly Macvlan[]): BaseBefore {
  for (const { alias, lowerIndex } of marked) {
    const before = lowerIndex === base.index && alias !== null ? beforeIn(alias) : null;
    if (before !== null) return before;
  }
  return { arp_ignore: base.settings.arp_ignore ?? 0, arp_announce: base.settings.arp_announce ?? 0 };
}

/** null: done; else the errno name. */
export function prepareBase(requests: LinkRequests, base: Macvlan): string | null {
  const wanted = Object.fromEntries(
    KEYS.filter((key) => (base.settings[key] ?? 0) < BASE_SETTINGS[key]).map((key) => [
      key,
      BASE_SETTINGS[key],
    ]),
  );
  if (Object.keys(wanted).length === 0) return null;
  return requests.request(encodeInetSettings(base.index, wanted));
}

/** Puts back what nobody has changed since. */
export function restoreBase(requests: LinkRequests, base: Macvlan, before: BaseBefore): void {
  const changed = KEYS.filter(
    (key) => base.settings[key] === BASE_SETTINGS[key] && before[key] < BASE_SETTINGS[key],
  );
  if (changed.length === 0) return;
  requests.request(
    encodeInetSettings(base.index, Object.fromEntries(changed.map((key) => [key, before[key]]))),
  );
}
