/** Readers of single variables of vrrpd's own whose forms are their own. */
import { parseAddress } from "../base/address.js";
import type { UserName } from "./plan-types.js";
import { parseSeconds, seconds, wholeNumber } from "./readers.js";
import { accept, type Reading, refuse } from "./variable.js";

export type RequestedVersion = "auto" | 2 | 3;
/** Seconds, `fast` (tied to the adverts), or null: no lease. */
export type RequestedLease = number | "fast" | null;

/** The limits of advert intervals in seconds: on the wire 12 bits of centiseconds, in version 2 one byte of seconds. */
export const ADVERT_INTERVAL_LIMITS = { 3: { min: 0.01, max: 40.95 }, 2: { min: 1, max: 255 } } as const;
const MAX_ANNOUNCE_REFRESH_SECONDS = 86_400;
/** The longest finite lifetime that the kernel keeps (an unsigned 32-bit number below infinity). */
const MAX_LEASE_SECONDS = 0xfffffffe;
/** The largest is "nobody at all" (chown(2)). */
const MAX_USER_ID = 0xfffffffe;
/** sun_path holds 108 bytes with the closing zero (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 107;

export function readVersion(value: string): Reading<RequestedVersion> {
  if (value === "2") return accept(2);
  if (value === "3") return accept(3);
  return value.toLowerCase() === "auto" ? accept("auto") : refuse(value);
}

/** Seconds that at least one version can carry; which one speaks is looked at together with `VRRPD_VERSION`. */
export function readAdvertInterval(value: string): Reading<number> {
  const interval = parseSeconds(value);
  if (interval === null || !(carriedByVersion(3, interval) || carriedByVersion(2, interval)))
    return refuse(value);
  return accept(interval);
}

export function carriedByVersion(version: 2 | 3, intervalSeconds: number): boolean {
  const { min, max } = ADVERT_INTERVAL_LIMITS[version];
  const steps = version === 2 ? intervalSeconds : Number((intervalSeconds * 100).toFixed(6));
  return intervalSeconds >= min && intervalSeconds <= max && Number.isInteger(steps);
}

/** 0: never. */
export function readAnnounceRefresh(value: string): Reading<number> {
  return parseSeconds(value) === 0 ? accept(0) : seconds(1, MAX_ANNOUNCE_REFRESH_SECONDS)(value);
}

export function readLease(value: string): Reading<RequestedLease> {
  const word = value.toLowerCase();
  if (word === "fast") return accept("fast");
  return word === "off" ? accept(null) : wholeNumber(1, MAX_LEASE_SECONDS)(value);
}

/** What stands behind the colon of an IPv4 address's label. */
export function readLabel(value: string): Reading<string | null> {
  if (value.toLowerCase() === "none") return accept(null);
  return /^[\w.-]{1,13}$/.test(value) ? accept(value) : refuse(value);
}

export function readSocketPath(value: string): Reading<string | null> {
  if (!value.startsWith("/")) return refuse(value, "is not an absolute path");
  if (Buffer.byteLength(value) > MAX_SOCKET_PATH_BYTES)
    return refuse(value, "is longer than a socket path can be");
  return accept(value);
}

/** `user` or `user:group`; whether this host knows them is not looked at. */
export function readUserName(value: string): Reading<UserName | null> {
  const [, user, group = null] = /^([^\s:/]+)(?::([^\s:/]+))?$/.exec(value) ?? [];
  if (user === undefined) return refuse(value);
  const tooLarge = [user, group].find(
    (one) => one !== null && /^\d+$/.test(one) && Number(one) > MAX_USER_ID,
  );
  return tooLarge === undefined
    ? accept({ user, group })
    : refuse(value, "has a number that no user can have");
}

export function readUserIds(value: string): Reading<readonly number[]> {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== "");
  const refused = entries.filter((entry) => !/^\d{1,10}$/.test(entry) || Number(entry) > MAX_USER_ID);
  if (refused.length > 0) return refuse(refused[0]!, "is not the number of a user");
  return accept(entries.map(Number));
}

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, an IPv6 host in brackets, or `off`. */
export function readListenAddress(value: string): Reading<ListenAddress | null> {
  if (value.toLowerCase() === "off") return accept(null);
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(value);
  if (match === null) return refuse(value);
  const port = Number(match[3]);
  const bracketed = match[1];
  if (port < 1 || port > 65535) return refuse(value, "has a port outside 1..65535");
  if (bracketed !== undefined && parseAddress(bracketed)?.family !== "ipv6") return refuse(value);
  return accept({ host: bracketed ?? match[2]!, port });
}

/** As a URL has them: letters, digits, dashes, dots and, as many a machine's name has it, underscores. */
export function readHostNames(value: string): Reading<readonly string[]> {
  const names = value.split(/[\s,]+/).filter((name) => name !== "");
  const wrong = names.find((name) => !/^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name));
  return wrong === undefined ? accept(names) : refuse(wrong, "is not a host name");
}
