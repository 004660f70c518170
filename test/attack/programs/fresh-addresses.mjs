/**
 * Adverts with our id that list 255 addresses each, none of which anybody has listed before. Every other one lists our
 * address as well, so that it is no stranger's. Says "ready", then "sent N" with the packets a second that really left.
 *
 * Options, as JSON: virtualRouterId, address (ours), priority, perSecond, seconds.
 */
import { readFileSync } from "node:fs";
import { parseAddress } from "../../../dist/src/base/address.js";
import { nowMicros, PacketSocket, Timer } from "../../../dist/src/host/native.js";
import { internetChecksum, ipv4PseudoHeaderSum } from "../../../dist/src/wire/checksum.js";
import { encodeIpv4Header } from "../../../dist/src/wire/ipv4.js";

const TICK_MICROS = 1_000;
const MOST_AT_ONCE = 64;
const COUNT = 255;
/** Offsets within an Ethernet frame with an IPv4 header without options. */
const IP = 14;
const MESSAGE = IP + 20;
const ADDRESSES = MESSAGE + 8;
const LENGTH = 8 + 4 * COUNT;
const GROUP = parseAddress("224.0.0.18").bytes;
const GROUP_MAC = [0x01, 0x00, 0x5e, 0x00, 0x00, 0x12];
const VRRP_PROTOCOL = 112;
/** 10.0.0.0/8 and what lies behind it: contents of packets that no router sees. */
const FIRST_FRESH = 0x0a000001;

const { virtualRouterId, address, priority, perSecond, seconds } = JSON.parse(process.argv[2]);
const ours = new DataView(Uint8Array.from(parseAddress(address).bytes).buffer).getUint32(0);
const interfaceIndex = Number(readFileSync("/sys/class/net/ens3/ifindex", "latin1"));
const socket = new PacketSocket({ interfaceIndex, etherType: 0, onReadable: null });
const frames = Array.from({ length: MOST_AT_ONCE }, () => {
  const frame = new Uint8Array(MESSAGE + LENGTH);
  frame.set([...GROUP_MAC, 2, 0x66, 0, 0, 0, 2, 0x08, 0x00]);
  frame.set([0x31, virtualRouterId, priority, COUNT, 0, 100, 0, 0], MESSAGE);
  return { frame, view: new DataView(frame.buffer) };
});
const total = perSecond * seconds;
const startedAt = nowMicros();
let fresh = FIRST_FRESH;
let due = 0;
let sent = 0;

const timer = new Timer(tick);
console.log("ready");
tick();

function fill({ frame, view }, number) {
  const source = Uint8Array.of(198, 18, (number >> 8) & 255, number & 255);
  encodeIpv4Header(frame.subarray(IP, MESSAGE), { source, destination: GROUP, payloadLength: LENGTH });
  for (let at = ADDRESSES; at < frame.length; at += 4) {
    view.setUint32(at, fresh >>> 0);
    fresh += 1;
  }
  if (number % 2 === 0) view.setUint32(ADDRESSES, ours);
  view.setUint16(MESSAGE + 6, 0);
  const pseudoHeader = ipv4PseudoHeaderSum(source, GROUP, VRRP_PROTOCOL, LENGTH);
  view.setUint16(MESSAGE + 6, internetChecksum(frame, MESSAGE, frame.length, pseudoHeader));
  return frame;
}

function tick() {
  const now = nowMicros();
  const left = Math.min(Math.floor(((now - startedAt) * perSecond) / 1e6) + 1, total) - due;
  const count = Math.min(left, MOST_AT_ONCE);
  if (count > 0) {
    sent += socket.send(frames.slice(0, count).map((frame, position) => fill(frame, due + position)));
    due += left > MOST_AT_ONCE * 10 ? left : count;
  }
  if (due < total) return timer.arm(now + TICK_MICROS);
  timer.close();
  socket.close();
  console.log(`sent ${Math.round((sent * 1e6) / (nowMicros() - startedAt))}`);
}
