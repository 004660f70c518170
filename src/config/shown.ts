/** What a keepalived.conf says that decides nothing here, and that Keepalived's dumps show all the same. */
import type { Family, IpAddress } from "../base/address.js";
import type { VrrpVersion } from "../wire/advert.js";
import { VRRP_GROUPS } from "../wire/vrrp.js";

export interface Shown {
  /** null: the host's name. */
  readonly routerId: string | null;
  /** Of IPv4 instances without one of their own. */
  readonly version: VrrpVersion;
  readonly strict: boolean;
  readonly skipsAddressCheck: boolean;
  readonly waitsForInterfaces: boolean;
  /** Of instances without one of their own. */
  readonly multicastGroups: Readonly<Record<Family, IpAddress>>;
  /** null: not set. */
  readonly startupDelaySeconds: number | null;
  /** By name; what is not in it is as usual. */
  readonly instances: ReadonlyMap<string, ShownInstance>;
  /** Of scripts, files and processes, by the names of their checks. */
  readonly checks: ReadonlyMap<string, ShownCheck>;
}

export interface ShownInstance {
  /** `state MASTER`, where that counts. */
  readonly wantsMaster: boolean;
  readonly strict: boolean;
  readonly skipsAddressCheck: boolean;
}

export interface ShownCheck {
  /** Of tracks without one of their own; 0: none. */
  readonly weight: number;
  readonly reversed: boolean;
  /** Of scripts; 0: not set, so the interval. */
  readonly timeoutSeconds: number;
}

export const USUAL_INSTANCE: ShownInstance = { wantsMaster: false, strict: false, skipsAddressCheck: false };
export const USUAL_CHECK: ShownCheck = { weight: 0, reversed: false, timeoutSeconds: 0 };

/** Of a source that has none of it. */
export const NOTHING_SHOWN: Shown = {
  routerId: null,
  version: 3,
  strict: false,
  skipsAddressCheck: false,
  waitsForInterfaces: true,
  multicastGroups: VRRP_GROUPS,
  startupDelaySeconds: null,
  instances: new Map(),
  checks: new Map(),
};
