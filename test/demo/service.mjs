/** The service of the demo: answers every connection with the name of its host. */
import { createServer } from "node:net";

const [name, port] = process.argv.slice(2);
createServer((client) => client.on("error", () => {}).end(name)).listen(Number(port), () =>
  console.log("ready"),
);
