/** `vrrpd reload`: the running daemon reads its configuration again. */
import { askReload, socketPath } from "../daemon-status.js";
import { defineCommand, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: { socket: SOCKET },
  text: `Prints what has changed. Where the configuration is refused nothing has, and every problem is printed.
For root, and for the user that the daemon runs as. SIGHUP does the same, and says it in the log alone.`,
  exitCodes: NO_DAEMON,
  async run({ options: { socket }, print }) {
    const refused = "nothing was reloaded, and the configuration stays as it is";
    return print((await askReload(await socketPath(socket), "reload", refused)).text);
  },
});
