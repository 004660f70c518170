/** Takeovers that a daemon plays to itself. */
import t from "tap";
import type { CoreConfig } from "../../src/core/config.js";
import { Rehearsal, type RehearsalNetwork } from "../../src/daemon/loop/rehearsal.js";
import { coreConfig, faultTracks, notifyCommand, onLinkPeer } from "../core/configurations.js";
import { ip } from "../core/values.js";

const VIP6 = "2001:db8::10";

/** What takeovers that are played send. */
const sent: { packet: Uint8Array; destination: string }[] = [];
const NETWORK: RehearsalNetwork = {
  of: () => ({
    socket: () => ({ rehearse: (packet, destination) => sent.push({ packet: packet.slice(), destination }) }),
  }),
};

function rehearse(config: CoreConfig): number {
  const rehearsal = new Rehearsal(config, NETWORK);
  const { takeovers } = rehearsal;
  rehearsal.warmUp();
  t.equal(rehearsal.takeovers, takeovers + new Set(config.routers.map(({ family }) => family)).size);
  rehearsal.close();
  return takeovers;
}

t.test("each family takes over several times, whatever is configured", async (t) => {
  const plain = rehearse(coreConfig([{}]));
  t.ok(plain > 1);
  const password = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const variants = [
    { version: 2, password },
    { priority: null },
    { priority: 255 },
    { preempt: { mode: "never", delaySeconds: 0 } },
    { preempt: { mode: "delay", delaySeconds: 300 } },
    { tracks: faultTracks("probe"), notify: [notifyCommand({ command: ["/bin/false"] })] },
    { leaseSeconds: 90, unicastStrict: true },
    { family: "ipv6", virtualAddresses: [VIP6] },
  ] as const;
  for (const variant of variants) t.equal(rehearse(coreConfig([variant])), plain, JSON.stringify(variant));
  t.equal(rehearse(coreConfig([{}, { virtualRouterId: 2 }])), plain, "one of each family is enough");
  const both = [{}, { virtualRouterId: 2, family: "ipv6", virtualAddresses: [VIP6] }] as const;
  t.equal(rehearse(coreConfig(both)), 2 * plain);
});

t.test("its adverts are for nobody, and where no socket is open it plays without", async (t) => {
  sent.length = 0;
  const peers = [onLinkPeer(ip("192.0.2.3"))];
  rehearse(
    coreConfig([{ unicastPeers: peers }, { virtualRouterId: 2, family: "ipv6", virtualAddresses: [VIP6] }]),
  );
  t.ok(sent.length > 0);
  for (const { packet, destination } of sent) {
    const isIpv4 = packet[0]! >> 4 === 4;
    t.equal(destination, isIpv4 ? "224.0.0.1" : "ff01::1");
    t.equal(packet[isIpv4 ? 8 : 7], 0, "TTL or hop limit");
  }
  const alone = new Rehearsal(coreConfig([{}]), { of: () => null });
  t.ok(alone.takeovers > 1);
  alone.close();
});
