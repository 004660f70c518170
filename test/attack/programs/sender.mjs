/**
 * Sends the frames of a file out of ens3, again and again, so many a second: each is a length (two bytes, in the
 * machine's order) and its bytes. Says "ready", then "sent N" with the packets a second that really left.
 *
 * Options, as JSON: file, perSecond, seconds. At least the whole file once where that is what the two multiply to.
 */
import { readFileSync } from "node:fs";
import { nowMicros, PacketSocket, Timer } from "../../../dist/src/host/native.js";

const TICK_MICROS = 1_000;
const { file, perSecond, seconds } = JSON.parse(process.argv[2]);
const interfaceIndex = Number(readFileSync("/sys/class/net/ens3/ifindex", "latin1"));
const socket = new PacketSocket({ interfaceIndex, etherType: 0, onReadable: null });
const frames = readFrames(readFileSync(file));
const total = Math.round(perSecond * seconds);
/** What a busy machine made late is not caught up in one blow, but for a volley that is short anyway. */
const most = Math.max(perSecond / 100, 64);
const startedAt = nowMicros();
let position = 0;
let sent = 0;

const timer = new Timer(tick);
console.log("ready");
tick();

function tick() {
  const now = nowMicros();
  const elapsed = now - startedAt;
  const left = Math.min(Math.floor((elapsed * perSecond) / 1e6) + 1, total) - position;
  const count = Math.min(left, most);
  if (count > 0) {
    const first = position % frames.length;
    let batch = frames.slice(first, first + count);
    while (batch.length < count) batch = batch.concat(frames.slice(0, count - batch.length));
    sent += socket.send(batch);
    // What had no room in time is left out: the rate is what counts.
    position += left > most * 10 ? left : count;
  }
  if (position < total && elapsed < (seconds + 5) * 1e6) return timer.arm(now + TICK_MICROS);
  timer.close();
  socket.close();
  console.log(`sent ${Math.round(sent / Math.max(seconds, (nowMicros() - startedAt) / 1e6))}`);
}

function readFrames(bytes) {
  const read = [];
  for (let offset = 0; offset < bytes.length; ) {
    const length = bytes.readUInt16LE(offset);
    read.push(bytes.subarray(offset + 2, offset + 2 + length));
    offset += 2 + length;
  }
  return read;
}
