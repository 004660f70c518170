/** `vrrpd status`: who holds the addresses here, since when, why, and what is wrong. */
import { ExitCode } from "../../base/errors.js";
import { askStatus, socketPath, viewOf } from "../daemon-status.js";
import { statusView } from "../view/status-view.js";
import { watch } from "../watch.js";
import { defineCommand, JSON_OUTPUT, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: {
    watch: { type: "boolean", short: "w", text: "show it again every second, until a signal ends that" },
    json: JSON_OUTPUT,
    socket: SOCKET,
  },
  text: "Asks the running daemon. With --watch a daemon that is away is waited for.",
  exitCodes: NO_DAEMON,
  async run({ options, print }) {
    const show = async () => {
      const document = await askStatus(socketPath(options.socket));
      if (!options.json) return statusView(document, viewOf());
      return options.watch ? JSON.stringify(document) : JSON.stringify(document, null, 2);
    };
    if (!options.watch) return print(await show());
    await watch(show, print);
    return ExitCode.ok;
  },
});
