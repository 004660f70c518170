// A daemon of two environments: what both ask for, as one source with several interfaces would. The argument is a list of
// them, as JSON; name, settings and checks are those of the first.
import { parseEnvironment } from "../../dist/src/config/index.js";
import { Daemon } from "../../dist/src/daemon/daemon.js";
import { createLogger } from "../../dist/src/host/log/index.js";
import { exitNow } from "../../dist/src/host/native.js";

const intents = JSON.parse(process.argv[2]).map((environment) => parseEnvironment(environment).intent);
const intent = { ...intents[0], instances: intents.flatMap(({ instances }) => instances) };
const logger = createLogger({ level: "info", format: "json" });
const daemon = new Daemon({ intent, logger, version: "0.0.0" });
process.on("SIGTERM", async () => {
  await daemon.stop();
  await logger.close(500);
  exitNow(0);
});
await daemon.start();
