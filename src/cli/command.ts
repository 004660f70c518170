/** Runs a command of the command line and ends the process with its exit code. */
import { createRequire } from "node:module";
import { ExitCode, VrrpdError } from "../base/errors.js";
import { visibleLines } from "../base/visible.js";
import { type Command, parseCommand, USAGE } from "./arguments.js";
import { printable } from "./printable.js";
import { whenStopped } from "./signals.js";

const { version } = createRequire(import.meta.url)("vrrpd/package.json") as { version: string };

/** Never throws: what goes wrong is one clear sentence on standard error, and an exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    process.exitCode = await execute(parseCommand(argv));
  } catch (error) {
    const known = error instanceof VrrpdError;
    const words = known ? error.message : ((error as Error).stack ?? String(error));
    process.stderr.write(`vrrpd: ${visibleLines(words)}\n`);
    process.exitCode = known ? error.exitCode : ExitCode.fatal;
  }
}

/** Each command loads only what it needs: `status` must not cost what the daemon does. */
async function execute(command: Command): Promise<ExitCode> {
  switch (command.name) {
    case "help":
      return print(USAGE);
    case "version":
      return print(version);
    case "check": {
      const { check } = await import("./check.js");
      return check(process.env, command.json, print);
    }
    case "status": {
      whenStopped(() => process.exit(ExitCode.fatal));
      const { status } = await import("./status.js");
      return status(command, print);
    }
    case "why": {
      whenStopped(() => process.exit(ExitCode.fatal));
      const { why } = await import("./why.js");
      return why(command, print);
    }
    case "peers": {
      whenStopped(() => process.exit(ExitCode.fatal));
      const { peers } = await import("./peers.js");
      return peers(command, print);
    }
    case "health": {
      whenStopped(() => process.exit(ExitCode.fatal));
      const { health } = await import("./health.js");
      return health(command, print);
    }
    case "doctor": {
      whenStopped(() => process.exit(ExitCode.fatal));
      const { doctor } = await import("./doctor.js");
      return doctor(process.env, command.json, print);
    }
    case "cleanup": {
      const { cleanup } = await import("./cleanup.js");
      return cleanup(process.env, print);
    }
    case "run": {
      const { run } = await import("./run.js");
      return run(process.env, version);
    }
  }
}

function print(text: string): ExitCode {
  // A reader that has had enough (`vrrpd status | head`) is no error. Not before the first word: the daemon must not
  // touch this stream, which makes its descriptor another kind of descriptor.
  if (process.stdout.listenerCount("error") === 0) process.stdout.on("error", ignoreClosedPipe);
  process.stdout.write(`${printable(text)}\n`);
  return ExitCode.ok;
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
