/** A daemon from its start to its end: what `vrrpd --config …` and `keepalived` have in common. */
import { Complaints } from "../base/complaints.js";
import { ExitCode, exitCodeOf } from "../base/errors.js";
import type { Intent } from "../config/index.js";
import { Daemon } from "../daemon/daemon.js";
import type { ReadUntilStopped } from "../daemon/reloading.js";
import type { Logger } from "../host/log/index.js";
import { exitNow, nowMicros, RealtimeSignals } from "../host/native.js";
import { nameProcess } from "../host/process-name.js";
import { ServiceManager } from "../host/service-manager.js";
import { ignoredNodeOptions } from "./guard.js";
import { requireCapabilities, requireScriptUsers } from "./privileges.js";
import { Reloader } from "./reloader.js";
import { type OtherSignal, whenSignalled, whenStopped } from "./signals.js";

/** How long the end waits for the log. */
export const LOG_DRAIN_MILLIS = 500;

export interface DaemonRun {
  readonly intent: Intent;
  readonly logger: Logger;
  readonly version: string;
  /** Of the process, in the process table. */
  readonly name: string;
  /** Whether this process tells the service manager that it is ready. */
  readonly tellsReady: boolean;
  /** The configuration as it is now; null: it cannot change while this process runs. Throws VrrpdError. */
  readonly reread: ReadUntilStopped | null;
  /** What those signals ask for that neither stop nor reload. */
  readonly signals: (daemon: Daemon) => SignalHandlers;
  /** It takes part now. Returns why it must not, a clause, and it ends; null: nothing is in the way. */
  readonly onReady: (daemon: Daemon) => string | null;
  /** It has let go of everything. */
  readonly onStopped: () => void;
}

export interface SignalHandlers {
  readonly onDump: (signal: Exclude<OtherSignal, "SIGHUP">) => void;
  /** @param afterMinimum 0 for SIGRTMIN */
  readonly onRealtime: (afterMinimum: number) => void;
}

/** Throws VrrpdError `EPERMISSION` before anything is touched; ends the process otherwise. */
export async function runDaemon(run: DaemonRun): Promise<never> {
  const { intent, logger, version } = run;
  requireCapabilities();
  requireScriptUsers(intent);
  for (const note of intent.notes) logger.log(note.level, note.message);
  if (ignoredNodeOptions !== null) {
    logger.log(
      "warn",
      `NODE_OPTIONS=${ignoredNodeOptions} is for scripts alone: vrrpd itself runs without it`,
    );
  }
  const manager = new ServiceManager(process.env, (sentence) => logger.log("warn", sentence));
  const daemon = new Daemon({ intent, logger, version });
  process.on("uncaughtException", (error) => void end(daemon, logger, error));
  process.on("unhandledRejection", (error) => void end(daemon, logger, error as Error));
  const { onDump, onRealtime } = run.signals(daemon);
  let hasStarted = () => {};
  const started = new Promise<void>((resolve) => {
    hasStarted = resolve;
  });
  const reloader = new Reloader({ daemon, logger, manager, started, reread: run.reread });
  daemon.rereader = reloader;
  whenSignalled((signal) => (signal === "SIGHUP" ? void reloader.reload("SIGHUP") : onDump(signal)));
  new RealtimeSignals(onRealtime);
  await daemon.start();
  hasStarted();
  // Not earlier: a probe that looks for the name must not find a daemon that never came up.
  takeName(run.name, logger);
  const objection = run.onReady(daemon);
  if (run.tellsReady && objection === null) manager.ready();
  const why = await Promise.race([
    ...(objection === null ? [] : [objection]),
    daemon.stopRequested,
    new Promise<string>((resolve) => whenStopped((signal) => resolve(`${signal} received`))),
  ]);
  logger.log("info", `${why}, stopping`);
  reloader.close();
  manager.stopping();
  await daemon.stop();
  run.onStopped();
  await logger.close(LOG_DRAIN_MILLIS);
  // Not process.exit: a write that is stuck in a thread would hold that up.
  return exitNow(ExitCode.ok);
}

/** Signals that nothing is done about, one line a minute and reason. @param instead a clause: what to do */
export function ignoring(logger: Logger, instead: string): (afterMinimum: number) => void {
  const complaints = new Complaints();
  return (number) => {
    if (complaints.admit(nowMicros(), "real-time signal") === null) return;
    logger.log("info", `SIGRTMIN+${number} received: it is ignored, and others like it; ${instead}`);
  };
}

function takeName(name: string, logger: Logger): void {
  try {
    nameProcess(name);
  } catch (error) {
    logger.log("warn", `the process keeps its name: ${(error as Error).message}`);
  }
}

/** An uncaught error: logs it, releases the addresses if that still works, and exits, so that another node takes over. */
async function end(daemon: Daemon, logger: Logger, error: Error): Promise<void> {
  const code = exitCodeOf(error);
  logger.log("error", `fatal: ${error.message}`, { stack: error.stack ?? null });
  try {
    daemon.release();
  } finally {
    await logger.close(LOG_DRAIN_MILLIS);
    exitNow(code);
  }
}
