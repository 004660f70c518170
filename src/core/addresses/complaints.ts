/** What happened to an address of ours: counted, and said in words at most once a minute for each. */
import { formatWithPrefix } from "../../base/address.js";
import type { Micros } from "../../base/time.js";
import type { VirtualRouterConfig } from "../config.js";
import { type Counters, countErrno } from "../counters.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import { placeOf } from "../virtual-address.js";
import type { VirtualAddress } from "./address.js";

/** Why an address that should be there has gone. */
export type Loss = "expired" | "meddled" | "taken along";

const LOSS_WORDS: Readonly<Record<Loss, string>> = {
  expired: "its lease ran out",
  meddled: "somebody removed it",
  "taken along": "it went with another address of its subnet that vrrpd removed (promote_secondaries is 0)",
};

export class AddressComplaints {
  constructor(
    private readonly router: RouterId,
    private readonly config: () => VirtualRouterConfig,
    private readonly counters: Counters,
    private readonly outbox: Outbox,
  ) {}

  /** @param then what comes of it, the end of "it is …" */
  lost(now: Micros, entry: VirtualAddress, loss: Loss, then: string): void {
    if (loss === "expired") this.counters.addressesExpired += 1;
    if (loss === "meddled") {
      this.counters.addressesMeddled += 1;
      entry.onRemovedByOthers(now);
    }
    this.about(now, entry, `address-${loss.replace(" ", "-")}`, `${LOSS_WORDS[loss]}; it is ${then}`);
  }

  /** @param code errno name */
  countRefusal(code: string): void {
    this.counters.addressesRefused += 1;
    countErrno(this.counters.addressesRefusedByErrno, code);
  }

  /** @param code a stable word. @param what the end of a sentence */
  about(now: Micros, entry: VirtualAddress, code: string, what: string): void {
    const { name, interface: routerInterface } = this.config();
    const place = placeOf(entry.config, routerInterface);
    const [address, on] = [formatWithPrefix(entry.config), entry.config.interface];
    this.outbox.complain(now, { what: `${code} ${name} ${place}` }, () => ({
      level: "warn",
      code,
      router: this.router,
      message: `(${name}) ${place}: ${what}`,
      facts: { address, interface: on },
    }));
  }
}
