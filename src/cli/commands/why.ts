/** `vrrpd why`: how each instance came to its state, and what comes next. */
import { choose } from "../choose.js";
import { askStatus, socketPath, viewOf } from "../daemon-status.js";
import { MOST_ROWS } from "../view/summary-view.js";
import { timelineView } from "../view/timeline-view.js";
import { whyView } from "../view/why-view.js";
import { defineCommand, JSON_OUTPUT, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: {
    all: { type: "boolean", text: "tell of each, however many there are" },
    json: JSON_OUTPUT,
    socket: SOCKET,
  },
  mostWords: 1,
  text: `Asks the running daemon, about all instances or about the one of this name.
More than ${MOST_ROWS} are told as one timeline; what happened together is one row.`,
  exitCodes: NO_DAEMON,
  async run({ options, words, print }) {
    const document = await askStatus(await socketPath(options.socket));
    const instances = choose(document, words);
    if (options.json) return print(JSON.stringify({ at: document.at, instances }, null, 2));
    if (instances.length > MOST_ROWS && !options.all) return print(timelineView(document, viewOf()));
    return print(whyView(document, instances, viewOf()));
  },
});
