/** `vrrpd yield`: the running daemon gives its addresses to whoever takes them, and takes none back while they are served. */
import { DURATION, parseDuration } from "../../base/duration.js";
import { ExitCode, VrrpdError } from "../../base/errors.js";
import { MOST_NAMES } from "../../core/yields.js";
import { MOST_YIELD_SECONDS } from "../../daemon/yield-file.js";
import type { AskedInstance } from "../../daemon/yield-requests.js";
import { askYield, socketPath } from "../daemon-status.js";
import { untilServed } from "../until-served.js";
import { defineCommand, NO_DAEMON, SOCKET, usage } from "./command.js";

const DEFAULT_TIMEOUT = "60s";

export const command = defineCommand({
  options: {
    for: { type: "string", value: "SPAN", text: `for how long: ${DURATION}; default: until vrrpd resume` },
    persist: {
      type: "boolean",
      text: "restarts and reboots do not end it; --for then goes by the wall clock",
    },
    wait: { type: "boolean", text: "return once another node serves each instance" },
    timeout: { type: "string", value: "SPAN", text: `how long --wait waits; default: ${DEFAULT_TIMEOUT}` },
    force: {
      type: "boolean",
      text: "give the addresses up even where nobody else takes them, and claim none, whatever happens",
    },
    socket: SOCKET,
  },
  mostWords: MOST_NAMES,
  text: `Without a name, all instances of this node yield, those included that a reload brings. An instance that has yielded gives
its addresses to the first node that takes them, without an outage, and does not take them back while any other node
serves. Where there is no other candidate this node serves on, and vrrpd status says so. Said again, the newer word counts.
For root, and for the user that the daemon runs as.`,
  exitCodes: {
    ...NO_DAEMON,
    [ExitCode.alone]: "--wait: no other node has taken over in time; it stays yielded",
  },
  async run({ options, words, print }) {
    const forSeconds = options.for === undefined ? null : durationOf("--for", options.for);
    const timeoutSeconds = durationOf("--timeout", options.timeout ?? DEFAULT_TIMEOUT);
    if (options.timeout !== undefined && !options.wait) throw usage("--timeout is about --wait", HELP);
    const path = await socketPath(options.socket);
    const instances = words.length === 0 ? null : words;
    const { force = false, persist = false } = options;
    const { instances: asked, fileProblem } = await askYield(path, {
      command: "yield-instances",
      ...{ instances, forSeconds, force, persist },
    });
    print(
      asked.map((one) => lineOf(one, force)).join("\n") || "no instance is there yet; those that come yield",
    );
    if (fileProblem !== null) throw new VrrpdError("EPERSIST", `it has yielded, but ${fileProblem}`);
    if (!options.wait) return ExitCode.ok;
    await untilServed(path, new Set(asked.map(({ name }) => name)), timeoutSeconds);
    return print("another node serves");
  },
});

const HELP = "vrrpd help yield";

function durationOf(option: string, text: string): number {
  const seconds = parseDuration(text);
  if (seconds !== null && seconds <= MOST_YIELD_SECONDS) return seconds;
  throw usage(`${option} ${text}: it is to be ${DURATION}, at most 366d`, HELP);
}

function lineOf({ name, state, hadYielded }: AskedInstance, force: boolean): string {
  const already = hadYielded ? "had yielded already; what is said now counts. It " : "";
  return `${name} ${already}${EFFECTS[state](force)}`;
}

const EFFECTS: Readonly<Record<AskedInstance["state"], (force: boolean) => string>> = {
  MASTER: (force) =>
    force
      ? "is master, and gives its addresses up within moments, whether another node takes over or not"
      : "is master, and gives its addresses to the first node that takes over; until then it serves",
  BACKUP: (force) => `is backup, and ${staysAway(force)}`,
  FAULT: (force) => `is in FAULT, and ${staysAway(force)}`,
  INIT: (force) => `does not take part yet, and ${staysAway(force)}`,
};

function staysAway(force: boolean): string {
  return force ? "takes no address, whatever happens" : "takes no address while another node serves";
}
