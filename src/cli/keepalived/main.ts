/** The `keepalived` command. Signals are taken care of before anything else is even loaded. */
import { guardDaemon } from "../guard.js";
import "../signals.js";

await guardDaemon();
const { main } = await import("./execute.js");
await main(process.argv.slice(2));
