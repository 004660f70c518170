/** A speaker that is none of ours, for as long as its fault lasts: it advertises and listens to nobody. */
import type { Advert } from "../../../src/wire/advert.js";
import { hostAddress, strangeAddress } from "../addresses.js";
import { OUTSIDE } from "../lan.js";
import type { RouterSpec } from "../scenario.js";
import type { World } from "../world.js";
import type { SpeakerFault } from "./fault.js";

const OTHER_PASSWORD = Uint8Array.from(Buffer.from("foreign!"));

export class Speaker {
  #speaking = true;
  readonly #spec: RouterSpec;
  readonly #advert: Advert;

  constructor(
    private readonly world: World,
    private readonly fault: SpeakerFault,
  ) {
    this.#spec = world.scenario.routers[fault.router]!;
    const { family, pool, virtualRouterId } = this.#spec;
    const shared = pool.slice(0, 1).map((entry) => entry.address);
    this.#advert = {
      version: fault.version,
      virtualRouterId,
      priority: fault.priority,
      advertIntervalMicros: fault.intervalMicros,
      addresses: fault.shares ? [...shared, strangeAddress(family)] : [strangeAddress(family)],
      addressCount: fault.shares ? shared.length + 1 : 1,
      checksumForm: null,
      password: fault.version === 2 ? this.#password() : null,
    };
  }

  start(): void {
    if (!this.#speaking) return;
    this.#send(this.#advert);
    this.world.schedule(this.world.now + this.fault.intervalMicros, () => this.start());
  }

  stop(): void {
    this.#speaking = false;
    if (this.fault.releases) this.#send({ ...this.#advert, priority: 0 });
  }

  #password(): Uint8Array | null {
    if (this.fault.password === "none") return null;
    return this.fault.password === "same" ? this.#spec.password : OTHER_PASSWORD;
  }

  #send(advert: Advert): void {
    const source = hostAddress(this.#spec.family, this.fault.octet);
    this.world.lan.transmit(this.world.now, OUTSIDE, [{ router: this.fault.router, source, advert }]);
  }
}
