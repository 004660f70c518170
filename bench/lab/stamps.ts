/** The wire as one host sees it, recorded there: what the switch puts to others alone is not in the way. */

import { readFrame } from "../../test/netns/frames.js";
import { type CapturedAdvert, type CapturedFrame, until } from "../../test/netns/index.js";
import { PcapReader } from "../../test/netns/pcap.js";
import { SNIFFER } from "../../test/netns/sniffer.js";
import type { HostName, Lab } from "./lab.js";

/** A busy machine lets it write what it has. */
const STOP_MILLIS = 30_000;
const FILE = "/run/bench.pcap";

export class Stamps {
  private constructor(
    private readonly lab: Lab,
    private readonly at: HostName,
    private readonly end: () => Promise<unknown>,
  ) {}

  static async start(lab: Lab, at: HostName): Promise<Stamps> {
    const host = lab.host(at);
    const command = ["sh", "-c", `exec perl -e "$0" "$1" > ${FILE}`, SNIFFER, host.interface];
    const recorder = host.start(command, { name: "recorder" });
    await recorder.waitForLine(/listening/);
    return new Stamps(lab, at, () => recorder.stop(STOP_MILLIS));
  }

  /** Ends the recording. */
  async adverts(): Promise<CapturedAdvert[]> {
    await this.end();
    const nameOf = (mac: string) => this.lab.lan.hosts.find((host) => host.mac === mac)?.name ?? null;
    const encoded = await this.lab.host(this.at).ok(["base64", "-w0", FILE], { timeoutMs: 60_000 });
    const records = new PcapReader().push(Buffer.from(encoded, "base64"));
    const isAdvert = (frame: CapturedFrame): frame is CapturedAdvert => frame.kind === "advert";
    return records.map((record) => readFrame(record, nameOf)).filter(isAdvert);
  }
}

/** By virtual router, the times of the adverts that this host sent. */
export function timesByRouter(adverts: readonly CapturedAdvert[], from: string): number[][] {
  const times = new Map<number, number[]>();
  for (const { atMicros, advert, from: sender } of adverts) {
    if (sender !== from || advert.priority === 0) continue;
    const own = times.get(advert.virtualRouterId) ?? [];
    own.push(atMicros);
    times.set(advert.virtualRouterId, own);
  }
  return [...times.values()];
}

/** Until a host alone is master of so many virtual routers, as its kernel has their addresses. */
export async function untilMaster(lab: Lab, name: HostName, addresses: number): Promise<void> {
  const held = async () => {
    const all = await lab.host(name).addresses();
    return all.filter(({ prefixLength, address }) => prefixLength === 32 && address !== "127.0.0.1").length;
  };
  await until(async () => (await held()) >= addresses, {
    what: `${addresses} addresses on ${name}`,
    timeoutMs: 60_000,
    intervalMs: 200,
  });
}
