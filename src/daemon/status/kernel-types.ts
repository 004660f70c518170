/** What of the status is about the kernel: virtual addresses, routes and rules. */
import type { Occurrences } from "../../core/counters.js";
import type { Time } from "./values.js";

export interface VirtualAddressDocument {
  /** With prefix length. */
  readonly address: string;
  /** Where it is put: the instance's interface, or another one. */
  readonly interface: string;
  /** Adverts list it, as far as there is room. */
  readonly advertised: boolean;
  /** The kernel has it on the interface, with whatever prefix: it answers for it. */
  readonly present: boolean;
  /** It should be there: this node is master. */
  readonly expected: boolean;
  /** It is there as the node's own, which vrrpd never removes. */
  readonly own: boolean;
  /** Why the kernel refused it last; null: it did not. */
  readonly problem: string | null;
  /** MAC address of another host that has it too; null: nobody was heard to. */
  readonly alsoAnsweredBy: string | null;
  /** By somebody else, while this node was master; null: never. */
  readonly removals: RemovalsDocument | null;
}

/** One after the other, without a pause of more than 15 minutes. */
export interface RemovalsDocument {
  readonly count: Occurrences;
  readonly since: Time;
  readonly lastAt: Time;
}

/** A route, a rule or a static address, in the words of iproute2. */
export interface FixtureDocument {
  readonly kind: "route" | "rule" | "address";
  readonly words: string;
  /** The kernel said that it has it when it was asked last. */
  readonly present: boolean;
  /** It should be there. */
  readonly expected: boolean;
  /** It is put back when it is gone (no_track: it is not). */
  readonly guarded: boolean;
  /** Why the kernel refused it last; null: it did not. */
  readonly problem: string | null;
}
