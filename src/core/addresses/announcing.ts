/** What a master announces of its addresses, and when: of its own accord, and because of what others say. */
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { AddressKey, RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import { keysOf, type VirtualAddress } from "./address.js";

/** Whose addresses are announced. */
export interface AnnouncedTable {
  readonly router: RouterId;
  readonly entries: readonly VirtualAddress[];
  /** Master: the addresses should be there. */
  readonly isWanted: boolean;
  entryOf(address: AddressKey): VirtualAddress | undefined;
}

export class Announcing {
  readonly #due: Deadline;

  constructor(
    private readonly table: AnnouncedTable,
    { name }: VirtualRouterConfig,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
  ) {
    this.#due = new Deadline("announce", name, (now) => this.sendDue(now));
  }

  /**
   * Neighbours know what no longer holds: a master announces as if it were new.
   * @param on the interface whose neighbours these are; left out: all
   */
  anew(now: Micros, on?: string): void {
    if (!this.table.isWanted) return;
    for (const entry of this.#present) {
      if (on === undefined || entry.config.interface === on) entry.announcements.start(now);
    }
    this.sendDue(now);
  }

  /** A master announces once, of its own accord. */
  once(): void {
    if (this.table.isWanted) this.#emit(this.#present);
  }

  /**
   * Another host may be taken for the holder: a master repeats its announcements, as often as the limit allows. They
   * are due a moment later, when it is known what became of the advert that goes out now: that may silence them
   * (`concede`).
   */
  contest(now: Micros): void {
    if (!this.table.isWanted) return;
    for (const entry of this.#present) entry.announcements.contest(now + 1);
    this.arm();
  }

  /** The same for one of them, with nothing to wait for. */
  contestOne(now: Micros, address: AddressKey): void {
    const entry = this.table.entryOf(address);
    if (!this.table.isWanted || !entry?.isPresent) return;
    entry.announcements.contest(now);
    this.sendDue(now);
  }

  /** Nothing is said against another host any more. */
  concede(): void {
    for (const { announcements } of this.table.entries) announcements.concede();
    this.arm();
  }

  sendDue(now: Micros): void {
    this.#emit(this.table.entries.filter(({ announcements }) => announcements.take(now)));
    this.arm();
  }

  /** To be called when an announcement was planned, or one is no longer. */
  arm(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const { announcements } of this.table.entries) {
      const { nextAt } = announcements;
      if (nextAt !== null && nextAt < at) at = nextAt;
    }
    if (Number.isFinite(at)) this.deadlines.set(this.#due, at);
    else this.deadlines.clear(this.#due);
  }

  get #present(): readonly VirtualAddress[] {
    return this.table.entries.filter(({ isPresent }) => isPresent);
  }

  #emit(entries: readonly VirtualAddress[]): void {
    if (entries.length === 0) return;
    this.outbox.emit({ type: "announce", router: this.table.router, addresses: keysOf(entries) });
  }
}
