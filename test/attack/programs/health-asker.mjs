/**
 * What a kubelet does: asks for the health, each time over a connection of its own. Says "ready", then one line an
 * answer: milliseconds, or "failed" with a reason.
 *
 * Options, as JSON: port, everyMillis.
 */
import { get } from "node:http";

const TIMEOUT_MILLIS = 5_000;
const { port, everyMillis } = JSON.parse(process.argv[2]);

console.log("ready");
ask();

function ask() {
  const startedAt = performance.now();
  let isOver = false;
  const over = (said) => {
    if (isOver) return;
    isOver = true;
    console.log(said);
    setTimeout(ask, Math.max(0, everyMillis - (performance.now() - startedAt)));
  };
  const request = get({ host: "127.0.0.1", port, path: "/healthz", agent: false, timeout: TIMEOUT_MILLIS });
  request.on("timeout", () => request.destroy(new Error("no answer")));
  request.on("error", (error) => over(`failed ${error.code ?? error.message}`));
  request.on("response", (response) => {
    response.resume();
    response.on("end", () => {
      const millis = performance.now() - startedAt;
      over(response.statusCode === 200 ? millis.toFixed(1) : `failed with ${response.statusCode}`);
    });
    response.on("error", (error) => over(`failed ${error.code}`));
  });
}
