/** Interfaces of which secondary addresses are to be promoted: set while the daemon runs, and set back (Keepalived's `promote_secondaries`). */
import type { InterfaceFacts, Plan } from "../config/index.js";
import { readInterfaceSysctl } from "../host/kernel-values.js";
import { setPromotion } from "../host/netlink/promotion.js";

export interface PromotionOptions {
  readonly interfaces: () => readonly InterfaceFacts[];
  readonly onProblem: (sentence: string) => void;
}

export class Promotion {
  /** Indexes of those that it was set for. */
  #set: ReadonlySet<number> = new Set();

  constructor(private readonly options: PromotionOptions) {}

  update({ promotes }: Plan): void {
    const there = this.options.interfaces().filter(({ name }) => promotes.includes(name));
    const wanted = there.filter(
      ({ name, link }) =>
        this.#set.has(link.index) || readInterfaceSysctl("ipv4", name, "promote_secondaries") === 0,
    );
    const added = wanted.filter(
      ({ name, link }) => this.#set.has(link.index) || this.#turnOn(name, link.index),
    );
    const now = new Set(added.map(({ link }) => link.index));
    this.#reset([...this.#set].filter((index) => !now.has(index)));
    this.#set = now;
  }

  close(): void {
    this.#reset([...this.#set]);
    this.#set = new Set();
  }

  #turnOn(name: string, index: number): boolean {
    const refusal = setPromotion(index, true);
    if (refusal !== null)
      this.options.onProblem(
        `promote_secondaries cannot be set on ${name}: ${refusal}; set net.ipv4.conf.${name}.promote_secondaries`,
      );
    return refusal === null;
  }

  /** One that is gone by now needs nothing. */
  #reset(indexes: readonly number[]): void {
    for (const index of indexes) setPromotion(index, false);
  }
}
