/** `vrrpd --config env|FILE`: the daemon in the foreground, until it is told to stop. */
import { Complaints } from "../../base/complaints.js";
import { ExitCode, VrrpdError } from "../../base/errors.js";
import { Daemon } from "../../daemon/daemon.js";
import { counterLines, statusLines } from "../../daemon/status/log-lines.js";
import { createLogger, type Logger } from "../../host/log/index.js";
import { exitNow, nowMicros, RealtimeSignals } from "../../host/native.js";
import { nameProcess, processName } from "../../host/process-name.js";
import { type Place, readConfiguration } from "../configuration.js";
import { ignoredNodeOptions } from "../guard.js";
import { requireCapabilities, requireScriptUsers } from "../privileges.js";
import { whenSignalled, whenStopped } from "../signals.js";
import { defineCommand, requirePlace, SOURCE } from "./command.js";

const LOG_DRAIN_MILLIS = 500;

export const command = defineCommand({
  options: SOURCE,
  text: "The daemon, in the foreground.",
  exitCodes: { [ExitCode.permission]: "a capability is missing" },
  handlesSignals: true,
  run({ options, env, version }) {
    return run(requirePlace(options), env, version);
  },
});

/** Throws VrrpdError before anything is touched; does not return otherwise. */
async function run(place: Place, env: NodeJS.ProcessEnv, version: string): Promise<ExitCode> {
  const intent = await readConfiguration(place, env);
  requireCapabilities();
  requireScriptUsers(intent);
  const { logLevel, logFormat } = intent.settings;
  const logger = createLogger({ level: logLevel, format: logFormat });
  for (const note of intent.notes) logger.log(note.level, note.message);
  if (ignoredNodeOptions !== null) {
    logger.log(
      "warn",
      `NODE_OPTIONS=${ignoredNodeOptions} is for scripts alone: vrrpd itself runs without it`,
    );
  }
  const daemon = new Daemon({ intent, logger, version });
  process.on("uncaughtException", (error) => void end(daemon, logger, error));
  process.on("unhandledRejection", (error) => void end(daemon, logger, error as Error));
  whenSignalled((signal) => onSignal(daemon, logger, signal));
  ignoreRealtimeSignals(logger);
  await daemon.start();
  // Not earlier: a probe that looks for the name must not find a daemon that never came up.
  takeName(logger);
  const why = await Promise.race([
    daemon.stopRequested,
    new Promise<string>((resolve) => whenStopped((signal) => resolve(`${signal} received`))),
  ]);
  logger.log("info", `${why}, stopping`);
  await daemon.stop();
  await logger.close(LOG_DRAIN_MILLIS);
  // Not process.exit: a write that is stuck in a thread would hold that up.
  return exitNow(ExitCode.ok);
}

function takeName(logger: Logger): void {
  try {
    nameProcess(processName(process.argv[1] ?? ""));
  } catch (error) {
    logger.log("warn", `the process keeps its name: ${(error as Error).message}`);
  }
}

/** Exporters send them to Keepalived for its dumps, at every scrape. */
function ignoreRealtimeSignals(logger: Logger): void {
  const complaints = new Complaints();
  new RealtimeSignals((number) => {
    if (complaints.admit(nowMicros(), "real-time signal") === null) return;
    const instead = "the dumps of Keepalived are not written; see vrrpd status --json, or the metrics";
    logger.log("info", `SIGRTMIN+${number} received: it is ignored, and others like it; ${instead}`);
  });
}

function onSignal(daemon: Daemon, logger: Logger, signal: string): void {
  if (signal === "SIGHUP") {
    logger.log("warn", "SIGHUP received: there is no reload yet; the configuration stays as it is");
    return;
  }
  const lines = signal === "SIGUSR1" ? statusLines : counterLines;
  for (const { message, facts } of lines(daemon.status())) {
    logger.log("info", `${signal}: ${message}`, facts);
  }
}

/** An uncaught error: logs it, releases the addresses if that still works, and exits, so that another node takes over. */
async function end(daemon: Daemon, logger: Logger, error: Error): Promise<void> {
  const code = error instanceof VrrpdError ? error.exitCode : ExitCode.fatal;
  logger.log("error", `fatal: ${error.message}`, { stack: error.stack ?? null });
  try {
    daemon.release();
  } finally {
    await logger.close(LOG_DRAIN_MILLIS);
    exitNow(code);
  }
}
