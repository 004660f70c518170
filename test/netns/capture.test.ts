import { readFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { parseAddress } from "../../src/base/address.js";
import { encodeVrrp3 } from "../../src/wire/vrrp3.js";
import { advert, arp, type CapturedFrame, createLan, neighborAdvertisement } from "./index.js";
import { PcapReader } from "./pcap.js";

const lan = await createLan({
  hosts: {
    a: { addresses: ["192.0.2.1/24", "2001:db8::1/64"] },
    b: { addresses: ["192.0.2.2/24", "2001:db8::2/64"] },
  },
});
t.teardown(() => lan.destroy());
const a = lan.host("a");
await a.ok(["ip", "route", "add", "224.0.0.0/4", "dev", "eth0"]);

/** Arguments: family, destination, TTL, the message in hexadecimal. */
const SENDER = `
const raw = require("raw-socket");
const [family, destination, ttl, hex] = process.argv.slice(1);
const v6 = family === "ipv6";
const socket = raw.createSocket({ protocol: 112, addressFamily: v6 ? raw.AddressFamily.IPv6 : raw.AddressFamily.IPv4 });
const IP_MULTICAST_TTL = 33, IPV6_MULTICAST_HOPS = 18;
socket.setOption(v6 ? 41 : 0, v6 ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL, Number(ttl));
const message = Buffer.from(hex, "hex");
socket.send(message, 0, message.length, destination, (error) => { socket.close(); if (error) throw error; });
`;

async function sendAdvert(source: string, destination: string, vip: string, priority: number, ttl = 255) {
  const message = encodeVrrp3({
    virtualRouterId: 7,
    priority,
    advertIntervalMicros: 500_000,
    addresses: [parseAddress(vip)!],
    source: parseAddress(source)!.bytes,
    destination: parseAddress(destination)!.bytes,
    checksumPseudoHeader: true,
  });
  const { family } = parseAddress(vip)!;
  await a.ok([
    process.execPath,
    "-e",
    SENDER,
    family,
    destination,
    String(ttl),
    Buffer.from(message).toString("hex"),
  ]);
}

t.test("adverts of both families are seen, decoded, with their sender and the kernel's time", async (t) => {
  const capture = await lan.capture();
  const before = Date.now() * 1000;
  await sendAdvert("192.0.2.1", "224.0.0.18", "203.0.113.1", 150);
  await sendAdvert("fe80::ff:fe00:1", "ff02::12", "2001:db8::9", 90);
  const after = Date.now() * 1000 + 1000;
  const ipv4 = await capture.waitFor(advert({ from: "a", priority: 150 }), { what: "the IPv4 advert" });
  const ipv6 = await capture.waitFor(advert({ virtualRouterId: 7, family: "ipv6" }), {
    what: "the IPv6 advert",
  });
  t.match(ipv4, { source: "192.0.2.1", destination: "224.0.0.18", ttl: 255, sourceMac: "02:00:00:00:00:01" });
  t.match(ipv4.advert, { version: 3, advertIntervalMicros: 500_000, checksumForm: "pseudo-header" });
  t.match(ipv6, { from: "a", source: "fe80::ff:fe00:1", destination: "ff02::12", ttl: 255 });
  t.equal(ipv6.advert.addresses[0]?.text, "2001:db8::9");
  t.ok(
    before <= ipv4.atMicros && ipv4.atMicros <= ipv6.atMicros && ipv6.atMicros <= after,
    "in order, in time",
  );
  await sendAdvert("192.0.2.1", "224.0.0.18", "203.0.113.1", 150, 64);
  const isRefused = (frame: CapturedFrame) => frame.kind === "refused";
  t.match(
    await capture.waitFor(isRefused),
    { protocol: "vrrp", reason: "ttl" },
    "a bad one, with the reason",
  );
  await capture.stop();
  t.equal(capture.adverts().length, 2);
  t.equal(capture.adverts({ afterMicros: ipv4.atMicros }).length, 1);
  t.equal(capture.adverts({ from: "b" }).length, 0);
  t.equal(capture.droppedByKernel, 0);
});

t.test("ARP and Neighbor Advertisements are seen", async (t) => {
  const capture = await lan.capture();
  t.ok(await a.reaches("192.0.2.2"));
  t.ok(await a.reaches("2001:db8::2"));
  const request = await capture.waitFor(arp({ from: "a", operation: "request", target: "192.0.2.2" }));
  t.match(request, { sender: "192.0.2.1", gratuitous: false });
  t.match(await capture.waitFor(arp({ operation: "reply" })), { from: "b", senderMac: "02:00:00:00:00:02" });
  const answer = await capture.waitFor(neighborAdvertisement({ from: "b", target: "2001:db8::2" }));
  t.match(answer, { solicited: true, router: false, targetMac: "02:00:00:00:00:02" });
  const missing = capture.waitFor(arp({ gratuitous: true }), { what: "a gratuitous ARP", timeoutMs: 50 });
  await t.rejects(missing, {
    code: "ETIMEOUT",
    message: /waited 0.05 s for a gratuitous ARP on the bridge; \d+ frames/,
  });
  await capture.stop();
  await capture.stop();
});

t.test("what a host sends into isolation was never on the wire", async (t) => {
  const capture = await lan.capture();
  await a.isolate();
  await sendAdvert("192.0.2.1", "224.0.0.18", "203.0.113.1", 11);
  await a.rejoin();
  await sendAdvert("192.0.2.1", "224.0.0.18", "203.0.113.1", 12);
  await capture.waitFor(advert({ priority: 12 }));
  t.equal(capture.adverts({ priority: 11 }).length, 0);
  await capture.stop();
});

t.test("a capture of one sender records no other", async (t) => {
  const capture = await lan.capture({ from: "b" });
  await sendAdvert("192.0.2.1", "224.0.0.18", "203.0.113.1", 21);
  t.ok(await lan.host("b").reaches("192.0.2.1"));
  await lan.host("b").ok(["ip", "neighbor", "flush", "dev", "eth0"]);
  t.ok(await lan.host("b").reaches("192.0.2.1"));
  await capture.waitFor(arp({ from: "b", target: "192.0.2.1" }), { what: "what b sends" });
  await capture.stop();
  t.strictSame([...new Set(capture.frames.map((frame) => frame.from))], ["b"]);
});

t.test("a capture is saved as a pcap file", async (t) => {
  const capture = await lan.capture();
  await sendAdvert("192.0.2.1", "224.0.0.18", "203.0.113.1", 100);
  await capture.waitFor(advert());
  await capture.stop();
  const path = join(t.testdir(), "capture.pcap");
  await capture.save(path);
  const records = new PcapReader().push(await readFile(path));
  t.strictSame(
    records.map((record) => record.atMicros),
    capture.frames.map((frame) => frame.atMicros),
  );
});
