/**
 * Clients of an HTTP listener that nobody would wish for. Says "ready" when all have begun, and "done N" with the
 * connections that were made when it is over.
 *
 * Options, as JSON: port, mode, connections, seconds (for all but "connects"):
 *   pipeline   each sends requests without end, and reads no answer where its number is odd
 *   idle       each is made, says nothing, and is made again when it is closed
 *   connects   that many, made and reset at once
 */
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const { port, mode, connections, seconds } = JSON.parse(process.argv[2]);
const REQUESTS = "GET /status HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
const AGAIN_MILLIS = 1_000;
const CONNECTS_AT_ONCE = 200;
/** Once: no crowd of clients is quicker than the listener's queue. */
const STEP = 250;
let made = 0;

if (mode === "connects") {
  console.log("ready");
  const one = async () => {
    while (made < connections) {
      made += 1;
      await connectAndReset();
    }
  };
  await Promise.all(Array.from({ length: CONNECTS_AT_ONCE }, one));
} else {
  const open = mode === "pipeline" ? pipeline : idle;
  for (let number = 0; number < connections; number += 1) {
    open(number);
    if (number % STEP === STEP - 1) await sleep(50);
  }
  console.log("ready");
  await sleep(seconds * 1000);
}
console.log(`done ${made}`);
process.exit(0);

function pipeline(number) {
  const socket = begin(() => pipeline(number));
  const write = () => {
    while (socket.writable && socket.write(REQUESTS));
  };
  socket.on("connect", write);
  socket.on("drain", write);
  if (number % 2 === 0) socket.on("data", () => {});
}

function idle(number) {
  begin(() => idle(number)).on("data", () => {});
}

function begin(again) {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("connect", () => {
    made += 1;
  });
  socket.on("error", () => {});
  socket.on("close", () => setTimeout(again, AGAIN_MILLIS));
  return socket;
}

function connectAndReset() {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("connect", () => socket.resetAndDestroy());
    socket.on("error", () => {});
    socket.on("close", resolve);
  });
}
