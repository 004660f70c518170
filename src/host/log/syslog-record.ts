/**
 * A log line as syslog takes it from a program of this host (RFC 3164, and what the C library writes):
 * `<30>Nov 28 09:05:11 Keepalived_vrrp[123]: (VI_1) Entering MASTER STATE cause="no master was heard for 3.609 s"`.
 * The message stands first and as it is; behind it come the facts that it does not say itself.
 */
import type { Facts } from "../../base/log-line.js";
import { visible } from "../../base/visible.js";

/** RFC 3164, section 4.1; what is longer is cut. */
export const MAX_RECORD_BYTES = 1024;
const CUT = "...";

export interface SyslogIdentity {
  /** As syslog(3) counts them, 0 to 23: 3 for daemons, 16 for local0. */
  readonly facility: number;
  /** By what name the daemon is known there. */
  readonly ident: string;
  readonly pid: number;
}

/** Of syslog(3), by the levels of pino; a fatal error is one that is critical. */
const SEVERITIES: Readonly<Record<string, number>> = { fatal: 2, error: 3, warn: 4, info: 6 };
const DEBUG = 7;
/** @param level of pino's */
export function severityOf(level: string): number {
  return SEVERITIES[level] ?? DEBUG;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @param line of pino: one object of JSON with `level`, `time` and `msg` */
export function syslogRecord(line: string, { facility, ident, pid }: SyslogIdentity): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as { level: string; time: string; msg: string };
  const priority = facility * 8 + severityOf(level);
  const said = visible([msg, ...factsBeside(msg, facts)].join(" "));
  return cut(`<${priority}>${timestamp(new Date(time))} ${ident}[${pid}]: ${said}`);
}

/** Local time, in English whatever the locale is: "Jan  2 03:04:05". */
function timestamp(at: Date): string {
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) =>
    String(part).padStart(2, "0"),
  );
  return `${MONTHS[at.getMonth()]} ${String(at.getDate()).padStart(2)} ${clock.join(":")}`;
}

/** `name=value` each. What is null or empty says nothing. */
function factsBeside(message: string, facts: Facts): string[] {
  const said = new Words(message);
  return Object.entries(facts).flatMap(([name, value]) => {
    const text = Array.isArray(value) ? value.join(", ") : String(value ?? "");
    if (text === "" || (typeof value !== "number" && said.have(text))) return [];
    return [`${name.replaceAll(" ", "_")}=${/^[^\s"=]+$/.test(text) ? text : JSON.stringify(text)}`];
  });
}

/** What stands in a message as words of its own. */
class Words {
  constructor(private readonly message: string) {}

  have(text: string): boolean {
    const at = this.message.indexOf(text);
    if (at < 0) return false;
    const [before, after] = [this.message[at - 1] ?? " ", this.message[at + text.length] ?? " "];
    return !/\w/.test(before) && !/\w/.test(after);
  }
}

/** Between two characters. */
function cut(record: string): string {
  const bytes = Buffer.from(record);
  if (bytes.length <= MAX_RECORD_BYTES) return record;
  let end = MAX_RECORD_BYTES - CUT.length;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end) + CUT;
}
