/**
 * In a host of the harness, against 127.0.0.1:9650, for so many milliseconds:
 *   node http-attack.mjs pipeline|slow|idle|connects MILLIS COUNT   one attack; prints { made }: connections
 *   node http-attack.mjs ask MILLIS   health over a new connection each time; prints the milliseconds of each answer,
 *                                     null for one that was not "ok"
 */
import { connect } from "node:net";

const [kind, millis, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const TARGET = { host: "127.0.0.1", port: 9650 };
let made = 0;
let over = false;

function open(onConnect, onClose = () => {}) {
  const socket = connect(TARGET, () => onConnect(socket));
  made += 1;
  socket.on("error", () => {});
  socket.on("close", () => !over && onClose());
}

const REQUESTS = Buffer.from("GET /status HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n".repeat(1500));
const ATTACKS = {
  /** Requests as fast as they are taken; whoever is thrown out comes again. */
  pipeline() {
    const again = () =>
      open(
        (socket) => {
          const more = () => !over && socket.writable && socket.write(REQUESTS, more);
          more();
          socket.resume();
        },
        () => setTimeout(again, 10),
      );
    for (let at = 0; at < count; at += 1) again();
  },
  /** Those who never read an answer. */
  slow() {
    const again = () =>
      open(
        (socket) => {
          socket.pause();
          socket.write("GET /status HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        },
        () => setTimeout(again, 10),
      );
    for (let at = 0; at < count; at += 1) again();
  },
  idle() {
    for (let at = 0; at < count; at += 1)
      setTimeout(() => open((socket) => socket.write("GET / HT")), at / 5);
  },
  /** A bounded number at a time, each closed at once. */
  connects() {
    const again = () => made < count && open((socket) => socket.destroy(), again);
    for (let at = 0; at < 256; at += 1) again();
  },
};

const answers = [];
function ask() {
  const startedAt = performance.now();
  let text = "";
  const socket = connect(TARGET, () =>
    socket.write("GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"),
  );
  socket.on("data", (part) => {
    text += part;
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    const isAnswered = /^HTTP\/1.1 200 [\s\S]*\nok\n$/.test(text);
    answers.push(isAnswered ? Math.round(performance.now() - startedAt) : null);
    setTimeout(ask, 50);
  });
}

if (kind === "ask") ask();
else ATTACKS[kind]();
setTimeout(() => {
  over = true;
  console.log(JSON.stringify(kind === "ask" ? answers : { made }));
  process.exit(0);
}, millis);
