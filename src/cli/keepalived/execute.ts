/** Runs the `keepalived` command and ends the process with the exit code that Keepalived would have. */
import { ExitCode, exitCodeOf, wordsOf } from "../../base/errors.js";
import { visibleLines } from "../../base/visible.js";
import { ServiceManager } from "../../host/service-manager.js";
import { complain, print } from "../output.js";
import { readVersion } from "../version.js";
import { helpText } from "./options.js";
import { type Request, readRequest } from "./request.js";
import { findStarter, type Starter, startInBackground } from "./starter.js";
import { NAME, versionText } from "./version.js";

const version = readVersion();

/** Never throws: what goes wrong is one clear sentence, and an exit code. */
export async function main(words: readonly string[]): Promise<void> {
  const starter = findStarter();
  try {
    process.exitCode = await execute(readRequest(words), words, starter);
  } catch (error) {
    starter.fail(`${NAME}: ${visibleLines(wordsOf(error))}`);
    process.exitCode = exitCodeOf(error);
  }
}

async function execute(request: Request, words: readonly string[], starter: Starter): Promise<number> {
  switch (request.type) {
    case "version":
      // Where Keepalived says it, and exporters look for it.
      complain(versionText(version));
      return ExitCode.ok;
    case "help":
      return print(helpText(NAME));
    case "number":
      return print(`${request.number}`);
    case "refused":
      complain(`${NAME}: ${visibleLines(request.problem)} (see ${NAME} --help)`);
      return ExitCode.fatal;
    case "test": {
      const { testConfiguration } = await import("./test.js");
      return testConfiguration(request);
    }
    case "run": {
      if (request.foreground || starter.inBackground) {
        const { run } = await import("./run.js");
        return run(request, starter, version);
      }
      const manager = new ServiceManager(process.env, (sentence) => complain(`${NAME}: ${sentence}`));
      return endAfter(await startInBackground(words, (mainPid) => manager.ready({ mainPid })));
    }
  }
}

/** The daemon in the background would keep this process alive. */
function endAfter(code: number): never {
  process.exit(code);
}
