/**
 * Why something happened to a virtual router. The codes stay as they are, for programs: status, metrics and the log
 * show them. docs/operating.md has this table, too.
 */
import type { Facts } from "../../base/log-line.js";

interface Meaning {
  /** A sentence without a full stop. */
  readonly meaning: string;
  /**
   * What a person can do, a sentence without a full stop; null: nothing, or nothing is wrong. `{interface}` is the
   * name of the interface, `{setting …}` a setting (origin.ts) as the source of the configuration spells it.
   */
  readonly action: string | null;
}

const LET_ADVERTS_OUT =
  "Find what keeps VRRP (IP protocol 112) from leaving this host: nft list ruleset, iptables -S OUTPUT, dmesg";

/** All causes: first why it does not take part, then why it became what it is. */
export const CAUSES = {
  start: { meaning: "vrrpd has just started", action: null },
  starting: {
    meaning: "The kernel has been asked for its interfaces and has not answered yet",
    action: null,
  },
  contradiction: {
    meaning: "The configuration is impossible on this host",
    action: "Correct the configuration and restart vrrpd",
  },
  "interface-missing": {
    meaning: "The interface does not exist",
    action: "Create the interface, or name another one in {setting interface}",
  },
  "interface-down": {
    meaning: "The interface is down",
    action: "Bring the interface up: ip link set {interface} up",
  },
  "no-carrier": {
    meaning: "The interface is up and has no carrier",
    action: "Look at the cable, the switch port, or the virtual machine's network",
  },
  "no-source": {
    meaning: "The interface has no address of this family to send from",
    action: "Give the interface an address of this family",
  },
  "no-vmac": {
    meaning: "The interface with the virtual MAC address is not there",
    action: "Mend what the reason names: {interface} has to be one that macvlans can be on",
  },
  "no-priority": {
    meaning: "The priority is derived from the node address, and there is none yet",
    action: "Give the interface an IPv4 address, or set {setting priority}",
  },
  "lock-pending": {
    meaning: "The host has not said yet whether another daemon runs this virtual router",
    action: null,
  },
  "lock-held": {
    meaning: "Another daemon on this host runs this virtual router",
    action: "Stop the other daemon, or let it go on and stop this one",
  },
  "check-pending": { meaning: "A check has no result yet", action: null },
  "check-failed": {
    meaning: "A check has failed often enough to count",
    action: "Mend the service on this node, or the check; the detail says what the check found",
  },
  "tracked-interface": {
    meaning: "An interface that is tracked is down, has no carrier or does not exist",
    action:
      "Bring that interface up: ip link set NAME up; look at its cable; or take it out of what is tracked",
  },
  "adverts-refused": {
    meaning: "The kernel refuses every advert, and another node is heard, which serves",
    action: LET_ADVERTS_OUT,
  },
  "addresses-refused": {
    meaning: "The kernel has added none of the virtual addresses of this master",
    action: "Find out why the kernel refuses them: try ip address add by hand, look at dmesg",
  },
  "group-fault": {
    meaning: "Another member of its sync group cannot take part",
    action: "Look at that member, which the detail names: what is in its way holds up all of them",
  },
  removed: { meaning: "The configuration does not have this virtual router any more", action: null },
  shutdown: { meaning: "vrrpd is stopping", action: null },
  ready: { meaning: "Nothing is in the way any more; it listens", action: null },
  owner: { meaning: "Priority 255 says that this node owns the addresses", action: null },
  "no-master": { meaning: "No master was heard for the down interval", action: null },
  "master-silent": {
    meaning: "The master that was followed has fallen silent",
    action: "Find out why: vrrpd why on that node, and the loss that vrrpd peers shows here",
  },
  "master-released": { meaning: "The master has released its mastership (priority 0)", action: null },
  preempted: { meaning: "The master has the lower priority", action: null },
  alone: {
    meaning: "Nobody else is heard, so it serves although the kernel refuses its adverts",
    action: LET_ADVERTS_OUT,
  },
  "group-waits": {
    meaning: "It may be master, and waits until all members of its sync group may",
    action: "Look at the member that the detail names: whom it follows, and why",
  },
  "group-backup": {
    meaning: "Another member of its sync group is not master any more",
    action: "Look at that member, which the detail names",
  },
  "id-conflict-over": {
    meaning: "Nobody advertises its addresses under another virtual router id any more",
    action: null,
  },
  "id-conflict": {
    meaning: "Another speaker advertises its addresses under another virtual router id, so it claims nothing",
    action:
      "Give all nodes the same {setting virtualRouterId}; {setting idConflict=claim} claims the addresses all the same",
  },
  outranked: {
    meaning: "Another master has the higher priority, or the same and the greater address",
    action: null,
  },
  stalled: {
    meaning: "It stood still for its own down interval, and another node became master meanwhile",
    action: "Give vrrpd more processor time: look at its CPU limit, and at the load of this host",
  },
  yielded: {
    meaning: "This node has yielded (`vrrpd yield`), and gives its addresses up",
    action: "When the work is done: vrrpd resume",
  },
  "yields-to-version-2": {
    meaning: "It yields to a speaker of version 2, which cannot hear it",
    action: "Stop the speaker of version 2 when the migration is over",
  },
} as const satisfies Readonly<Record<string, Meaning>>;

/** Why something happened, a stable word: docs/operating.md has them all. */
export type CauseCode = keyof typeof CAUSES;

/** Why something happened: a stable code, a sentence without a full stop, and the facts that decided. */
export interface Cause {
  readonly code: CauseCode;
  readonly text: string;
  readonly facts: Facts;
}

export function cause(code: CauseCode, text: string, facts: Facts = {}): Cause {
  return { code, text, facts };
}
