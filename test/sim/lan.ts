/** The simulated LAN: every packet reaches every other host after a moment, unless a fault says otherwise. */
import type { IpAddress } from "../../src/base/address.js";
import type { Micros } from "../../src/base/time.js";
import type { Advert } from "../../src/wire/advert.js";
import type { Prng } from "./prng.js";

export interface Packet {
  /** Index of the virtual router; -1: an id that nobody here has. */
  readonly router: number;
  readonly source: IpAddress;
  readonly advert: Advert;
}

/** What happens to packets from one host to another; null: any. */
export interface Degradation {
  readonly from: number | null;
  readonly to: number | null;
  readonly loss: number;
  readonly duplicate: number;
  /** Each packet is held back for up to this long, so that later ones may overtake it. */
  readonly delayMicros: Micros;
}

/** A speaker that is none of the hosts. */
export const OUTSIDE = -1;

const LATENCY_MICROS: Micros = 50;
const JITTER_MICROS: Micros = 250;

export class Lan {
  readonly degradations = new Set<Degradation>();
  /** How many faults block the way from one host (first index) to another. */
  readonly #blocks: number[][];

  constructor(
    private readonly hosts: number,
    private readonly rng: Prng,
    private readonly hooks: {
      readonly sent: (at: Micros, from: number, packets: readonly Packet[]) => void;
      readonly deliver: (at: Micros, to: number, packets: readonly Packet[]) => void;
    },
  ) {
    this.#blocks = Array.from({ length: hosts }, () => new Array<number>(hosts).fill(0));
  }

  /** @param change 1: blocks it, -1: takes that back */
  block(from: number, to: number, change: 1 | -1): void {
    this.#blocks[from]![to]! += change;
  }

  /** Whether there is a way from one host to another and back. */
  carries(from: number, to: number): boolean {
    return this.#blocks[from]![to]! === 0 && this.#blocks[to]![from]! === 0;
  }

  transmit(now: Micros, from: number, packets: readonly Packet[]): void {
    this.hooks.sent(now, from, packets);
    for (let to = 0; to < this.hosts; to += 1) {
      if (to === from || (from !== OUTSIDE && this.#blocks[from]![to]! > 0)) continue;
      const arrival = now + LATENCY_MICROS + Math.floor(this.rng.next() * JITTER_MICROS);
      const faults = this.#faultsBetween(from, to);
      if (faults.length === 0) this.hooks.deliver(arrival, to, packets);
      else for (const packet of packets) this.#struggle(arrival, to, packet, faults);
    }
  }

  #faultsBetween(from: number, to: number): Degradation[] {
    if (this.degradations.size === 0) return [];
    return [...this.degradations].filter(
      (fault) => (fault.from === null || fault.from === from) && (fault.to === null || fault.to === to),
    );
  }

  #struggle(arrival: Micros, to: number, packet: Packet, faults: readonly Degradation[]): void {
    let copies = 1;
    let delay = 0;
    for (const fault of faults) {
      if (this.rng.chance(fault.loss)) return;
      if (this.rng.chance(fault.duplicate)) copies += 1;
      delay += fault.delayMicros;
    }
    for (; copies > 0; copies -= 1) {
      this.hooks.deliver(arrival + Math.floor(this.rng.next() * delay), to, [packet]);
    }
  }
}
