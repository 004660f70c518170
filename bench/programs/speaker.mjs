/**
 * A master that is nobody's program, so that receivers can be compared: adverts at even distances, or all at once.
 *
 * Options, as JSON: routers (id and addresses), priority, source, advertisedMicros (in the packet), periodMicros (in
 * truth), burst (all routers at once), rounds (then it says "done" and waits to be killed; without it: for ever).
 */
import { advertFrame, interfaceFacts, nowMicros, PacketSocket, Timer } from "./frames.mjs";

const options = JSON.parse(process.argv[2]);
const { routers, priority, source, advertisedMicros, periodMicros, burst, rounds = Infinity } = options;
const { index, mac } = interfaceFacts();
const socket = new PacketSocket({ interfaceIndex: index, etherType: 0, onReadable: null });
const frames = routers.map(({ id, addresses }) =>
  advertFrame({ id, addresses, priority, intervalMicros: advertisedMicros, source, mac }),
);
const groups = burst ? [frames] : frames.map((frame) => [frame]);
const gapMicros = periodMicros / groups.length;
const startedAt = nowMicros();
let sent = 0;

const timer = new Timer(() => {
  // What a busy machine made late is caught up, so that the number of adverts is right.
  while (startedAt + sent * gapMicros <= nowMicros() && sent < rounds * groups.length) {
    socket.send(groups[sent % groups.length]);
    sent += 1;
  }
  if (sent < rounds * groups.length) timer.arm(startedAt + sent * gapMicros);
  else console.log("done");
});
timer.arm(startedAt);
console.log("ready");
