/** The `vrrpd` command. Signals are taken care of before anything else is even loaded. */
import "./guard.js";
import "./signals.js";

const { main } = await import("./command.js");
await main(process.argv.slice(2));
