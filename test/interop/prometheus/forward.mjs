/** Forwards what connects to a Unix socket to a port of this host: node forward.mjs SOCKET PORT */
import { connect, createServer } from "node:net";

const [path, port] = process.argv.slice(2);
const server = createServer((near) => {
  const far = connect(Number(port), "127.0.0.1");
  for (const [one, other] of [
    [near, far],
    [far, near],
  ]) {
    one.on("error", () => other.destroy());
    one.pipe(other);
  }
});
server.listen(path, () => console.log("forwards"));
