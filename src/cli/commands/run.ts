/** `vrrpd --config env|env:FILE|FILE`: the daemon in the foreground, until it is told to stop. */
import { ExitCode } from "../../base/errors.js";
import type { Daemon } from "../../daemon/daemon.js";
import { counterLines, statusLines } from "../../daemon/status/log-lines.js";
import { createLogger, type Logger } from "../../host/log/index.js";
import { processName } from "../../host/process-name.js";
import { readConfiguration } from "../configuration.js";
import { readAgain } from "../read-again.js";
import { ignoring, runDaemon, type SignalHandlers } from "../run-daemon.js";
import { defineCommand, requirePlace, SOURCE } from "./command.js";

export const command = defineCommand({
  options: SOURCE,
  text: "The daemon, in the foreground.",
  exitCodes: { [ExitCode.permission]: "a capability is missing" },
  handlesSignals: true,
  async run({ options, env, version }) {
    const place = requirePlace(options);
    const intent = await readConfiguration(place, env);
    const { logLevel, logFormat } = intent.settings;
    const logger = createLogger({ level: logLevel, format: logFormat });
    return runDaemon({
      ...{ intent, logger, version, reread: readAgain(place, version) },
      name: processName(process.argv[1] ?? ""),
      tellsReady: true,
      signals: (daemon) => dumpsInLog(daemon, logger),
      onReady: () => null,
      onStopped: () => {},
    });
  },
});

function dumpsInLog(daemon: Daemon, logger: Logger): SignalHandlers {
  return {
    onDump: (signal) => {
      const lines = signal === "SIGUSR1" ? statusLines : counterLines;
      for (const { message, facts } of lines(daemon.status()))
        logger.log("info", `${signal}: ${message}`, facts);
    },
    // Exporters send them to Keepalived for its dumps, at every scrape.
    onRealtime: ignoring(
      logger,
      "only the keepalived command writes dumps; see vrrpd status --json, or the metrics",
    ),
  };
}
