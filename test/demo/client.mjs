/** The client of the demo: asks the virtual address again and again, and prints who answered ("-": nobody in time). */
import { connect } from "node:net";

const [address, port, intervalMillis] = process.argv
  .slice(2)
  .map((word, index) => (index === 0 ? word : Number(word)));

function ask() {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let answer = "";
    const settle = (value) => {
      socket.destroy();
      resolve(value);
    };
    socket.setTimeout(intervalMillis, () => settle("-"));
    socket.on("data", (bytes) => {
      answer += bytes;
    });
    socket.on("end", () => settle(answer));
    socket.on("error", () => settle("-"));
  });
}

for (;;) {
  const startedAt = performance.now();
  console.log(await ask());
  const rest = intervalMillis - (performance.now() - startedAt);
  if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
}
