/**
 * Logs 250 KB a turn for as many turns as its argument says, with a 10 ms timer beside it; tells over IPC how the loop fared. Then logs each
 * message that it is sent, and on "close" closes the log and tells how that went.
 */
import { createLogger } from "../../../src/host/log/index.js";

const LINES_PER_TURN = 50;
const lineCount = LINES_PER_TURN * Number(process.argv[2]);
const logger = createLogger({ level: "info", format: "json" });
const padding = "x".repeat(5_000);
let ticks = 0;
setInterval(() => ticks++, 10);

let logged = 0;
function logSome(): void {
  for (let i = 0; i < LINES_PER_TURN; i++) logger.log("info", `line ${logged++}`, { padding });
  if (logged < lineCount) setTimeout(logSome, 10);
  else process.send?.({ logged, ticks, lostLines: logger.lostLines });
}
logSome();

process.on("message", async (message) => {
  if (message !== "close") logger.log("info", String(message));
  else process.send?.({ flushed: await logger.close(500), lostLines: logger.lostLines });
});
