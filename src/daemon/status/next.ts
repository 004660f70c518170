/** What a running timer of a virtual router means, in words. */
import type { Preempt, VirtualRouterConfig } from "../../core/config.js";
import { TIMERS, type TimerKind } from "../../core/deadlines.js";
import type { RouterStatus } from "../../core/status.js";
import { spelt } from "./spelling.js";

/** The end of the sentence "in 2 s: …". */
export function meaningOf(
  timer: TimerKind,
  router: RouterStatus,
  { preempt, origins }: VirtualRouterConfig,
): string {
  if (timer === "master down") return masterDownMeaning(router, preempt);
  if (timer === "preempt delay" && router.master !== null) {
    return `the preempt delay ends; it then takes over from ${router.master.address}, whose priority is lower`;
  }
  return spelt(TIMERS[timer], origins);
}

function masterDownMeaning(router: RouterStatus, preempt: Preempt): string {
  const { master, preemptDelayEndsAt, priority } = router;
  if (router.code === "id-conflict")
    return "becomes MASTER, unless its addresses are heard under another id again";
  if (master === null) return "becomes MASTER, unless somebody with a higher priority advertises before";
  const { address } = master;
  if (master.priority === 0) return `becomes MASTER: ${address} has released`;
  const preempts = preempt.mode !== "never" && preemptDelayEndsAt === null;
  if (preempts && priority !== null && master.priority < priority) {
    return `becomes MASTER: ${address} has the lower priority ${master.priority}`;
  }
  return `becomes MASTER, unless ${address} advertises before`;
}
