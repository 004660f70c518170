/** `vrrpd why`: how each instance came to its state, and what comes next. */
import { VrrpdError } from "../../base/errors.js";
import type { InstanceDocument, StatusDocument } from "../../daemon/status/types.js";
import { askStatus, socketPath, viewOf } from "../daemon-status.js";
import { whyView } from "../view/why-view.js";
import { defineCommand, JSON_OUTPUT, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: { json: JSON_OUTPUT, socket: SOCKET },
  mostWords: 1,
  text: "Asks the running daemon, about all instances or about the one of this name.",
  exitCodes: NO_DAEMON,
  async run({ options, words, print }) {
    const document = await askStatus(await socketPath(options.socket));
    const instances = choose(document, words[0]);
    if (options.json) return print(JSON.stringify({ at: document.at, instances }, null, 2));
    return print(whyView(document, instances, viewOf()));
  },
});

/** Throws VrrpdError `EINSTANCE` where there is none of this name. */
function choose({ instances }: StatusDocument, name: string | undefined): readonly InstanceDocument[] {
  if (name === undefined) return instances;
  const found = instances.filter((instance) => instance.name === name);
  if (found.length > 0) return found;
  const known = instances.map((instance) => instance.name).join(", ");
  throw new VrrpdError("EINSTANCE", `there is no instance ${name}; there are: ${known}`);
}
