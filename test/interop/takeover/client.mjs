/**
 * Asks each address, at this interval, who answers at the port: a new connection each time, whatever became of the
 * last. Prints a line for each: when it began (microseconds of the wall clock), the address, and the answer or "-".
 */
import { connect } from "node:net";

const [port, intervalMillis, patienceMillis, ...addresses] = process.argv.slice(2);

function ask(host) {
  const beganAtMicros = Date.now() * 1000;
  const socket = connect({ host, port: Number(port) });
  let answer = "";
  let isSettled = false;
  const settle = (word) => {
    if (isSettled) return;
    isSettled = true;
    socket.destroy();
    console.log(`${beganAtMicros} ${host} ${word || "-"}`);
  };
  socket.setTimeout(Number(patienceMillis), () => settle("-"));
  socket.on("data", (bytes) => {
    answer += bytes;
  });
  socket.on("end", () => settle(answer));
  socket.on("error", () => settle("-"));
}

setInterval(() => addresses.forEach(ask), Number(intervalMillis));
