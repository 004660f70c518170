/** `vrrpd reload`: the running daemon reads its configuration again. */
import { VrrpdError } from "../../base/errors.js";
import { askReload, socketPath } from "../daemon-status.js";
import { defineCommand, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: { socket: SOCKET },
  text: `Prints what has changed. Where the configuration is refused nothing has, and every problem is printed.
For root, and for the user that the daemon runs as. SIGHUP does the same, and says it in the log alone.`,
  exitCodes: NO_DAEMON,
  async run({ options: { socket }, print }) {
    const outcome = await askReload(socketPath(socket), "reload");
    if ("change" in outcome) return print(outcome.text);
    const lines = outcome.problems.map((line) => `\n  ${line}`).join("");
    throw new VrrpdError("ECONFIG", `nothing was reloaded, and the configuration stays as it is:${lines}`);
  },
});
