/**
 * What a sync group makes of its members: all of them are master, or none is. It decides by what they are now, not by
 * what has happened; so whatever decides for one virtual router decides for its group as well:
 *
 * | A member | The group |
 * |---|---|
 * | its down timer has run out, by silence or a release, after its grace, its hold by an id conflict or its preempt delay | it is *ready*, and stays BACKUP; when all are ready, all become MASTER in one wake-up. So the longest delay counts |
 * | ready, and hears a master that it has to follow | it is not ready any more |
 * | ready, and hears a lower master that it does not have to follow, or a release | stays ready |
 * | follows a master (`nopreempt`, equal or higher priority, version 2) | nobody becomes master |
 * | MASTER, outranked, yields to version 2, or taken over during a stall | the other masters release and become BACKUP |
 * | MASTER, hears a lower master or a release, stands still, or announces | nothing: each answers for itself |
 * | something is in its way: link, address, lock, contradiction, check, tracked interface; adverts or addresses that the kernel refuses | FAULT for all. At the start those that wait, wait together in INIT |
 * | nothing is in its way any more | all begin together once nothing is in anybody's way: as MASTER when all are owners, else as BACKUP |
 * | nobody else is heard, so it serves without a voice | it is ready |
 * | joins: new in the configuration, or begun anew, beside others that run | they go on, and become master without it, while it waits for its lock, its source or its first results. What is found to be in its way then counts for all |
 * | has joined backups | it is one of them: they become master with it |
 * | has joined masters | they go on while it listens; then it becomes MASTER, too. If it has to follow another master, they release |
 * | leaves the configuration or the group | the others decide anew without it |
 * | vrrpd ends | each releases; the group is told last |
 */
import type { CauseCode } from "../router/cause.js";
import type { Impediment } from "../router/readiness.js";
import { type State, takesPart } from "../router/state.js";

/** A member as it is now. */
export interface Member {
  readonly state: State;
  /** What is in its own way; null: nothing. */
  readonly impediment: Impediment | null;
  /** Its down timer has run out. */
  readonly isReady: boolean;
  /** An owner of its addresses that nothing holds back. */
  readonly startsAsOwner: boolean;
  /** It is new beside others that run; beside masters until it is one of them, or has to follow another one. */
  readonly joins: boolean;
}

export type Decision =
  /** Nothing is to be done, but that each does with an impediment of its own what it has to. */
  | { readonly what: "rest" }
  /** All have to do with what is in the way of this one. */
  | { readonly what: "impede"; readonly by: number }
  /** Those that do not take part begin. */
  | { readonly what: "start"; readonly as: "BACKUP" | "MASTER" }
  /** All become master. */
  | { readonly what: "claim" }
  /** Those that are master are it no longer. */
  | { readonly what: "yield" };

/** What has not been found out yet, and will be in a moment. */
const UNKNOWN: ReadonlySet<CauseCode> = new Set(["starting", "lock-pending", "check-pending"]);

const REST: Decision = { what: "rest" };

/** The next step; after it, the group is looked at again. */
export function decide(members: readonly Member[]): Decision {
  const by = impeding(members);
  return by >= 0 ? { what: "impede", by } : decideFor(members.filter((member) => !waitsToJoin(member)));
}

/** It joins, and whether anything is in its way is not known yet: the others do as if it were not there. */
export function waitsToJoin({ joins, impediment }: Pick<Member, "joins" | "impediment">): boolean {
  return joins && impediment !== null && UNKNOWN.has(impediment.cause.code);
}

/** @param members that nothing is in the way of */
function decideFor(members: readonly Member[]): Decision {
  const idle = members.filter((member) => !takesPart(member.state));
  if (idle.length > 0) return { what: "start", as: startOf(members, idle) };
  const masters = members.filter(({ state }) => state === "MASTER");
  if (masters.length === members.length) return REST;
  if (members.every(({ state, isReady }) => state === "MASTER" || isReady)) return { what: "claim" };
  if (masters.length > 0 && members.some(isLeft)) return { what: "yield" };
  return REST;
}

/** Whose impediment counts for all: what waits, first, so that nothing is called a fault before all is known; -1: nobody's. */
function impeding(members: readonly Member[]): number {
  const counts = (member: Member) => member.impediment !== null && !waitsToJoin(member);
  const waiting = members.findIndex((member) => counts(member) && member.impediment?.kind === "pending");
  return waiting >= 0 ? waiting : members.findIndex(counts);
}

function startOf(members: readonly Member[], idle: readonly Member[]): "BACKUP" | "MASTER" {
  const others = members.filter((member) => !idle.includes(member));
  const may = idle.every(({ startsAsOwner }) => startsAsOwner);
  return may && others.every(({ state }) => state === "MASTER") ? "MASTER" : "BACKUP";
}

/** It is none of the masters, and does not become one. */
function isLeft({ state, joins }: Member): boolean {
  return state === "BACKUP" && !joins;
}
