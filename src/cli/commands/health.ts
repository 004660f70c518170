/** `vrrpd health`: for exec probes, without a shell around it. */
import { ExitCode } from "../../base/errors.js";
import { askHealth, socketPath } from "../daemon-status.js";
import { defineCommand, NO_DAEMON, SOCKET } from "./command.js";

export const command = defineCommand({
  options: {
    ready: { type: "boolean", text: "ask whether the node takes part, not only whether the daemon works" },
    socket: SOCKET,
  },
  text: "Asks the running daemon, and prints one line: healthy or not, and why.",
  exitCodes: { [ExitCode.fatal]: "not healthy, or not ready", ...NO_DAEMON },
  async run({ options: { ready, socket }, print }) {
    const found = await askHealth(await socketPath(socket));
    if (ready ? found.ready : found.healthy)
      return print(praise(ready ? "ready" : "healthy", found.problems));
    const why = ready ? [...found.problems, ...found.waitsFor] : found.problems;
    print(`${ready ? "not ready" : "not healthy"}: ${why.join("; ")}`);
    return ExitCode.fatal;
  },
});

/** What a healthy daemon has to say all the same stands behind it. */
function praise(word: string, problems: readonly string[]): string {
  return problems.length === 0 ? word : `${word}, but ${problems.join("; ")}`;
}
