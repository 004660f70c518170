/**
 * The virtual addresses of one virtual router: wanted against actual. Nothing is assumed: an address is announced
 * only after the kernel has confirmed it (RFC 9568 §8.1.2, §8.2.2), and what differs is tried again with backoff.
 */
import { assert } from "../../base/errors.js";
import { MICROS_PER_MILLISECOND, MICROS_PER_SECOND, type Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import type { Counters } from "../counters.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import { type AddressKey, addressKey, type RouterId } from "../identity.js";
import type { AddressOutcome, Input, InterfaceAddress } from "../input.js";
import type { Outbox } from "../outbox.js";
import { signsOf } from "../virtual-address.js";
import { byReason, isRemovable, keysOf, sameAddress, type VirtualAddress } from "./address.js";
import type { AnnouncementPace } from "./announcement-pace.js";
import { Announcing } from "./announcing.js";
import { AddressComplaints, type Loss } from "./complaints.js";
import { isLeftover, OWN_ABSENCE_MICROS } from "./leftover.js";
import { Roster } from "./roster.js";

/** An address that appears on a backup is reported when it is still there after this: our own last add may echo. */
const SUSPICION_MICROS = 100 * MICROS_PER_MILLISECOND;

const NOT_MASTER = "this node is not master";
const LEFT_BEHIND = "left there by an earlier run";
const ADDED_BY_OTHERS = "added by somebody on a backup";

type AddressChanged = Extract<Input, { type: "addressChanged" }>;

export class AddressTable {
  /** Master: the addresses should be there. */
  #wanted = false;
  /** A master that may be none any more: what is there stays, and nothing is added or announced. */
  #paused = false;
  /** The interfaces whose list the kernel has told, */
  readonly #known = new Set<string>();
  /** and those where the start is over: an address that appears there now was added by somebody. */
  readonly #guarded = new Set<string>();
  #lastRenewedAt: Micros = 0;
  readonly #roster: Roster;
  readonly #complaints: AddressComplaints;
  readonly announcing: Announcing;
  readonly #reconcile: Deadline;

  constructor(
    readonly router: RouterId,
    private readonly config: () => VirtualRouterConfig,
    counters: Counters,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
    pace: AnnouncementPace,
  ) {
    this.#complaints = new AddressComplaints(router, config, counters, outbox);
    this.#roster = new Roster(config());
    this.announcing = new Announcing(this, config, deadlines, outbox, pace);
    this.#reconcile = new Deadline("reconcile addresses", config().name, (now) => this.#reconcileDue(now));
  }

  /**
   * The configuration has changed. A master adds what is new as soon as it is known what is there.
   * @returns what it has put on an interface and does not have any more
   */
  configure(now: Micros): AddressKey[] {
    const { added, gone } = this.#roster.configure(this.config());
    for (const entry of added) {
      entry.isNew = true;
      if (this.#wanted) entry.retryAt = now;
    }
    this.#arm();
    return leavingOf(gone);
  }

  /** What it has put on an interface, or has asked to be removed there. */
  get leaving(): AddressKey[] {
    return leavingOf(this.entries);
  }

  /** In the order of the configuration. */
  get entries(): readonly VirtualAddress[] {
    return this.#roster.entries;
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  /** The leftovers of an earlier run have been looked for there. */
  isTidy(interfaceName: string): boolean {
    return this.#guarded.has(interfaceName);
  }

  /** The virtual router or some of its addresses are there. */
  isOn(interfaceName: string): boolean {
    return this.#roster.isOn(interfaceName);
  }

  entryOf(address: AddressKey): VirtualAddress | undefined {
    return this.#roster.entryOf(address);
  }

  /** Adverts may list it. */
  advertises(text: string): boolean {
    return this.#roster.advertises(text);
  }

  /** Became master: all of them, in one batch. */
  claim(now: Micros): void {
    this.#wanted = true;
    this.#paused = false;
    // Still there because the kernel refused to remove it; meanwhile neighbours have learned another host.
    for (const entry of this.entries) entry.doubted = entry.presence === "ours";
    const own = this.entries.filter((entry) => entry.presence === "own");
    for (const entry of own) entry.announcements.start(now);
    if (own.length > 0) this.#announceDue(now);
    this.renew(now);
  }

  /** Adds what should be there, which is idempotent and starts each lease anew. */
  renew(now: Micros): void {
    if (!this.#wanted) return;
    this.#lastRenewedAt = now;
    this.#add(this.entries.filter((entry) => entry.presence !== "own"));
  }

  /** No longer master. */
  release(): void {
    this.#rest();
    const held = this.entries.filter(({ presence }) => presence === "ours" || presence === "leftover");
    this.#remove(held, NOT_MASTER);
  }

  /** Until `claim` or `release`: a master that may be none any more. */
  pause(): void {
    this.#rest();
    this.#paused = true;
  }

  /**
   * At start, once the addresses are known: what an earlier run left behind goes.
   * @param only the interface that is looked at; left out: all
   */
  removeLeftovers(only?: string): void {
    const looked = [...this.#known].filter((name) => only === undefined || name === only);
    for (const name of looked) this.#guarded.add(name);
    if (this.#wanted) return;
    const left = this.entries.filter(
      ({ presence, config }) => presence === "leftover" && looked.includes(config.interface),
    );
    this.#remove(left, LEFT_BEHIND);
  }

  /** The kernel has none of them, because it takes none. */
  get areAllRefused(): boolean {
    const { entries } = this;
    return entries.length > 0 && entries.every(({ isPresent, refusal }) => !isPresent && refusal !== null);
  }

  /** Not master: asks whether the kernel takes one, which is removed as soon as it says so (`onAdded`). */
  tryOne(): void {
    this.#add(
      [this.entries.find(({ isPresent }) => !isPresent) ?? this.entries[0]].filter(
        (one) => one !== undefined,
      ),
    );
  }

  onAdded(now: Micros, outcomes: readonly AddressOutcome[]): void {
    for (const outcome of outcomes) {
      const entry = this.#entry(outcome.address);
      if (outcome.result === "refused") this.#onAddRefused(now, entry, outcome.code);
      else if (this.#wanted) this.#onConfirmed(now, entry);
      else entry.presence = "ours";
    }
    // The mastership ended while they were being added.
    if (!this.#wanted && !this.#paused) {
      const late = outcomes.flatMap((outcome) => this.#oursAt(outcome.address));
      this.#remove(late, NOT_MASTER);
    }
    this.#announceDue(now);
  }

  onRemoved(now: Micros, outcomes: readonly AddressOutcome[]): void {
    for (const outcome of outcomes) {
      const entry = this.#entry(outcome.address);
      if (outcome.result === "refused") this.#onRefused(now, entry, "remove", outcome.code);
      else this.#onGone(now, entry);
    }
    this.#arm();
  }

  /** The kernel's whole list of an interface: at start, when it appears, after events were lost. */
  onDump(
    now: Micros,
    on: string,
    addresses: readonly InterfaceAddress[],
    isAlone: (address: InterfaceAddress) => boolean,
  ): void {
    this.#known.add(on);
    for (const entry of this.entries) {
      if (entry.config.interface !== on) continue;
      const alike = addresses.filter(({ address }) => address.text === entry.config.address.text);
      const actual =
        alike.find((address) => sameAddress(entry, address)) ??
        alike.find((address) => this.entryOf(addressKey(on, address)) === undefined);
      if (actual === undefined) this.#onVanished(now, entry);
      else this.#onAppeared(now, entry, actual, isAlone);
    }
    this.#removeFound(on);
    this.#arm();
  }

  /** An address of the interface changed, other than as we asked. */
  onChanged(now: Micros, { interface: on, change, address, alone, takenAlong }: AddressChanged): void {
    const alike = this.#roster.alike(on, address.address.text);
    const same = alike.find((entry) => sameAddress(entry, address));
    for (const entry of same === undefined ? alike : [same]) {
      if (change === "added") this.#onAppeared(now, entry, address, () => alone);
      else if (entry === same || entry.presence === "own") {
        this.#onVanished(now, entry, takenAlong === true);
      }
    }
    this.#arm();
  }

  /** The interface is gone, and its addresses with it. */
  onInterfaceGone(name: string): void {
    for (const entry of this.entries) {
      if (entry.config.interface !== name) continue;
      entry.presence = "absent";
      entry.announcements.stop();
      entry.settle();
    }
    this.#arm();
  }

  #entry(address: AddressKey): VirtualAddress {
    const entry = this.entryOf(address);
    assert(entry !== undefined, `${address} is none of the addresses of ${this.router}`);
    return entry;
  }

  #rest(): void {
    this.#wanted = false;
    this.#paused = false;
    for (const entry of this.entries) entry.rest();
    this.#arm();
  }

  #onGone(now: Micros, entry: VirtualAddress): void {
    entry.presence = "absent";
    entry.announcements.stop();
    entry.settle();
    // Asked for before it was claimed again, and carried out after: the answer to the add may have come already.
    if (this.#wanted) entry.retryAt = now;
  }

  #oursAt(address: AddressKey): VirtualAddress[] {
    const entry = this.#entry(address);
    return entry.presence === "ours" && entry.removing === null ? [entry] : [];
  }

  #onConfirmed(now: Micros, entry: VirtualAddress): void {
    entry.settle();
    if (entry.presence === "ours" && !entry.doubted) return;
    entry.presence = "ours";
    entry.doubted = false;
    entry.announcements.start(now);
  }

  #onAddRefused(now: Micros, entry: VirtualAddress, code: string): void {
    if (this.#wanted) this.#onRefused(now, entry, "add", code);
    else this.#complaints.countRefusal(code);
  }

  #onRefused(now: Micros, entry: VirtualAddress, operation: "add" | "remove", code: string): void {
    this.#complaints.countRefusal(code);
    entry.refusal = `the kernel refuses to ${operation} it: ${code}`;
    entry.setback(now, false);
    this.#complaints.about(now, entry, "address-refused", entry.refusal);
  }

  #onVanished(now: Micros, entry: VirtualAddress, takenAlong = false): void {
    const wasPresent = entry.isPresent;
    const wasOwn = entry.presence === "own";
    entry.presence = "absent";
    entry.announcements.stop();
    if (!this.#wanted && !(this.#paused && wasPresent)) {
      entry.settle();
      return;
    }
    if (!wasPresent) {
      // Asked for, and neither there nor refused: its answer is under way, or lost.
      if (entry.retryAt === null) entry.setback(now, false);
      return;
    }
    const loss: Loss = takenAlong ? "taken along" : this.#leaseOverdue(now) ? "expired" : "meddled";
    this.#complaints.lost(now, entry, loss, this.#paused ? "put back unless another is master" : "put back");
    // Whoever takes the node's own address away may be about to put it back; ours in its place would not be the node's.
    if (this.#wanted && wasOwn) entry.retryAt = now + OWN_ABSENCE_MICROS;
    else if (this.#wanted) entry.setback(now, true);
  }

  #onAppeared(
    now: Micros,
    entry: VirtualAddress,
    actual: InterfaceAddress,
    isAlone: (address: InterfaceAddress) => boolean,
  ): void {
    if (entry.presence === "ours") return;
    const signs = signsOf(this.config(), entry.config);
    const takeable = sameAddress(entry, actual) && isLeftover(actual, signs, () => isAlone(actual));
    if (entry.presence === "absent" && !takeable) {
      this.#complaints.about(now, entry, "address-own", "it is this node's own address and stays untouched");
    }
    const isBackup = !this.#wanted && !this.#paused;
    if (entry.presence === "absent" && this.isTidy(entry.config.interface) && isBackup)
      entry.retryAt = now + SUSPICION_MICROS;
    entry.presence = takeable ? "leftover" : "own";
    // The node's own address is there already: only its announcements are ours to make.
    if (this.#wanted && !takeable) entry.announcements.start(now);
  }

  /** An earlier run may have had what is new in this one's configuration. */
  #removeFound(on: string): void {
    const looked = this.entries.filter(({ isNew, config }) => isNew && config.interface === on);
    for (const entry of looked) entry.isNew = false;
    if (this.#wanted || this.#paused || !this.isTidy(on)) return;
    const found = looked.filter(({ presence }) => presence === "leftover");
    for (const entry of found) entry.retryAt = null;
    this.#remove(found, LEFT_BEHIND);
  }

  #leaseOverdue(now: Micros): boolean {
    const { leaseSeconds } = this.config();
    return leaseSeconds !== null && now - this.#lastRenewedAt >= leaseSeconds * MICROS_PER_SECOND;
  }

  #reconcileDue(now: Micros): void {
    const due = this.entries.filter((entry) => entry.retryAt !== null && entry.retryAt <= now);
    for (const entry of due) entry.retryAt = null;
    if (this.#wanted) this.#add(due.filter((entry) => entry.presence !== "own"));
    else if (!this.#paused) this.#reconcileBackup(now, due);
    this.#arm();
  }

  #reconcileBackup(now: Micros, due: readonly VirtualAddress[]): void {
    const { guardRemove } = this.config();
    for (const entry of due) {
      if (entry.presence !== "leftover" || entry.removing !== null) continue;
      const what = guardRemove
        ? "somebody added it on a backup; it is removed"
        : "somebody added it on a backup";
      this.#complaints.about(now, entry, "address-on-backup", what);
    }
    const removable = due.filter(({ presence, removing }) =>
      isRemovable(presence, removing !== null || guardRemove),
    );
    this.#remove(removable, ADDED_BY_OTHERS);
  }

  #announceDue(now: Micros): void {
    this.announcing.sendDue(now);
    this.#armRetry();
  }

  #add(entries: readonly VirtualAddress[]): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.removing = null;
    this.outbox.emit({ type: "addAddresses", router: this.router, addresses: keysOf(entries) });
  }

  /** @param why a clause; a removal that is tried again keeps its own */
  #remove(entries: readonly VirtualAddress[], why: string): void {
    for (const [reason, group] of byReason(entries, why)) {
      const addresses = keysOf(group);
      this.outbox.emit({ type: "removeAddresses", router: this.router, addresses, why: reason });
    }
  }

  #arm(): void {
    this.#armRetry();
    this.announcing.arm();
  }

  #armRetry(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const { retryAt } of this.entries) if (retryAt !== null && retryAt < at) at = retryAt;
    if (Number.isFinite(at)) this.deadlines.set(this.#reconcile, at);
    else this.deadlines.clear(this.#reconcile);
  }
}

function leavingOf(entries: readonly VirtualAddress[]): AddressKey[] {
  return keysOf(entries.filter(({ presence, removing }) => presence === "ours" || removing !== null));
}
