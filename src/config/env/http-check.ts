/** Readers of the variables of the HTTP check. */
import { parseAddress } from "../../base/address.js";
import type { HttpTarget, StatusRange } from "../checks.js";
import { quoteValue } from "../problem.js";
import { accept, type Reading, refuse } from "./variable.js";

const MAX_URL_BYTES = 2_000;
/** What is below is no final answer (RFC 9110 §15). */
const STATUS = { least: 200, most: 599 };
export const USUAL_STATUSES: readonly StatusRange[] = [{ from: 200, to: 399 }];

/** http or https, of an address or localhost; what is behind # is not sent. */
export function readHttpUrl(value: string): Reading<HttpTarget | null> {
  if (!/^https?:\/\//i.test(value)) return refuse(value, "does not begin with http:// or https://");
  // The parser of URLs would drop some of them, and turn a backslash into a slash.
  if (/[\s\p{Cc}\\]/u.test(value))
    return refuse(value, "holds white space, a control character or a backslash");
  if (Buffer.byteLength(value) > MAX_URL_BYTES) return refuse(value, `is longer than ${MAX_URL_BYTES} bytes`);
  if (!URL.canParse(value)) return refuse(value, "is not a URL");
  const { protocol, username, password, hostname, port, pathname, search } = new URL(value);
  if (username !== "" || password !== "")
    return refuse(hidden(value), "holds a user or a password, which logs and status would show");
  const host =
    hostname.toLowerCase() === "localhost" ? "localhost" : parseAddress(hostname.replace(/^\[|\]$/g, ""));
  if (host === null)
    return refuse(
      value,
      `names ${quoteValue(hostname)}, which only DNS could find; the check has to work without it`,
    );
  if (port === "0") return refuse(value, "has the port 0");
  const scheme = protocol === "https:" ? "https" : "http";
  const usual = scheme === "https" ? 443 : 80;
  return accept({ scheme, host, port: port === "" ? usual : Number(port), path: pathname + search });
}

/** The password must not be shown by what is said about it. */
function hidden(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/?#]*@/, "$1…@");
}

/** Numbers and ranges. */
export function readStatuses(value: string): Reading<readonly StatusRange[]> {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== "");
  const ranges: StatusRange[] = [];
  for (const entry of entries) {
    const [, first, last = first] = /^(\d{3})(?:-(\d{3}))?$/.exec(entry) ?? [];
    if (first === undefined) return refuse(entry);
    const [from, to] = [Number(first), Number(last)];
    if (from < STATUS.least || to > STATUS.most)
      return refuse(entry, `is outside ${STATUS.least}..${STATUS.most}`);
    if (from > to) return refuse(entry, "is a range that runs backwards");
    ranges.push({ from, to });
  }
  return ranges.length === 0 ? refuse(value, "names no status") : accept(ranges);
}

/** What a Host header may hold: a name or an address, and perhaps a port. */
export function readHostHeader(value: string): Reading<string | null> {
  return /^(\[[0-9a-f:.]+\]|[\w.-]{1,253})(:\d{1,5})?$/i.test(value) ? accept(value) : refuse(value);
}
