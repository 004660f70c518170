/**
 * The log: pino's lines, JSON or readable text, through a writer that never blocks the loop; or records of syslog. Lines
 * that the output does not take are counted, and the count is logged where they are missing as soon as there is room again.
 */
import { createRequire } from "node:module";
import { isatty } from "node:tty";
import { pino } from "pino";
import type { Facts, LogLevel } from "../../base/log-line.js";
import { visible, visibleLines } from "../../base/visible.js";
import { isJournal, journalMark } from "./journal.js";
import { openLogOutput } from "./output.js";
import { type SyslogIdentity, syslogRecord } from "./syslog-record.js";
import { DEV_LOG, SyslogWriter } from "./syslog-writer.js";
import { type Backlog, LineWriter } from "./writer.js";

export interface LoggerOptions {
  /** A level of pino's: trace, debug, info, warn, error, fatal, silent. */
  readonly level: string;
  /** null: text on a terminal, else JSON. Syslog has a format of its own. */
  readonly format: "json" | "text" | null;
  /** Standard output when left out. */
  readonly output?: LogOutput;
}

export type LogOutput = { readonly fd: number } | { readonly syslog: SyslogOutput };

export interface SyslogOutput extends Omit<SyslogIdentity, "pid"> {
  /** Where syslog listens; /dev/log when left out. */
  readonly path?: string;
}

/** Never blocks. */
interface Sink {
  readonly backlog: Backlog | null;
  /** False: there is no room, the line is dropped. */
  write(line: string): boolean;
  drain(timeoutMillis: number): Promise<boolean>;
}

interface Outlet {
  /** Takes lines of pino's. */
  readonly sink: Sink;
  /** Why lines are missing: a clause. */
  readonly whyLost: string;
}

interface OutletEvents {
  readonly onProgress: () => void;
  readonly onLost: (lines: number) => void;
}

export interface Logger {
  /** Logs a sentence with the facts beside it. Never blocks, never throws. */
  log(level: LogLevel, message: string, facts?: Facts): void;
  /** Lines dropped since the start because the output did not take them. */
  readonly lostLines: number;
  /** Lines that wait for the output; null: none. */
  readonly backlog: Backlog | null;
  /**
   * Waits until everything is written, for at most `timeoutMillis`: whether it is. Lines may still be logged. A
   * write that is stuck in a thread survives this; `exitNow` of the addon ends the process all the same.
   */
  close(timeoutMillis: number): Promise<boolean>;
}

export function createLogger(options: LoggerOptions): Logger {
  const { output = { fd: 1 }, format: wanted } = options;
  let lostLines = 0;
  let reportedLines = 0;
  const events: OutletEvents = {
    onProgress: reportLoss,
    onLost: (lines) => {
      lostLines += lines;
    },
  };
  const outlet = "fd" in output ? descriptor(output.fd, wanted, events) : syslog(output.syslog, events);
  const { sink, whyLost } = outlet;
  const lines = pino(pinoOptions(options.level), {
    write: (line: string) => {
      if (!sink.write(line)) lostLines++;
    },
  });

  function reportLoss(): void {
    const before = lostLines;
    const missing = before - reportedLines;
    if (missing === 0) return;
    const level = lines.isLevelEnabled("warn") ? "warn" : "error";
    lines[level]({ lostLines: missing }, `${missing} log lines were lost here, because ${whyLost}`);
    // A report for which there is no room yet is made later, and is no lost line itself.
    if (lostLines === before) reportedLines = before;
    else lostLines = before;
  }

  return {
    log: (level, message, facts) => lines[level](visibleFacts(facts ?? {}), visible(message)),
    get lostLines() {
      return lostLines;
    },
    get backlog() {
      return sink.backlog;
    },
    close: (timeoutMillis) => sink.drain(timeoutMillis),
  };
}

function descriptor(fd: number, wanted: LoggerOptions["format"], { onProgress }: OutletEvents): Outlet {
  const isText = wanted === "text" || (wanted === null && isatty(fd));
  const writer = new LineWriter(openLogOutput(fd), onProgress);
  const whyLost = "nothing was reading the output";
  const mark = isJournal(fd, process.env) ? journalMark : null;
  if (!isText && mark === null) return { sink: writer, whyLost };
  const format = isText ? textFormatter(isatty(fd)) : (line: string) => line;
  const shown = mark === null ? format : (line: string) => `${mark(line)}${format(line)}`;
  return {
    sink: {
      write: (line) => writer.write(shown(line)),
      drain: (millis) => writer.drain(millis),
      get backlog() {
        return writer.backlog;
      },
    },
    whyLost,
  };
}

function syslog({ path = DEV_LOG, facility, ident }: SyslogOutput, events: OutletEvents): Outlet {
  const identity = { facility, ident, pid: process.pid };
  return {
    sink: new SyslogWriter({ path, recordOf: (line) => syslogRecord(line, identity), ...events }),
    whyLost: `nothing took them at ${path}`,
  };
}

/** Lines are kept here: both formats write them as JSON does. */
function visibleFacts(facts: Facts): Facts {
  const entries = Object.entries(facts).map(([name, value]) => {
    if (typeof value === "string") return [name, visibleLines(value)];
    return [name, Array.isArray(value) ? value.map(visibleLines) : value];
  });
  return Object.fromEntries(entries) as Facts;
}

function pinoOptions(level: string): pino.LoggerOptions {
  return {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  };
}

/** Turns a JSON line into a readable one; pino-pretty is loaded only here. */
function textFormatter(isTerminal: boolean): (line: string) => string {
  const { prettyFactory } = loadPretty(createRequire(import.meta.url));
  return prettyFactory({
    colorize: isTerminal && !process.env.NO_COLOR,
    singleLine: true,
    translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l",
  });
}

/** The bundled commands have it beside them (scripts/bundle.mjs). */
function loadPretty(require: NodeJS.Require): typeof import("pino-pretty") {
  try {
    return require("./pino-pretty.cjs");
  } catch {
    return require("pino-pretty");
  }
}
