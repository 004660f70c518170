/**
 * What arrives and belongs to no virtual router of ours: adverts under other ids, which may have our addresses all the
 * same, and what is refused before it is known whose it is.
 */
import type { Micros } from "../../base/time.js";
import type { DropReason } from "../../wire/advert.js";
import { countDrop, type Drops } from "../counters.js";
import type { Input } from "../input.js";
import type { Outbox } from "../outbox.js";
import { type Speaker, Speakers } from "../peers/speakers.js";
import { refusalOf, UNKNOWN_SOURCE } from "./receive.js";
import type { VirtualRouter } from "./router.js";

/** A LAN may have as many virtual routers for each family. */
const SPEAKERS_KEPT = 256;

type ForeignAdvert = Extract<Input, { type: "foreignAdvert" }>;

export class Unclaimed {
  /** Refused packets by interface. */
  readonly drops: Record<string, Drops> = {};
  /** Kept for status alone. */
  readonly #speakers = new Speakers({ most: SPEAKERS_KEPT, isAlwaysKept: () => false });

  constructor(private readonly outbox: Outbox) {}

  get speakers(): readonly Speaker[] {
    return this.#speakers.all();
  }

  /** @param routers those of its interface */
  hear(now: Micros, arrivedAt: Micros, input: ForeignAdvert, routers: readonly VirtualRouter[]): void {
    this.#count(input.interface, "unknown-virtual-router");
    this.#speakers.hear(now, input, () => "stranger");
    for (const router of routers) this.#compare(now, arrivedAt, input, router);
  }

  drop(now: Micros, { interface: on, reason, source: from }: Extract<Input, { type: "drop" }>): void {
    const source = from?.text ?? UNKNOWN_SOURCE;
    this.#count(on, reason);
    this.outbox.complain(now, { what: `drop ${on} ${reason}` }, () => ({
      level: "debug",
      code: "packet-dropped",
      router: null,
      message: `packet of ${source} on ${on} refused: ${reason}`,
      facts: { source, reason, interface: on },
    }));
  }

  /** Whether it has addresses of ours. */
  #compare(now: Micros, arrivedAt: Micros, { advert, source }: ForeignAdvert, router: VirtualRouter): void {
    const ours = advert.addresses.filter((address) => router.addresses.advertises(address.text));
    if (ours.length === 0) return;
    const addresses = ours.map((address) => address.text);
    const id = advert.virtualRouterId;
    const { config } = router;
    const { name, unicastPeers: peers } = config;
    const listed = peers.length === 0 || peers.some((peer) => peer.address.text === source.text);
    // What would be refused under our own id means nothing under another.
    if ((listed || !config.unicastStrict) && refusalOf(config, advert) === null)
      router.idConflict.hear(arrivedAt, source, advert, addresses);
    const about = { what: `foreign id ${name}`, whom: `${source.text} ${id}` };
    this.outbox.complain(now, about, () => ({
      level: "error",
      code: "address-under-other-id",
      router: router.id,
      message: `(${name}) ${source.text} advertises our ${addresses.join(", ")} under virtual router id ${id}`,
      facts: { source: source.text, virtualRouterId: id, priority: advert.priority, addresses },
    }));
  }

  #count(interfaceName: string, reason: DropReason): void {
    const drops = { drops: this.drops[interfaceName] ?? {} };
    countDrop(drops, reason);
    this.drops[interfaceName] = drops.drops;
  }
}
