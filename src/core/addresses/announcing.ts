/** What a master announces of its addresses, and when: of its own accord, and because of what others say. */
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { Deadline, type Deadlines } from "../deadlines.js";
import type { AddressKey, RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import { keysOf, type VirtualAddress } from "./address.js";
import type { AnnouncementPace } from "./announcement-pace.js";

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
  /** Where it came to, if there are pauses. */
  #lastInTurn: VirtualAddress | null = null;

  constructor(
    private readonly table: AnnouncedTable,
    private readonly config: () => VirtualRouterConfig,
    private readonly deadlines: Deadlines,
    private readonly outbox: Outbox,
    private readonly pace: AnnouncementPace,
  ) {
    this.#due = new Deadline("announce", config().name, (now) => this.sendDue(now));
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

  /** A master announces of its own accord, without a cause. */
  refresh(now: Micros): void {
    if (!this.table.isWanted) return;
    for (const entry of this.#present) entry.announcements.refresh(now);
    this.sendDue(now);
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
    for (let due = this.#takeDue(now); due.length > 0; due = this.#takeDue(now)) this.#emit(due);
    this.arm();
  }

  /** To be called when an announcement was planned, or one is no longer. */
  arm(): void {
    let at = Number.POSITIVE_INFINITY;
    for (const entry of this.table.entries) {
      const { nextAt } = entry.announcements;
      if (nextAt !== null) at = Math.min(at, this.#availableAt(nextAt, entry));
    }
    if (Number.isFinite(at)) this.deadlines.set(this.#due, at);
    else this.deadlines.clear(this.#due);
  }

  get #present(): readonly VirtualAddress[] {
    return this.table.entries.filter(({ isPresent }) => isPresent);
  }

  /** A round: of each address one, as long as no pause comes between. */
  #takeDue(now: Micros): VirtualAddress[] {
    return this.#inTurn().filter((entry) => {
      if (!entry.announcements.isDue(now) || this.#availableAt(now, entry) > now) return false;
      const pauseMicros = this.#pauseOf(entry);
      if (pauseMicros > 0) {
        this.pace.spend(now, entry.config.interface, entry.config.address.family, pauseMicros);
        this.#lastInTurn = entry;
      }
      return entry.announcements.take(now);
    });
  }

  /** After a pause it goes on behind the address at which it came: rounds over all addresses, as without one. */
  #inTurn(): readonly VirtualAddress[] {
    const { entries } = this.table;
    if (this.#lastInTurn === null) return entries;
    const next = entries.indexOf(this.#lastInTurn) + 1;
    return [...entries.slice(next), ...entries.slice(0, next)];
  }

  #availableAt(from: Micros, { config }: VirtualAddress): Micros {
    return this.pace.availableAt(from, config.interface, config.address.family);
  }

  #pauseOf({ config }: VirtualAddress): Micros {
    return this.config().announcements.pauseMicros[config.address.family];
  }

  #emit(entries: readonly VirtualAddress[]): void {
    if (entries.length === 0) return;
    this.outbox.emit({ type: "announce", router: this.table.router, addresses: keysOf(entries) });
  }
}
