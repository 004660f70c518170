/** `vrrpd check-nagios`: a plugin for Nagios and whatever runs its plugins. */
import { VrrpdError } from "../../base/errors.js";
import { askHealth, askStatus, socketPath } from "../daemon-status.js";
import { Service, type Verdict, verdict, verdictOn } from "../view/nagios-view.js";
import { defineCommand, SOCKET } from "./command.js";

export const command = defineCommand({
  options: { socket: SOCKET },
  text: `Asks the running daemon, and prints one line with its figures. FAULT and errors are CRITICAL, warnings are WARNING.
That no daemon answers is CRITICAL as well, not UNKNOWN: nobody keeps the addresses on this node then, and that is what
the check is there to tell. UNKNOWN is what the check itself cannot do: a wrong option, several daemons, no right to ask.
Figures: instances by state, problems, how often an instance became master or ceased to be it (transitions).`,
  exitCodes: {
    [Service.ok]: "OK",
    [Service.warning]: "WARNING: something is wrong, and the addresses are served",
    [Service.critical]: "CRITICAL: an instance is in FAULT, something is an error, or no daemon answers",
    [Service.unknown]: "UNKNOWN: the check could not be made",
  },
  onRefusal: (refusal) => verdict(Service.unknown, refusal.message),
  async run({ options: { socket }, print }) {
    const { line, exitCode } = await look(socket);
    print(line);
    return exitCode;
  },
});

async function look(socket: string | undefined): Promise<Verdict> {
  try {
    const path = await socketPath(socket);
    return verdictOn(await askStatus(path), await askHealth(path));
  } catch (error) {
    const isGone = error instanceof VrrpdError && error.code === "ENODAEMON";
    return verdict(isGone ? Service.critical : Service.unknown, (error as Error).message);
  }
}
