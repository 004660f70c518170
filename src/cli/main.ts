/** The `vrrpd` command. Signals are taken care of before anything else is even loaded. */
import "./guard.js";
import "./signals.js";

const { main } = await import("./execute.js");
await main(process.argv.slice(2));
