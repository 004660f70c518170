/** `vrrpd peers`: every speaker heard on our ids, and on others on our interfaces. */
import { askStatus, socketPath, viewOf } from "../daemon-status.js";
import { peersView } from "../view/peers-view.js";
import { defineCommand, JSON_OUTPUT, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: { json: JSON_OUTPUT, socket: SOCKET },
  text: "Asks the running daemon. Adverts that were refused are listed with the reason.",
  exitCodes: NO_DAEMON,
  async run({ options, print }) {
    const status = await askStatus(await socketPath(options.socket));
    if (!options.json) return print(peersView(status, viewOf()));
    const instances = status.instances.map(({ name, virtualRouterId, speakers, refusals }) => {
      return { name, virtualRouterId, speakers, refusals };
    });
    const { at, foreignSpeakers } = status;
    return print(JSON.stringify({ at, instances, foreignSpeakers }, null, 2));
  },
});
