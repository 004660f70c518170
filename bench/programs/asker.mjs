/**
 * A neighbour that wants to know: as soon as an address is announced from another place than before, it asks there, by
 * ARP or Neighbor Solicitation, for that address at once and for the others one after the other, until all have
 * answered. The switch sees questions and answers.
 *
 * Options, as JSON: source4, source6 (addresses of this host), addresses (virtual).
 */
import { interfaceFacts, nowMicros, PacketSocket, Timer } from "./frames.mjs";

const { encodeGratuitousArp, decodeArp, ARP_REPLY } = await import("../../dist/src/wire/arp.js");
const { decodeNeighborAdvertisement, encodeDuplicateAddressProbe } = await import(
  "../../dist/src/wire/ndisc.js"
);
const { internetChecksum, ipv6PseudoHeaderSum } = await import("../../dist/src/wire/checksum.js");
const { addressFromBytes, parseAddress } = await import("../../dist/src/base/address.js");
const { macFromBytes } = await import("../../dist/src/base/mac.js");

const TICK_MICROS = 1_000;
/** Of one address. */
const AGAIN_MICROS = 3_000;
const MOST_AT_ONCE = 64;
const ICMPV6 = 58;
const { source4, source6, addresses } = JSON.parse(process.argv[2]);
const { index, mac } = interfaceFacts();
const own = { mac: macFromBytes(mac), ipv4: parseAddress(source4), ipv6: parseAddress(source6) };
const buffer = Buffer.alloc(2048);
/** By address: the question, which is put to the place of now alone, and when it was put. */
const known = new Map(
  addresses.map((text) => {
    const address = parseAddress(text);
    const question = address.family === "ipv4" ? arpQuestion(address) : solicitation(address);
    return [address.text, { question, askedAt: 0 }];
  }),
);
/** In the order in which they are asked for. */
const waiting = new Set();
const urgent = [];
let lastPlace = "";

const arp = new PacketSocket({
  interfaceIndex: index,
  etherType: 0x0806,
  onReadable: () => read(arp, onArp),
});
const ipv6 = new PacketSocket({
  interfaceIndex: index,
  etherType: 0x86dd,
  onReadable: () => read(ipv6, onIpv6),
});
const timer = new Timer(ask);

function read(socket, take) {
  for (let bytes = socket.receive(buffer); bytes > 0; bytes = socket.receive(buffer)) {
    take(buffer.subarray(0, bytes));
  }
  ask();
}

function onArp(frame) {
  const packet = decodeArp(frame);
  if ("reason" in packet) return;
  const answers =
    packet.operation === ARP_REPLY && packet.targetAddress.every((byte, at) => byte === own.ipv4.bytes[at]);
  const announces = Buffer.compare(packet.senderAddress, packet.targetAddress) === 0;
  if (answers || announces) heard(packet.senderAddress, packet.senderMac, answers);
}

function onIpv6(frame) {
  const packet = decodeNeighborAdvertisement(frame);
  // The answer to a question that was put to one host alone names no link-layer address (RFC 4861 §7.2.4).
  if (!("reason" in packet)) heard(packet.address, frame.subarray(6, 12), packet.solicited);
}

function heard(addressBytes, macBytes, answered) {
  const place = macFromBytes(macBytes).text;
  const entry = known.get(addressFromBytes(addressBytes).text);
  if (entry === undefined) return;
  if (answered) {
    if (place === lastPlace) waiting.delete(entry);
    return;
  }
  if (place !== lastPlace) moved(place, macBytes);
  if (waiting.has(entry)) urgent.push(entry);
}

/** All addresses go together, so all are asked for, whether or not their own announcement was heard. */
function moved(place, macBytes) {
  lastPlace = place;
  for (const entry of known.values()) {
    entry.question.set(macBytes, 0);
    entry.askedAt = Number.NEGATIVE_INFINITY;
    waiting.add(entry);
  }
}

/** Those just announced, and some of the others, in turn: all at once, again and again, would be a flood. */
function ask() {
  const now = nowMicros();
  const due = urgent.splice(0);
  for (const entry of waiting) {
    if (due.length >= MOST_AT_ONCE || entry.askedAt > now - AGAIN_MICROS) break;
    if (!due.includes(entry)) due.push(entry);
  }
  for (const entry of due) {
    entry.askedAt = now;
    // To the end of the queue.
    waiting.delete(entry);
    waiting.add(entry);
  }
  if (due.length > 0) arp.send(due.map(({ question }) => question));
  if (waiting.size > 0) timer.arm(now + TICK_MICROS);
}

function arpQuestion(address) {
  const frame = encodeGratuitousArp({ mac: own.mac, address: own.ipv4 });
  frame.fill(0, 32, 38);
  frame.set(address.bytes, 38);
  return frame;
}

/** A probe for the address, made a question: from our address, to the address itself, with our MAC address in it. */
function solicitation(address) {
  const probe = encodeDuplicateAddressProbe({ mac: own.mac, address });
  const frame = new Uint8Array(probe.length + 8);
  frame.set(probe);
  frame.set(own.ipv6.bytes, 22);
  frame.set(address.bytes, 38);
  frame.set([1, 1, ...mac], probe.length);
  const message = frame.subarray(54);
  frame[19] = message.length;
  message.fill(0, 2, 4);
  const pseudoHeader = ipv6PseudoHeaderSum(own.ipv6.bytes, address.bytes, ICMPV6, message.length);
  const sum = internetChecksum(message, 0, message.length, pseudoHeader);
  message.set([sum >> 8, sum & 0xff], 2);
  return frame;
}

console.log("ready");
