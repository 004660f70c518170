/** FRR's vrrpd, with the one virtual router that its interface is made for. */
import { type Frr, frr } from "../../test/interop/speakers/frr.js";
import type { CapturedAdvert, Host } from "../../test/netns/index.js";
import type { Daemon, Setup, Started } from "./daemon.js";

export class FrrDaemon implements Daemon {
  readonly kind = "frr";
  readonly pids = [];
  private readonly speaker: Frr;
  private killed: Promise<void> = Promise.resolve();

  constructor(
    readonly host: Host,
    { routers, intervalSeconds, priority }: Setup,
    /** Of the host: both hosts send from the same virtual MAC address. */
    private readonly source: string,
  ) {
    const { id, family, addresses } = routers[0]!;
    const group = { version: 3, password: null, family, virtualRouterId: id, intervalSeconds } as const;
    this.speaker = frr({ priority })(host, { ...group, virtualAddress: addresses[0]! });
  }

  async start(): Promise<Started> {
    const beganAtMicros = Date.now() * 1000;
    return { beganAtMicros, backupAtMicros: await this.speaker.start() };
  }

  kill(): void {
    this.killed = this.speaker.kill();
  }

  terminate(): number {
    throw new Error("FRR is compared where it is killed, and nowhere else");
  }

  ended(): Promise<void> {
    return this.killed;
  }

  sent(advert: CapturedAdvert): boolean {
    return advert.source === this.source;
  }
}
