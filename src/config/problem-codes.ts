/**
 * What `vrrpd status` may list, by stable words, in the order in which it is to be looked at: what is the cause of
 * others comes first. docs/operating.md has this table, too.
 */
import { CAUSES, type CauseCode } from "../core/router/cause.js";
import { DROP_REASONS, type DropReason } from "../wire/advert.js";

/** `{causes}`, `{refused}`, `{attempts}`: where those that are listed elsewhere have their place. */
const BEFORE = {
  partial: "Parts of the file are left out",
  "unicast-without-peers": "Unicast is asked for, and no peers are given: it speaks multicast",
  unheard: "The kernel refuses every advert of a master, and nobody else is heard",
  "firewall-flushed": "Somebody removed the rule that accepts VRRP; it was put back",
  "check-failing": "A check fails",
  "check-disabled": "A check cannot run and is left out",
  "check-advisory": "A check has never passed, and does not count yet",
  "check-flapping": "A check fails and passes again and again",
} as const;
const AMONG = {
  "address-list": "A speaker has another list of addresses",
  stranger: "Another cluster uses our virtual router id for other addresses",
  "address-under-other-id": "A speaker advertises our addresses under another id",
  deaf: "The master fell silent, and its host still answers for the addresses",
  "dark-port": "A switch port stays dark after link up (spanning tree)",
  lossy: "Adverts of a speaker get lost",
  challenged: "Another node becomes master beside this one again and again, and gives way",
  "two-masters": "Another node is master beside this one: it does not hear it",
  "group-split": "One member of a sync group hears a master, and another member hears nobody",
  flapping: "An instance changes its state again and again",
  "master-lost": "The master fell silent without having released, and was not heard since",
  "peer-unreachable": "A unicast peer does not answer at all",
  "address-conflict": "A host that is no speaker answers for an address",
  "address-own": "An address is this node's own, so it answers for it as a backup, too",
  "address-uninvited": "An address is here though this node is not master",
  "address-removed": "Somebody removes an address again and again",
  "address-missing": "A master lacks an address",
  "route-missing": "A route is not there",
  "rule-missing": "A rule for routes is not there",
  "addresses-unserved": "Nobody serves some of the addresses",
  "yield-unserved": "It has yielded by force, and nobody serves",
  "yield-alone": "It has yielded, and serves on, as nobody else does",
  "equal-priority": "A speaker has the same priority",
  interval: "A speaker has another advert interval",
  "script-refused": "A script is not run, as others can change it",
  "script-writable": "A script can be changed by others",
  "script-unusable": "A notify script cannot be run",
  "reload-refused": "The last reload refused the configuration",
  "reload-failed": "The last reload could not read the configuration",
  "lock-squatted": "Somebody holds the lock without a right to it",
  stalled: "The daemon stood still",
  "packets-lost": "VRRP packets came faster than they could be read",
  "refusals-sampled": "More packets came than were looked at",
  "log-lines-waiting": "The log does not take lines",
  "log-lines-lost": "Log lines were lost",
  "fifo-lines-lost": "Lines for FIFOs were lost",
} as const;

export type ProblemCode =
  | keyof typeof BEFORE
  | keyof typeof AMONG
  | CauseCode
  | `refused-${DropReason}`
  | `attempt-${DropReason}`;

/** Those that are no cause of a state and no refusal: each with what it means. */
export const PROBLEMS: Readonly<Record<keyof typeof BEFORE | keyof typeof AMONG, string>> = {
  ...BEFORE,
  ...AMONG,
};

const refusals = (kind: string) => DROP_REASONS.map((reason) => `${kind}-${reason}`);
const ORDER: ReadonlyMap<string, number> = new Map(
  [
    ...Object.keys(BEFORE),
    ...Object.keys(CAUSES).filter((code) => !(code in AMONG)),
    ...refusals("refused"),
    ...refusals("attempt"),
    ...Object.keys(AMONG),
  ].map((code, place) => [code, place]),
);

export const PROBLEM_CODES: readonly string[] = [...ORDER.keys()];

/** The smaller, the earlier it is to be looked at. A code of a later version comes last. */
export function placeOf(code: string): number {
  return ORDER.get(code) ?? ORDER.size;
}

export function isProblemCode(text: string): boolean {
  return ORDER.has(text);
}

/** For a sentence that lists what is accepted. */
export function listProblemCodes(): string {
  const plain = [...Object.keys(PROBLEMS), ...Object.keys(CAUSES).filter((code) => !(code in PROBLEMS))];
  const reasons = DROP_REASONS.join(", ");
  return `${plain.join(", ")}; refused- and attempt- with a reason: ${reasons}`;
}
