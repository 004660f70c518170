/** Why a connection failed, in words. */
import { isShortage } from "../scripts/file.js";
import type { Answer } from "./attempts.js";

/** @param code of the system or of Node: "ECONNREFUSED" */
export function whyNotConnected(code: string): string {
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "EHOSTUNREACH" || code === "ENETUNREACH") return `no route (${code})`;
  return `connection failed (${code})`;
}

/** What a failure with this code says of the service, or that it says nothing. */
export function failed(target: string, code: string, why = whyNotConnected(code)): Answer {
  if (isShortage(code)) return { short: `${target} could not be probed (${code}); it is tried again` };
  return { outcome: "fail", detail: `${target}: ${why}` };
}
