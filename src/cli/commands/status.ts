/** `vrrpd status`: who holds the addresses here, since when, why, and what is wrong. */
import { ExitCode } from "../../base/errors.js";
import type { StatusDocument } from "../../daemon/status/types.js";
import { askStatus, socketPath, viewOf } from "../daemon-status.js";
import { complaintsOf } from "../view/nagios-view.js";
import { statusView } from "../view/status-view.js";
import { watch } from "../watch.js";
import { defineCommand, JSON_OUTPUT, NO_DAEMON, SOCKET, usage } from "./command.js";

export const command = defineCommand({
  options: {
    watch: { type: "boolean", short: "w", text: "show it again every second, until a signal ends that" },
    "exit-code": { type: "boolean", text: "exit 1 where something is wrong" },
    json: JSON_OUTPUT,
    socket: SOCKET,
  },
  text: `Asks the running daemon. With --watch a daemon that is away is waited for.
Wrong is a problem that is not acknowledged, and an instance that is in FAULT, or does not take part yet.`,
  exitCodes: {
    [ExitCode.fatal]: "with --exit-code: something is wrong; or something else failed",
    ...NO_DAEMON,
  },
  async run({ options, print }) {
    const { watch: again, json, "exit-code": judges } = options;
    if (again && judges) throw usage("--watch goes on, so that it has no --exit-code", "vrrpd help status");
    const ask = async () => askStatus(await socketPath(options.socket));
    const show = (document: StatusDocument) => {
      if (!json) return statusView(document, viewOf());
      return JSON.stringify(document, null, again ? 0 : 2);
    };
    if (again) {
      await watch(async () => show(await ask()), print);
      return ExitCode.ok;
    }
    const document = await ask();
    print(show(document));
    return judges && isWrong(document) ? ExitCode.fatal : ExitCode.ok;
  },
});

function isWrong(document: StatusDocument): boolean {
  const { grave, mild } = complaintsOf(document);
  return grave.length + mild.length > 0;
}
