/** The `vrrpd` command. Signals are taken care of before anything else is even loaded. */
import { guardDaemon } from "./guard.js";
import "./signals.js";

const words = process.argv.slice(2);
if (isDaemon()) await guardDaemon();
const { main } = await import("./execute.js");
await main(words);

function isDaemon(): boolean {
  return words[0]?.startsWith("-") === true && words.some((word) => /^--config(=|$)/.test(word));
}
