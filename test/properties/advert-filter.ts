/** The kernel's filter beside what reads the packets: it may let through too much, never too little. */
import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { type Family, type IpAddress, parseAddress } from "../../src/base/address.js";
import type { VirtualRouterConfig } from "../../src/core/config.js";
import { PacketReader } from "../../src/daemon/network/packets.js";
import { type AdvertClass, advertFilter } from "../../src/host/adverts/filter.js";
import { meantFor } from "../../src/host/adverts/meant.js";
import { VRRP_GROUP_IPV4, VRRP_GROUP_IPV6 } from "../../src/wire/vrrp.js";
import { encodeVrrp2 } from "../../src/wire/vrrp2.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { routerConfig } from "../core/configurations.js";
import { run } from "../host/bpf/interpreter.js";
import { named } from "./property.js";

const CLASSES: readonly AdvertClass[] = ["routine", "followed", "ours", "rest"];
const INTERFACE = "eth0";
const IDS = [1, 2, 7];
const ADDRESSES = {
  ipv4: ["192.0.2.9", "192.0.2.101", "192.0.2.102", "203.0.113.1", "203.0.113.2"].map(address),
  ipv6: ["fe80::9", "2001:db8::101", "2001:db8::102", "2001:db8:1::1", "2001:db8:1::2"].map(address),
};
const SOURCES = {
  ipv4: ["198.51.100.1", "198.51.100.2", "198.51.100.3"].map(address),
  ipv6: ["fe80::1", "fe80::2", "2001:db8:2::2"].map(address),
};
const DESTINATIONS = {
  ipv4: [VRRP_GROUP_IPV4, address("224.0.0.1").bytes, ADDRESSES.ipv4[0]!.bytes],
  ipv6: [VRRP_GROUP_IPV6, address("ff02::1").bytes, ADDRESSES.ipv6[0]!.bytes],
};

function address(text: string): IpAddress {
  return parseAddress(text)!;
}

const arbitraryRouter = (family: Family) =>
  fc
    .record({
      virtualRouterId: fc.constantFrom(...IDS),
      version: fc.constantFrom(2 as const, 3 as const),
      yieldsToVersion2: fc.boolean(),
      unicastStrict: fc.boolean(),
      peers: fc.subarray(SOURCES[family]),
      leastTtl: fc.constantFrom(1, 64, 255),
    })
    .map(
      ({ peers, leastTtl, version, ...more }): VirtualRouterConfig => ({
        ...routerConfig({
          ...more,
          family,
          interface: INTERFACE,
          virtualAddresses: [ADDRESSES[family][1]!.text],
        }),
        version: family === "ipv6" ? 3 : version,
        unicastPeers: peers.map((peer) => ({ address: peer, gateway: null, leastTtl, source: null })),
      }),
    );

const arbitraryPacket = (family: Family) =>
  fc.record({
    id: fc.constantFrom(...IDS),
    priority: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 100, 101, 102, 200)),
    version: fc.constantFrom(2 as const, 3 as const),
    addresses: fc.array(fc.constantFrom(...ADDRESSES[family]), { minLength: 1, maxLength: 6 }),
    source: fc.constantFrom(...SOURCES[family]),
    destination: fc.constantFrom(...DESTINATIONS[family]),
    ttl: fc.constantFrom(1, 64, 254, 255, 255, 255),
    options: fc.constantFrom(0, 4, 40),
    altered: fc.option(fc.tuple(fc.nat(40), fc.nat(255)), { freq: 3 }),
    cut: fc.option(fc.nat(40), { freq: 5 }),
  });

type Packet = ReturnType<typeof arbitraryPacket> extends fc.Arbitrary<infer T> ? T : never;

function messageOf(family: Family, packet: Packet): Uint8Array {
  const { id, priority, addresses, version, source, destination, altered, cut } = packet;
  const common = { virtualRouterId: id, priority, advertIntervalMicros: 1_000_000, addresses };
  const carriage = { source: source.bytes, destination, checksumPseudoHeader: true };
  const whole =
    version === 2 && family === "ipv4"
      ? encodeVrrp2({ ...common, password: null })
      : encodeVrrp3({ ...common, ...carriage });
  if (altered !== null && altered[0] < whole.length) whole[altered[0]] = altered[1];
  return cut === null ? whole : whole.subarray(0, cut);
}

/** As a raw socket gets it, and what lies at the network header. */
function receivedAs(family: Family, message: Uint8Array, { source, destination, ttl, options }: Packet) {
  if (family === "ipv6") {
    const network = new Uint8Array(40);
    network[7] = ttl;
    network.set(source.bytes, 8);
    network.set(destination, 24);
    return { data: message, network };
  }
  const header = new Uint8Array(20 + options);
  header[0] = 0x40 | (header.length / 4);
  header[8] = ttl;
  header.set(source.bytes, 12);
  header.set(destination, 16);
  return { data: Buffer.concat([header, message]) };
}

/** As much of a source as the program looks at: a few more than the followed masters come in with them. */
function suffixOf({ bytes }: IpAddress): string {
  return bytes.slice(-4).join();
}

/** Looked at by the program, which goes no further into the list. */
function hasOurs(addresses: readonly IpAddress[], ours: IpAddress): boolean {
  return addresses.slice(0, 4).some(({ text }) => text === ours.text);
}

function neverTooLittle(family: Family) {
  const followed = fc.record({
    sources: fc.subarray(SOURCES[family]),
    leastPriority: fc.constantFrom(0, 100, 255),
    bestPriority: fc.constant(0),
    routine: fc.record({
      virtualRouterIds: fc.subarray(IDS),
      priorities: fc.array(fc.constantFrom(1, 100, 101, 200, 255), { maxLength: 4 }),
    }),
  });
  const routers = fc.uniqueArray(arbitraryRouter(family), {
    minLength: 1,
    maxLength: 3,
    selector: ({ virtualRouterId }) => virtualRouterId,
  });
  return named(
    `no advert over ${family} that can change anything is sampled, and each packet is in one socket`,
    1_000,
    fc.property(routers, followed, arbitraryPacket(family), (routers, followed, packet) => {
      const message = messageOf(family, packet);
      const meant = { ...meantFor(routers), family };
      const seen = receivedAs(family, message, packet);
      const classes = CLASSES.filter((one) => run(advertFilter(one, meant, followed), seen) > 0);
      deepStrictEqual(classes.length, 1);
      const reader = new PacketReader();
      reader.configure({ routers, checks: [], renewIntervalMicros: null });
      const { source, destination, ttl } = packet;
      const input = reader.read(INTERFACE, family, message, { source: source.bytes, destination, ttl });
      if (input.type !== "advert") return;
      const { advert, router } = input;
      const { version, yieldsToVersion2 } = routers.find(({ id }) => id === router)!;
      if (advert.version !== version && !(advert.version === 2 && yieldsToVersion2)) return;
      const isFollowed = followed.sources.some((one) => suffixOf(one) === suffixOf(source));
      const isStrong =
        advert.priority >= followed.leastPriority && hasOurs(advert.addresses, ADDRESSES[family][1]!);
      const isRoutine =
        followed.routine.virtualRouterIds.includes(advert.virtualRouterId) &&
        followed.routine.priorities.some((priority) => priority === advert.priority);
      if (isFollowed) deepStrictEqual(classes, [isRoutine ? "routine" : "followed"]);
      else if (isStrong) deepStrictEqual(classes, ["ours"]);
    }),
  );
}

export const ADVERT_FILTER_PROPERTIES = [neverTooLittle("ipv4"), neverTooLittle("ipv6")];
