/** Mixes kinds into one list from a seed, and adds up what it must be counted as. */
import type { Family } from "../../src/base/address.js";
import { Prng } from "../sim/prng.js";
import type { NodeName } from "./field.js";
import type { Hostile, Kind } from "./kinds.js";

export type Account = Readonly<Record<string, number>>;

export interface Mixture {
  readonly packets: readonly Hostile[];
  readonly kinds: number;
  /** What one throw of the list adds to the counters of a node. */
  readonly expected: Readonly<Record<NodeName, Account>>;
}

/** @param kinds by family: packets of one draw stay together @param size packets, at least */
export function mix(
  seed: number,
  kinds: Readonly<Partial<Record<Family, readonly Kind[]>>>,
  size: number,
): Mixture {
  const rng = new Prng(seed);
  const families = Object.keys(kinds) as Family[];
  const sources = families.flatMap((family) => kinds[family]!.map((kind) => ({ kind, family, made: 0 })));
  const groups: (readonly Hostile[])[] = [];
  for (let packets = 0; packets < size; ) {
    for (const source of sources) {
      const group = source.kind({ rng, family: source.family, index: source.made });
      source.made += 1;
      packets += group.length;
      groups.push(group);
    }
  }
  const packets = rng.shuffle(groups).flat();
  const expected = { a: expectedOf(packets, "a"), b: expectedOf(packets, "b") };
  return { packets, kinds: sources.length, expected };
}

function expectedOf(packets: readonly Hostile[], node: NodeName): Account {
  const account: Record<string, number> = {};
  for (const { counts, to } of packets) {
    if (to !== null && to !== node) continue;
    for (const name of counts) account[name] = (account[name] ?? 0) + 1;
  }
  return account;
}
