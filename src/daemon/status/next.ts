/** What a running timer of a virtual router means, in words. */
import type { Preempt } from "../../core/config.js";
import { ID_CONFLICT } from "../../core/router/id-conflict.js";
import type { RouterStatus } from "../../core/status.js";

/** The end of the sentence "in 2 s: …". */
export function meaningOf(reason: string, router: RouterStatus, preempt: Preempt): string {
  switch (reason) {
    case "advertise":
      return "sends its next advert";
    case "master down":
      return masterDownMeaning(router, preempt);
    case "preempt delay":
      return `the preempt delay ends; it then takes over from ${router.master?.address ?? "the master"}, whose priority is lower`;
    case "listen":
      return "advertises and announces again, unless another master is heard before: it had stalled";
    case "ask for the lock":
      return "asks again for the lock of this virtual router";
    case "announce":
      return "announces its addresses again (gratuitous ARP, Neighbor Advertisements)";
    case "trial advert":
      return "tries whether the kernel lets an advert out again";
    case "others silent":
      return "serves again, unless another one advertises before";
    case "trial address":
      return "tries whether the kernel takes an address again";
    case "announce refresh":
      return "announces its addresses again (VRRPD_ANNOUNCE_REFRESH)";
    case "rival silent":
      return "announces its addresses again, unless the other master speaks before";
    case "probe for conflicts":
      return "asks the LAN whether another host has its addresses";
    case "reconcile addresses":
      return "tries again to bring the interface's addresses in order";
    default:
      return reason;
  }
}

function masterDownMeaning(router: RouterStatus, preempt: Preempt): string {
  const { master, preemptDelayEndsAt, priority } = router;
  if (router.code === ID_CONFLICT)
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
