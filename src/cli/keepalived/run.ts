/** The daemon under the name of Keepalived. */
import { ExitCode, VrrpdError } from "../../base/errors.js";
import type { Intent } from "../../config/index.js";
import type { Daemon } from "../../daemon/daemon.js";
import { createLogger, isJournal, type Logger, type LogOutput } from "../../host/log/index.js";
import { setCommandLine } from "../../host/native.js";
import { removePidFile, runningProcess, writePidFile } from "../../host/pid-file.js";
import { readConfiguration } from "../configuration.js";
import { readAgain } from "../read-again.js";
import { ignoring, LOG_DRAIN_MILLIS, runDaemon, type SignalHandlers } from "../run-daemon.js";
import type { LogRequest, RunRequest } from "./request.js";
import { JSON_SIGNAL, STATS_CLEAR_SIGNAL } from "./signal-numbers.js";
import type { Starter } from "./starter.js";
import { NAME } from "./version.js";

/** In syslog: of Keepalived's process that does the VRRP. */
const IDENT = "Keepalived_vrrp";
const STANDARD_OUTPUT = { fd: 1 };

/** Throws VrrpdError before anything is touched; does not return otherwise, unless one runs already. */
export async function run(request: RunRequest, starter: Starter, version: string): Promise<number> {
  const { umask, pidFiles } = request;
  if (umask !== null) process.umask(umask);
  // As if it had been started by this name: others know it by that (pidof, ps -f).
  setCommandLine(process.argv.slice(1));
  const intent = await read(request, starter);
  const logger = loggerOf(request.log, starter, intent);
  const running = runningOf(pidFiles);
  if (running !== null) return sayRunning(running, logger, starter);
  for (const warning of request.warnings) logger.log("warn", warning);
  if (starter.inBackground) process.chdir("/");
  return runDaemon({
    ...{ intent, logger, version, name: NAME, reread: readAgain(request.place, version) },
    // The starter says it, of a daemon in the background: a service manager believes no other process.
    tellsReady: !starter.inBackground,
    signals: (daemon) => signalsOf(daemon, logger),
    onReady: () => {
      // Two that were started at the same moment: the first one to come here stays.
      const other = runningOf(pidFiles);
      if (other !== null) {
        starter.fail(`${NAME}: ${runsAlready(other)}`);
        return runsAlready(other);
      }
      for (const path of pidFiles) notePid(path, logger);
      starter.ready();
      return null;
    },
    onStopped: () => {
      for (const path of pidFiles) removePidFile(path);
    },
  });
}

/** A refused configuration stands in the log as well: of a daemon in the background nobody may see anything else. */
async function read({ place, log }: RunRequest, starter: Starter): Promise<Intent> {
  try {
    return await readConfiguration(place, process.env);
  } catch (error) {
    const logger = loggerOf(log, starter, null);
    if (error instanceof VrrpdError && logOutput(log, starter) !== STANDARD_OUTPUT) {
      for (const line of error.message.split("\n")) logger.log("error", line.trim());
      await logger.close(LOG_DRAIN_MILLIS);
    }
    throw error;
  }
}

/** @param intent null: it could not be read */
function loggerOf(log: LogRequest, starter: Starter, intent: Intent | null): Logger {
  const { logLevel: level = "info", logFormat: format = null } = intent?.settings ?? {};
  const output = logOutput(log, starter);
  return output === null
    ? createLogger({ level: "silent", format })
    : createLogger({ level, format, output });
}

/** A daemon in the background has no output. null: nothing is to be logged. */
function logOutput({ console, syslog, facility }: LogRequest, { inBackground }: Starter): LogOutput | null {
  if (console && !inBackground) return STANDARD_OUTPUT;
  if (!syslog) return null;
  // What the journal reads anyway, it reads whole: with levels, facts and long lines.
  if (!inBackground && isJournal(STANDARD_OUTPUT.fd, process.env)) return STANDARD_OUTPUT;
  return { syslog: { facility, ident: IDENT } };
}

function runningOf(pidFiles: readonly string[]): number | null {
  return pidFiles.map((path) => runningProcess(path, NAME)).find((pid) => pid !== null) ?? null;
}

function runsAlready(pid: number): string {
  return `daemon is already running, as process ${pid}; this one ends`;
}

/** The one that runs keeps running. It is no failure to Keepalived. */
async function sayRunning(pid: number, logger: Logger, starter: Starter): Promise<number> {
  const sentence = runsAlready(pid);
  logger.log("info", sentence);
  starter.fail(`${NAME}: ${sentence}`);
  await logger.close(LOG_DRAIN_MILLIS);
  return ExitCode.ok;
}

function notePid(path: string, logger: Logger): void {
  try {
    writePidFile(path);
  } catch (error) {
    const { message } = error as Error;
    logger.log("warn", `the process id cannot be written to ${path}: ${message}; vrrpd goes on without`);
  }
}

/** Exporters ask for dumps at every scrape: nothing is said about them. */
function signalsOf(daemon: Daemon, logger: Logger): SignalHandlers {
  const ignore = ignoring(logger, "vrrpd has no use for it");
  return {
    onDump: (signal) => daemon.writeDump(signal === "SIGUSR1" ? "data" : "stats"),
    onRealtime: (afterMinimum) => {
      if (afterMinimum === JSON_SIGNAL) daemon.writeDump("json");
      // Without clearing: the metrics and the status count on.
      else if (afterMinimum === STATS_CLEAR_SIGNAL) daemon.writeDump("stats");
      else ignore(afterMinimum);
    },
  };
}
