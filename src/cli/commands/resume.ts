/** `vrrpd resume`: what has yielded takes part as before. */
import { VrrpdError } from "../../base/errors.js";
import { MOST_NAMES } from "../../core/yields.js";
import { askYield, socketPath } from "../daemon-status.js";
import { defineCommand, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: { socket: SOCKET },
  mostWords: MOST_NAMES,
  text: `Without a name, all that has yielded takes part again, kept over restarts or not. An instance of higher priority then takes its
addresses back as its preemption says. Where nothing has yielded, that is said, and all is well.
For root, and for the user that the daemon runs as.`,
  exitCodes: NO_DAEMON,
  async run({ options, words, print }) {
    const instances = words.length === 0 ? null : words;
    const path = await socketPath(options.socket);
    const { instances: asked, fileProblem } = await askYield(path, {
      command: "resume-instances",
      instances,
    });
    const resumed = asked.filter(({ hadYielded }) => hadYielded).map(({ name }) => name);
    if (fileProblem !== null) throw new VrrpdError("EPERSIST", `it takes part again, but ${fileProblem}`);
    if (resumed.length === 0)
      return print(`nothing to resume: ${words.join(", ") || "no instance"} has yielded`);
    return print(resumed.map((name) => `${name} takes part again`).join("\n"));
  },
});
