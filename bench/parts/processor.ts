/** Processor time for each advert, of one daemon that sends them, or that hears them. */

import type { Daemon, Setup } from "../../test/lab/daemons/daemon.js";
import { pause } from "../lab/clock.js";
import { processorNanos } from "../lab/cost.js";
import { type HostName, type Lab, sourceOf } from "../lab/lab.js";
import { untilMaster } from "../lab/stamps.js";

/** Past the announcements of a new master, which end after six seconds. */
export const CALM_MILLIS = 6_500;

export interface Usage {
  readonly microsPerPacket: number;
  readonly packets: number;
  /** Of one processor. */
  readonly percent: number;
  /** Packets that its interface sent. */
  readonly sent: number;
}

/** A daemon alone on its switch, master of everything. */
export async function startMaster(lab: Lab, { routers }: Setup): Promise<Daemon> {
  const daemon = lab.daemon("a");
  await daemon.start();
  await untilMaster(lab, "a", routers.flatMap(({ addresses }) => addresses).length);
  await pause(CALM_MILLIS);
  return daemon;
}

/** A daemon that hears a master, which is nobody's program, speak for all its virtual routers. */
export async function startListener(lab: Lab, setup: Setup, burst: boolean): Promise<Daemon> {
  const { routers, intervalSeconds } = setup;
  const micros = Math.round(intervalSeconds * 1e6);
  await lab.program("c", "speaker.mjs", {
    routers: routers.map(({ id, addresses }) => ({ id, addresses })),
    priority: 250,
    source: sourceOf("c"),
    advertisedMicros: micros,
    periodMicros: micros,
    burst,
  });
  const daemon = lab.daemon("a");
  await daemon.start();
  return daemon;
}

/** What the daemon uses in this time, over the packets that its interface sent or received meanwhile. */
export async function usageOf(
  lab: Lab,
  name: HostName,
  daemon: Daemon,
  counter: "tx_packets" | "rx_packets",
  seconds: number,
): Promise<Usage> {
  const { pids } = daemon;
  const count = async (which: string) =>
    Number(await lab.host(name).ok(["cat", `/sys/class/net/eth0/statistics/${which}`]));
  const sentBefore = await count("tx_packets");
  const [packetsBefore, before, startedAt] = [await count(counter), processorNanos(pids), performance.now()];
  await pause(seconds * 1000);
  const [nanos, elapsed] = [processorNanos(pids) - before, performance.now() - startedAt];
  const packets = (await count(counter)) - packetsBefore;
  const sent = (await count("tx_packets")) - sentBefore;
  return { microsPerPacket: nanos / 1000 / packets, packets, percent: nanos / 1e4 / elapsed, sent };
}
