/** The log of the daemon (see log/logger.ts). */
export { isJournal } from "./journal.js";
export { createLogger, type Logger, type LoggerOptions, type LogOutput } from "./logger.js";
