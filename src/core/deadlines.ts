/**
 * The table of deadlines: every VRRP timer of the host, each with the reason that status can show.
 * An indexed binary heap, so that re-arming (once for each advert heard) neither allocates nor leaves anything behind.
 */
import type { Micros } from "../base/time.js";

/**
 * What happens when the time of each kind of timer has come: the end of the sentence "in 2 s: …". `{setting …}` is
 * a setting (origin.ts) as the source of the configuration spells it. docs/operating.md has this table, too.
 */
export const TIMERS = {
  advertise: "sends its next advert",
  "master down": "becomes MASTER, unless a master advertises before",
  "preempt delay": "the preempt delay ends; it then takes over from the master, whose priority is lower",
  listen: "advertises and announces again, unless another master is heard before: it had stalled",
  "ask for the lock": "asks again for the lock of this virtual router",
  announce: "announces its addresses again (gratuitous ARP, Neighbor Advertisements)",
  "announce refresh": "announces its addresses again ({setting announceRefresh})",
  "rival silent": "announces its addresses again, unless the other master speaks before",
  "probe for conflicts": "asks the LAN whether another host has its addresses",
  "reconcile addresses": "tries again to bring the interface's addresses in order",
  "reconcile routes": "tries again to bring routes and rules in order",
  "trial advert": "tries whether the kernel lets an advert out again",
  "others silent": "serves again, unless another one advertises before",
  "trial address": "tries whether the kernel takes an address again",
  "others take over": "goes on as before, unless another node takes over before: it has yielded",
  "invite again": "lets other nodes take over once more: it has yielded",
  "yield over": "ends a yield, and takes part as before",
  "renew leases": "renews the leases of all virtual addresses of this host",
} as const satisfies Readonly<Record<string, string>>;

/** What a timer is for, a stable word: docs/operating.md has them all. */
export type TimerKind = keyof typeof TIMERS;

export class Deadline {
  /** Meaningful while armed. */
  at: Micros = 0;
  /** Position in the heap; -1: not armed. */
  position = -1;

  constructor(
    readonly reason: TimerKind,
    /** Whose it is: an instance name; null: the host's, since an instance may have any name. */
    readonly owner: string | null,
    /** @param at the time that had been set, to tell how late this is */
    readonly fire: (now: Micros, at: Micros) => void,
    /** Worth some processor time to be on time. */
    readonly isUrgent = false,
  ) {}

  get armed(): boolean {
    return this.position >= 0;
  }
}

export class Deadlines {
  readonly #heap: Deadline[] = [];

  /** The earliest one, or null. */
  next(): Deadline | null {
    return this.#heap[0] ?? null;
  }

  /** Those that are armed for this owner, the earliest first. */
  of(owner: string): Deadline[] {
    return this.#heap.filter((deadline) => deadline.owner === owner).sort((a, b) => a.at - b.at);
  }

  set(deadline: Deadline, at: Micros): void {
    if (!deadline.armed) {
      deadline.position = this.#heap.length;
      this.#heap.push(deadline);
    }
    deadline.at = at;
    this.#down(this.#up(deadline.position));
  }

  clear(deadline: Deadline): void {
    const position = deadline.position;
    if (position < 0) return;
    const last = this.#heap.pop()!;
    deadline.position = -1;
    if (last === deadline) return;
    this.#place(last, position);
    this.#down(this.#up(position));
  }

  /** None of this owner's will fire. */
  forget(owner: string): void {
    for (const deadline of this.of(owner)) this.clear(deadline);
  }

  /** Fires all that are due, the earliest first; each is disarmed before it fires. */
  fireDue(now: Micros): void {
    for (let due = this.next(); due !== null && due.at <= now; due = this.next()) {
      this.clear(due);
      due.fire(now, due.at);
    }
  }

  #place(deadline: Deadline, position: number): void {
    this.#heap[position] = deadline;
    deadline.position = position;
  }

  #up(from: number): number {
    const moving = this.#heap[from]!;
    let position = from;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (this.#heap[parent]!.at <= moving.at) break;
      this.#place(this.#heap[parent]!, position);
      position = parent;
    }
    this.#place(moving, position);
    return position;
  }

  #down(from: number): void {
    const moving = this.#heap[from]!;
    let position = from;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= this.#heap.length) break;
      if (child + 1 < this.#heap.length && this.#heap[child + 1]!.at < this.#heap[child]!.at) child += 1;
      if (moving.at <= this.#heap[child]!.at) break;
      this.#place(this.#heap[child]!, position);
      position = child;
    }
    this.#place(moving, position);
  }
}
