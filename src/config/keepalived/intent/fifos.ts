/** FIFOs as the file writes them → those that lines are written into. */
import type { FifoPlan } from "../../fifo.js";
import type { Lookups } from "../../source.js";
import type { FifoDraft } from "../blocks/fifos.js";
import type { GlobalDefs } from "../blocks/global-defs.js";
import type { Report } from "../report.js";
import { type DefaultUser, notifyOf, whyNotRun } from "./scripts.js";

interface Around {
  readonly defaultUser: DefaultUser;
  readonly lookups: Lookups;
}

export function fifosOf({ fifo, vrrpFifo }: GlobalDefs, around: Around, report: Report): FifoPlan[] {
  const [all, own] = [fifoOf(fifo, around, report), fifoOf(vrrpFifo, around, report)];
  if (all === null || own === null) return [all, own].filter((one) => one !== null);
  if (all.path !== own.path) return [all, own];
  const text = `vrrp_notify_fifo ${own.path} is ignored, as in Keepalived: notify_fifo names the same`;
  report.warn(vrrpFifo.path!.origin, text);
  return [all];
}

function fifoOf(
  { path, owner, script }: FifoDraft,
  { defaultUser, lookups }: Around,
  report: Report,
): FifoPlan | null {
  if (path === null) {
    if (script !== null && "file" in script.origin)
      report.warn(script.origin, `${script.origin.keyword} never runs: there is no FIFO that it could read`);
    return null;
  }
  const { value, origin } = path;
  const why = value.startsWith("/") ? whyNotRun(owner, defaultUser, lookups) : "is no absolute path";
  if (why !== null) {
    report.warn(origin, `${origin.keyword} ${value} is ignored, as in Keepalived: ${why}`);
    return null;
  }
  const [reader = null] = script === null ? [] : notifyOf([script], defaultUser, lookups, report);
  return { origin, path: value, owner, script: reader };
}
