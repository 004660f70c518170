/** The rules of an election, stated a second time from RFC 9568 and RFC 3768 for the checkers, not shared with the core. */
import type { IpAddress } from "../../../src/base/address.js";
import type { Micros } from "../../../src/base/time.js";
import type { VirtualRouterConfig } from "../../../src/core/config.js";
import type { Advert } from "../../../src/wire/advert.js";

/** Version 3: RFC 9568 §6.1; version 2: RFC 3768 §6.1. */
export function skew(version: number, priority: number, interval: Micros): Micros {
  const unit = version === 2 ? 1_000_000 : interval;
  return Math.floor((unit * (256 - priority)) / 256);
}

/** @param missed so many adverts; 3 by the standards */
export function downInterval(missed: number, version: number, priority: number, interval: Micros): Micros {
  return missed * interval + skew(version, priority, interval);
}

/** RFC 9568 §6.4.3: greater priority, else the greater address as an unsigned number. */
export function wins(
  theirPriority: number,
  theirs: IpAddress,
  ourPriority: number,
  ours: IpAddress,
): boolean {
  if (theirPriority !== ourPriority) return theirPriority > ourPriority;
  return numberOf(theirs) > numberOf(ours);
}

/** Whether the advert takes part in the election of this virtual router at all. */
export function counts(config: VirtualRouterConfig, advert: Advert, listed: boolean): boolean {
  if (config.unicastStrict && !listed) return false;
  if (advert.version === 3) return config.version === 3 && sharesAddress(config, advert);
  if (config.version === 3 && !config.yieldsToVersion2) return false;
  const theirs = advert.password === null ? null : String(advert.password);
  const ours = config.password === null ? null : String(config.password);
  const passwordFits = theirs === ours || (config.version === 3 && theirs === null);
  if (!passwordFits) return false;
  if (config.version === 2 && advert.advertIntervalMicros !== config.advertIntervalMicros) return false;
  return sharesAddress(config, advert);
}

function sharesAddress(config: VirtualRouterConfig, advert: Advert): boolean {
  return config.virtualAddresses.some((ours) =>
    advert.addresses.some((theirs) => theirs.text === ours.address.text),
  );
}

function numberOf(address: IpAddress): bigint {
  return BigInt(`0x${Buffer.from(address.bytes).toString("hex")}`);
}
