/** One virtual address of one virtual router: what is known of it in the kernel, and when to try again. */
import type { AddressWithPrefix } from "../../base/address.js";
import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import { type AddressKey, addressKey } from "../identity.js";
import type { VirtualAddressConfig } from "../virtual-address.js";
import { type AnnouncementSettings, Announcements } from "./announcements.js";

/**
 * `ours`: put there by this process. `leftover`: there, put by an earlier run or by somebody else, and ours to take.
 * `own`: the node's own address, which is never touched.
 */
export type Presence = "absent" | "ours" | "leftover" | "own";

const FIRST_RETRY_MICROS = 100 * MICROS_PER_MILLISECOND;
const LONGEST_RETRY_MICROS = 5 * MICROS_PER_SECOND;
/** An address that stayed this long is no longer being meddled with. */
const CALM_MICROS = 10 * MICROS_PER_SECOND;

/** Of a longer pause it is a new series. */
const REMOVALS_SERIES_MICROS = 900 * MICROS_PER_SECOND;

/** How often somebody else has removed it, one removal after the other. */
export interface Removals {
  readonly count: number;
  readonly since: Micros;
  readonly lastAt: Micros;
}

export class VirtualAddress {
  key: AddressKey;
  presence: Presence = "absent";
  readonly announcements: Announcements;
  /** When to bring wanted and actual together again; null: nothing to do. */
  retryAt: Micros | null = null;
  /** Why the kernel refused it last; null: it did not. */
  refusal: string | null = null;
  /** Why its removal was asked for, a clause, while that has not been confirmed; null: it was not. */
  removing: string | null = null;
  /** It was ours before a stall; once confirmed it is announced as if it were new. */
  doubted = false;
  /** It has come with another configuration, and what the interface has was not told since. */
  isNew = false;
  /** By somebody else; null: never. */
  removals: Removals | null = null;
  #attempts = 0;
  #lastAttemptAt: Micros = 0;

  constructor(
    public config: VirtualAddressConfig,
    settings: AnnouncementSettings,
  ) {
    this.key = addressKey(config.interface, config);
    this.announcements = new Announcements(settings);
  }

  /** The same one, planned or configured anew. */
  configure(config: VirtualAddressConfig, settings: AnnouncementSettings): this {
    this.config = config;
    this.key = addressKey(config.interface, config);
    this.announcements.configure(settings);
    return this;
  }

  get isPresent(): boolean {
    return this.presence !== "absent";
  }

  /** The time of the next attempt after a setback: at once the first time, then ever later. */
  setback(now: Micros, immediately: boolean): void {
    if (now - this.#lastAttemptAt > CALM_MICROS) this.#attempts = 0;
    const retries = immediately ? this.#attempts : this.#attempts + 1;
    const delay = retries === 0 ? 0 : Math.min(LONGEST_RETRY_MICROS, FIRST_RETRY_MICROS * 2 ** (retries - 1));
    this.#attempts += 1;
    this.#lastAttemptAt = now + delay;
    this.retryAt = now + delay;
  }

  onRemovedByOthers(now: Micros): void {
    const before = this.removals;
    const goesOn = before !== null && now - before.lastAt <= REMOVALS_SERIES_MICROS;
    this.removals = goesOn
      ? { ...before, count: before.count + 1, lastAt: now }
      : { count: 1, since: now, lastAt: now };
  }

  /** Nothing is to be done about it for now. */
  rest(): void {
    this.announcements.stop();
    this.doubted = false;
    this.settle();
  }

  settle(): void {
    this.retryAt = null;
    this.refusal = null;
    this.removing = null;
  }
}

export function keysOf(entries: readonly VirtualAddress[]): AddressKey[] {
  return entries.map((entry) => entry.key);
}

/** Those that go for one reason go together. @param why the reason of those that have none yet, a clause */
export function byReason(
  entries: readonly VirtualAddress[],
  why: string,
): ReadonlyMap<string, readonly VirtualAddress[]> {
  const groups = new Map<string, VirtualAddress[]>();
  for (const entry of entries) {
    entry.removing ??= why;
    const same = groups.get(entry.removing);
    if (same === undefined) groups.set(entry.removing, [entry]);
    else same.push(entry);
  }
  return groups;
}

export function isRemovable(presence: Presence, leftoversToo: boolean): boolean {
  return presence === "ours" || (leftoversToo && presence === "leftover");
}

/** With its prefix length. */
export function sameAddress({ config }: VirtualAddress, actual: AddressWithPrefix): boolean {
  return config.address.text === actual.address.text && config.prefixLength === actual.prefixLength;
}
