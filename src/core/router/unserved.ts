/**
 * Addresses of ours that nobody serves: the master that a backup follows does not have them in its list. The election
 * is about the virtual router as a whole, so they stay unserved for as long as this node follows that master.
 */
import type { Micros } from "../../base/time.js";
import type { Advert } from "../../wire/advert.js";
import type { VirtualRouterConfig } from "../config.js";
import { masterDownMicros, RELEASE_PRIORITY } from "../election.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { Speaker, Speakers } from "../peers/speakers.js";

/** Of the virtual router that follows. */
export interface FollowingRouter {
  readonly id: RouterId;
  readonly config: VirtualRouterConfig;
  readonly priority: number;
  readonly speakers: Pick<Speakers, "all">;
}

export interface UnservedAddresses {
  /** Without prefix length. */
  readonly addresses: readonly string[];
  /** A clause: who is master, and why this node is not. */
  readonly why: string;
}

export class Unserved {
  /** null: the master that is followed has all of them, or none is followed. */
  now: UnservedAddresses | null = null;
  /** What an advert lacks; repeated bytes are the very same value. */
  #lacking = new WeakMap<Advert, readonly string[]>();

  constructor(
    private readonly router: FollowingRouter,
    private readonly outbox: Outbox,
  ) {}

  /** Another order of the addresses, and others are advertised. */
  configure(): void {
    this.#lacking = new WeakMap();
  }

  clear(): void {
    this.now = null;
  }

  /** A master was heard that this backup follows. @param why a clause: why it does not take over */
  look(now: Micros, master: Speaker, why: string): void {
    this.now = null;
    if (master.relation !== "overlapping") return;
    const lacking = this.#lacks(master.advert);
    if (lacking.length === 0) return;
    const served = this.#servedByOthers(now, master);
    const addresses = lacking.filter((address) => !served.has(address));
    if (addresses.length === 0) return;
    const source = master.source.text;
    const who = `${source}, which is master with priority ${master.advert.priority}, does not have`;
    this.now = { addresses, why: `${who} ${addresses.length === 1 ? "it" : "them"}, and ${why}` };
    this.#complain(now, source, this.now);
  }

  #lacks(advert: Advert): readonly string[] {
    let lacking = this.#lacking.get(advert);
    if (lacking === undefined) {
      const theirs = new Set(advert.addresses.map((address) => address.text));
      const { virtualAddresses, advertisedCount } = this.router.config;
      // What does not fit into an advert is never seen in one.
      const ours = virtualAddresses.slice(0, advertisedCount).map(({ address }) => address.text);
      lacking = ours.filter((address) => !theirs.has(address));
      this.#lacking.set(advert, lacking);
    }
    return lacking;
  }

  #servedByOthers(now: Micros, master: Speaker): ReadonlySet<string> {
    const { priority, speakers, config } = this.router;
    const others = speakers.all().filter((speaker) => {
      const { version, advertIntervalMicros } = speaker.advert;
      const span = masterDownMicros(version, priority, advertIntervalMicros, config.downTimerAdverts);
      const speaks = speaker.advert.priority !== RELEASE_PRIORITY && now - speaker.lastHeardAt < span;
      return speaker !== master && speaks;
    });
    return new Set(others.flatMap(({ advert }) => advert.addresses.map((address) => address.text)));
  }

  #complain(now: Micros, source: string, { addresses, why }: UnservedAddresses): void {
    const { name } = this.router.config;
    this.outbox.complain(now, { what: `unserved ${name}`, whom: source }, () => ({
      level: "error",
      code: "addresses-unserved",
      router: this.router.id,
      message: `(${name}) nobody serves ${addresses.join(", ")}: ${why}`,
      facts: { addresses, master: source },
    }));
  }
}
