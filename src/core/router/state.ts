/** The states of a virtual router (RFC 9568 §6.4 with Keepalived's FAULT), and how one is left for another. */
import type { Micros } from "../../base/time.js";
import type { Cause } from "./cause.js";

/** RFC 9568 says Initialize, Backup and Active; users, Keepalived and RFC 5798 say MASTER. */
export type State = "INIT" | "BACKUP" | "MASTER" | "FAULT";

/** It is in the election, as master or behind one. */
export function takesPart(state: State): boolean {
  return state === "MASTER" || state === "BACKUP";
}

/** Any other transition is a defect. */
export const LEGAL_TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  INIT: ["BACKUP", "MASTER", "FAULT"],
  BACKUP: ["MASTER", "FAULT", "INIT"],
  MASTER: ["BACKUP", "FAULT", "INIT"],
  FAULT: ["BACKUP", "MASTER", "INIT"],
};

export interface Transition {
  readonly at: Micros;
  readonly from: State;
  readonly to: State;
  readonly cause: Cause;
}
