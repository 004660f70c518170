/** Readers of single variables of the original image whose forms are their own. */
import type { Preempt } from "../core/config.js";
import { quoteValue } from "./problem.js";
import { parseSeconds } from "./readers.js";
import { accept, type Reading, refuse } from "./variable.js";

const MAX_PREEMPT_DELAY_SECONDS = 1000;
const MAX_INTERFACE_NAME_BYTES = 15;

export interface ConfigName {
  /** As given; the password of version 2 is made of it. */
  readonly raw: string;
  /** As it stands in instance names and paths. */
  readonly scrubbed: string;
}

/** Drops what is outside `[A-Za-z0-9_-]` and turns `-` into `_`. */
export function readConfigName(raw: string): Reading<ConfigName> {
  const scrubbed = raw.replace(/[^A-Za-z0-9_-]/g, "").replaceAll("-", "_");
  return scrubbed === "" ? refuse(raw, "has no usable character") : accept({ raw, scrubbed });
}

export function readInterfaceName(value: string): Reading<string | null> {
  if (/[/\s]/.test(value)) return refuse(value, 'holds "/" or white space');
  if (Buffer.byteLength(value) > MAX_INTERFACE_NAME_BYTES) return refuse(value, "is longer than 15 bytes");
  return accept(value);
}

/** Takes the digits of the value, as the original does. */
export function readMonitorPort(value: string): Reading<number | null> {
  const digits = value.replace(/\D/g, "");
  if (digits === "") return refuse(value, "holds no digits");
  const port = Number(digits);
  if (port > 65535) return refuse(value, "is above 65535");
  return accept(port, digits === value ? [] : [`${quoteValue(value)} is read as ${port}`]);
}

export function readPreemption(value: string): Reading<Preempt> {
  const [word = "", delayText, ...rest] = value.split(/\s+/);
  if (rest.length > 0) return refuse(value);
  if (delayText === undefined) {
    if (word === "nopreempt") return accept({ mode: "never", delaySeconds: 0 });
    if (word !== "preempt" && word !== "preempt_nodelay") return refuse(value);
    return accept({ mode: "immediate", delaySeconds: 0 }, [
      `${quoteValue(value)} is read as preemption without delay`,
    ]);
  }
  const delaySeconds = parseSeconds(delayText);
  if (word !== "preempt_delay" && word !== "preempt_nodelay") return refuse(value);
  if (delaySeconds === null || delaySeconds > MAX_PREEMPT_DELAY_SECONDS) return refuse(value);
  const warnings =
    word === "preempt_nodelay" ? [`${quoteValue(value)} is read as preempt_delay ${delaySeconds}`] : [];
  return accept({ mode: "delay", delaySeconds }, warnings);
}

export function readUseUnicast(value: string): Reading<boolean | null> {
  const word = value.toLowerCase();
  return word === "true" || word === "false" ? accept(word === "true") : refuse(value);
}

/** Ids to step over, between commas and white space. */
export function readExcludedIds(value: string): Reading<ReadonlySet<number>> {
  const entries = value.split(/[\s,]+/).filter((entry) => entry !== "");
  const isId = (entry: string) => /^\d+$/.test(entry) && Number(entry) >= 1 && Number(entry) <= 255;
  const refusals = entries.filter((entry) => !isId(entry)).map((entry) => ({ value: entry, reason: null }));
  return { value: new Set(entries.filter(isId).map(Number)), refusals, warnings: [] };
}
