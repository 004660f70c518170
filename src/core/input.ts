/** What the core is told. Every input is handed over together with the time (`handle(now, input)`). */
import type { AddressWithPrefix, Family, IpAddress } from "../base/address.js";
import type { MacAddress } from "../base/mac.js";
import type { Micros } from "../base/time.js";
import type { Advert, DropReason } from "../wire/advert.js";
import type { CoreConfig } from "./config.js";
import type { AdvertKind } from "./effect.js";
import type { FixtureKey } from "./fixture.js";
import type { AddressKey, RouterId } from "./identity.js";

/** An interface as far as an election depends on it. */
export interface LinkState {
  /** Kernel index: another one under the same name is another interface. */
  readonly index: number;
  /** Administratively up. */
  readonly up: boolean;
  /** Lower layer up (IFF_LOWER_UP / IFF_RUNNING). */
  readonly carrier: boolean;
  readonly mac: MacAddress | null;
  readonly mtu: number;
}

/** An address as the kernel has it. */
export interface InterfaceAddress extends AddressWithPrefix {
  /** The other end of a link, whose prefix it then is; null or left out: there is none. */
  readonly peer?: IpAddress | null;
  readonly scope: "global" | "link" | "host" | "other";
  readonly secondary: boolean;
  /** IPv6: duplicate address detection has not ended. */
  readonly tentative: boolean;
  /** IPv6: added without duplicate address detection. */
  readonly nodad: boolean;
  /** IPv6: one of those that change by themselves (RFC 8981). */
  readonly temporary: boolean;
  /** Its preferred lifetime has ended: not for new connections. */
  readonly deprecated: boolean;
  /** IPv4 label, as `ip address` shows it. */
  readonly label: string | null;
  /** Seconds that the kernel keeps it; null: for ever. */
  readonly validSeconds: number | null;
  /** IFA_PROTO is vrrpd's mark. */
  readonly marked: boolean;
}

export type CheckOutcome = "pass" | "fail" | "timeout" | "disabled";

export type AddressOutcome =
  | { readonly address: AddressKey; readonly result: "done" }
  /** `code`: errno name, such as ENOMEM. To remove what is not there, or its interface, is done. */
  | { readonly address: AddressKey; readonly result: "refused"; readonly code: string };

/** `changed`: it was not there before, or not gone. `code`: errno name. */
export type FixtureOutcome =
  | { readonly fixture: FixtureKey; readonly result: "done"; readonly changed: boolean }
  | { readonly fixture: FixtureKey; readonly result: "refused"; readonly code: string };

export type Input =
  /** The deadline has come (or may have: the core looks). */
  | { readonly type: "deadline" }
  /** The timer fired, and what has arrived is not read yet: only adverts that are due, and not late by an interval, go out. */
  | { readonly type: "advertise" }
  /**
   * A well-formed advert of a virtual router of ours, which it may hear. `listed`: from a unicast peer, or multicast.
   * `count`: it stands for so many that came one after the other, all alike and routine (`Core.isRoutine`), of which
   * this is the last; left out: 1.
   */
  | {
      readonly type: "advert";
      readonly router: RouterId;
      readonly source: IpAddress;
      readonly listed: boolean;
      readonly advert: Advert;
      readonly count?: number;
    }
  /** A valid advert, received on one of our interfaces, for a virtual router that we do not run. */
  | {
      readonly type: "foreignAdvert";
      readonly interface: string;
      readonly family: Family;
      readonly source: IpAddress;
      readonly advert: Advert;
    }
  /**
   * A packet that was refused before it took part in anything. `router`: null when it cannot be told. `advert`: what
   * it says, where it is well-formed and was refused for the way that it came.
   */
  | {
      readonly type: "drop";
      readonly interface: string;
      readonly family: Family;
      readonly router: RouterId | null;
      readonly source: IpAddress | null;
      readonly reason: DropReason;
      readonly advert?: Advert;
    }
  /** The interface, one in use or a tracked one, is there (again), changed, or gone (null). */
  | { readonly type: "link"; readonly interface: string; readonly link: LinkState | null }
  /** The address that adverts of this family are sent from, or why there is none. `router`: the one that it is for; left out: all. */
  | {
      readonly type: "source";
      readonly router?: RouterId;
      readonly interface: string;
      readonly family: Family;
      readonly source: IpAddress | null;
      readonly detail: string | null;
      /** The interface with the virtual MAC address is missing, which `detail` is about. */
      readonly lacksVmac?: boolean;
    }
  /** All addresses of an interface: at start, when it appears, and after events were lost. */
  | {
      readonly type: "addresses";
      readonly interface: string;
      readonly addresses: readonly InterfaceAddress[];
    }
  /**
   * Somebody else (not vrrpd) added or removed one address. `alone`: whether an added one is (leftover.ts).
   * `takenAlong`: the kernel removed it together with another one that vrrpd removed.
   */
  | {
      readonly type: "addressChanged";
      readonly interface: string;
      readonly change: "added" | "removed";
      readonly address: InterfaceAddress;
      readonly alone: boolean;
      readonly takenAlong?: boolean;
    }
  /** The answer to `addAddresses` or `removeAddresses`. */
  | {
      readonly type: "addressResults";
      readonly router: RouterId;
      readonly operation: "add" | "remove";
      readonly outcomes: readonly AddressOutcome[];
    }
  /** The answer to `addFixtures` or `removeFixtures`. */
  | {
      readonly type: "fixtureResults";
      readonly router: RouterId | null;
      readonly operation: "add" | "remove";
      readonly outcomes: readonly FixtureOutcome[];
    }
  /** Routes, rules, links or addresses of this host have changed: some of ours may be gone. */
  | { readonly type: "fixturesDoubted" }
  /** The answer to `acquireLock`: held by us (null), or by whom. */
  | { readonly type: "lock"; readonly router: RouterId; readonly holder: string | null }
  | {
      readonly type: "check";
      readonly check: string;
      readonly outcome: CheckOutcome;
      readonly detail: string;
      /** What it tells, of one that tells a number: where others pass, that is 0. Left out: it tells none. */
      readonly value?: number;
    }
  /**
   * The kernel refused to send. `codes`: an errno name for each destination; `reached`: how many others it left for.
   * Known before the next deadline.
   */
  | {
      readonly type: "sendFailed";
      readonly router: RouterId;
      readonly what: AdvertKind | "announcement";
      /** The interface; left out: that of the virtual router. */
      readonly on?: string;
      readonly codes: readonly string[];
      readonly reached: number;
    }
  /** Another host answered ARP or ND for a virtual address. */
  | {
      readonly type: "addressConflict";
      readonly router: RouterId;
      readonly address: AddressKey;
      readonly mac: MacAddress;
    }
  /** Another host asks whether anybody has a virtual address, without having it itself. */
  | {
      readonly type: "addressProbed";
      readonly router: RouterId;
      readonly address: AddressKey;
      readonly mac: MacAddress;
    }
  /**
   * A host fact or the configuration changed: virtual routers, addresses and checks that are new, changed or gone. It is
   * refused as a whole, by name, where it changes what a virtual router cannot change while it runs (configure.ts).
   */
  | { readonly type: "configure"; readonly config: CoreConfig }
  /**
   * Give the addresses to whoever takes them (yields.ts). `instances`: names, whether the configuration has them or not;
   * null: the whole node. `until`: when that ends by itself. `since`: left out: now.
   */
  | {
      readonly type: "yield";
      readonly instances: readonly string[] | null;
      readonly until: Micros | null;
      readonly force: boolean;
      readonly persistent: boolean;
      readonly since?: Micros;
    }
  /** Take part again. `instances`: as of `yield`; null: all. */
  | { readonly type: "resume"; readonly instances: readonly string[] | null }
  /** Release everything and come to rest in INIT. */
  | { readonly type: "shutdown" };
