/**
 * As ../takeover/client.mjs, by single datagrams: next to no work for the machine, where a test takes minutes. Prints a
 * line for each answer alone. It may come from another address than was asked: a virtual address is not what a node
 * speaks from.
 */
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";

const [port, intervalMillis, patienceMillis, ...addresses] = process.argv.slice(2);

function open(type) {
  const socket = createSocket(type);
  socket.on("error", () => {});
  socket.on("message", (bytes) => {
    const answer = bytes.toString();
    const lateMillis = Date.now() - Number.parseInt(answer, 10) / 1000;
    if (lateMillis < Number(patienceMillis)) console.log(answer);
  });
  return socket;
}

const [udp4, udp6] = [open("udp4"), open("udp6")];

setInterval(() => {
  for (const address of addresses) {
    const question = `${Date.now() * 1000} ${address}`;
    (isIPv6(address) ? udp6 : udp4).send(question, Number(port), address);
  }
}, Number(intervalMillis));
