/** The log of the daemon (see log/logger.ts). */
export { createLogger, type Logger, type LoggerOptions } from "./logger.js";
