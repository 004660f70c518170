/** Runs a command of the command line and ends the process with its exit code. */
import { ExitCode, exitCodeOf, wordsOf } from "../base/errors.js";
import { visibleLines } from "../base/visible.js";
import { parseCall } from "./commands/index.js";
import { complain, print } from "./output.js";
import { whenStopped } from "./signals.js";
import { readVersion } from "./version.js";

/** Never throws: what goes wrong is one clear sentence on standard error, and an exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    process.exitCode = await execute(argv);
  } catch (error) {
    complain(`vrrpd: ${visibleLines(wordsOf(error))}`);
    process.exitCode = exitCodeOf(error);
  }
}

async function execute(argv: readonly string[]): Promise<ExitCode> {
  const call = await parseCall(argv);
  if (call.type === "print") {
    print(call.text);
    return call.exitCode;
  }
  if (call.type === "version") return print(readVersion());
  const { command, options, words } = call;
  if (!command.handlesSignals) whenStopped(() => process.exit(ExitCode.fatal));
  return command.run({
    ...{ options, words, env: process.env, print },
    // Few need it, and probes are to be cheap.
    get version() {
      return readVersion();
    },
  });
}
