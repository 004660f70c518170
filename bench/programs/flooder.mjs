/**
 * Invalid packets, many of them, of all the kinds that a receiver has to refuse, from many forged sources. They are put
 * to the MAC address of one host, so that no other port of the switch carries them.
 *
 * Options, as JSON: target (MAC address), perSecond, routers (ids and addresses of the target). Floods until killed.
 */
import { advertFrame, bytesOfMac, interfaceFacts, nowMicros, PacketSocket, Timer } from "./frames.mjs";

const { target, perSecond, routers } = JSON.parse(process.argv[2]);
const TICK_MICROS = 1_000;
const FRAMES = 1024;
/** Offsets within an Ethernet frame with an IPv4 header without options. */
const TTL = 14 + 8;
const IP_CHECKSUM = 14 + 10;
const MESSAGE = 14 + 20;
const ID = MESSAGE + 1;
const COUNT = MESSAGE + 3;
const CHECKSUM = MESSAGE + 6;

/** Each makes a valid advert invalid in another way. The kernel checks the IP header's sum, so it is put right. */
const KINDS = [
  (frame) => {
    frame[CHECKSUM] ^= 0x55;
  },
  (frame) => {
    frame[TTL] = 64;
    fixHeader(frame);
  },
  (frame) => {
    frame[MESSAGE] = 0x51;
  },
  (frame) => {
    frame[MESSAGE] = 0x32;
  },
  (frame) => {
    frame[COUNT] = 200;
  },
  (frame) => {
    frame[COUNT] = 0;
  },
  (frame) => {
    frame[ID] = 0;
  },
  (frame) => {
    frame[ID] = 251;
    frame[CHECKSUM + 1] ^= 0x55;
  },
];

const { index, mac } = interfaceFacts();
const to = bytesOfMac(target);
const frames = Array.from({ length: FRAMES }, (_, number) => {
  const { id, addresses } = routers[number % routers.length];
  const source = `203.0.113.${1 + ((number * 7) % 250)}`;
  const frame = advertFrame({ id, addresses, priority: 200, intervalMicros: 1e5, source, mac, to });
  KINDS[number % KINDS.length](frame);
  return frame;
});

function fixHeader(frame) {
  frame[IP_CHECKSUM] = 0;
  frame[IP_CHECKSUM + 1] = 0;
  let sum = 0;
  for (let at = 14; at < MESSAGE; at += 2) sum += frame[at] * 256 + frame[at + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  frame[IP_CHECKSUM] = (~sum >> 8) & 0xff;
  frame[IP_CHECKSUM + 1] = ~sum & 0xff;
}

const socket = new PacketSocket({ interfaceIndex: index, etherType: 0, onReadable: null });
const startedAt = nowMicros();
let sent = 0;
const timer = new Timer(() => {
  const due = Math.floor(((nowMicros() - startedAt) * perSecond) / 1e6);
  // At most a hundredth of a second at once: what a busy machine made late is not caught up in one blow.
  const count = Math.min(due - sent, perSecond / 100);
  const batch = Array.from({ length: count }, (_, position) => frames[(sent + position) % FRAMES]);
  socket.send(batch);
  sent = due;
  timer.arm(nowMicros() + TICK_MICROS);
});
timer.arm(startedAt);
console.log("ready");
