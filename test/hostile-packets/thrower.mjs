// Throws the frames of a file out of ens3: each is a length (two bytes, in the machine's order) and its bytes.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PacketSocket } from "../../dist/src/host/native.js";
import { gatherHostFacts } from "../../dist/src/host/netlink/facts.js";

const { file, pids, rounds, burst } = JSON.parse(process.argv[2]);
const { link } = gatherHostFacts().interfaces.find(({ name }) => name === "ens3");
const socket = new PacketSocket({ interfaceIndex: link.index, etherType: 0, onReadable: null });
const frames = readFrames(readFileSync(file));

const startedAt = performance.now();
for (let round = 0; round < rounds; round += 1) {
  const size = burst ?? frames.length;
  for (let first = 0; first < frames.length; first += size) {
    await send(frames.slice(first, first + size));
    if (burst !== null) await untilRead();
  }
}
const seconds = (performance.now() - startedAt) / 1000;
await untilRead();
socket.close();
console.log(JSON.stringify({ packetsPerSecond: Math.round((rounds * frames.length) / seconds) }));

async function send(batch) {
  for (let sent = 0; sent < batch.length; ) {
    sent += socket.send(batch.slice(sent));
    if (sent < batch.length) await sleep(1);
  }
}

/** Returns when nothing waits in the raw sockets of the hosts on which these processes run. */
async function untilRead() {
  while (pids.some((pid) => ["raw", "raw6"].some((table) => isWaiting(`/proc/${pid}/net/${table}`)))) {
    await sleep(1);
  }
}

/** The fifth column is "tx_queue:rx_queue". */
function isWaiting(path) {
  const rows = readFileSync(path, "utf8").trim().split("\n").slice(1);
  return rows.some((row) => !row.trim().split(/\s+/)[4].endsWith(":00000000"));
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
