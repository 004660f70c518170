/** The states of a virtual router (RFC 9568 §6.4 with Keepalived's FAULT), and why one was left for another. */
import type { Micros } from "../../base/time.js";
import type { Facts } from "../effect.js";

/** RFC 9568 says Initialize, Backup and Active; users, Keepalived and RFC 5798 say MASTER. */
export type State = "INIT" | "BACKUP" | "MASTER" | "FAULT";

/** Any other transition is a defect. */
export const LEGAL_TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  INIT: ["BACKUP", "MASTER", "FAULT"],
  BACKUP: ["MASTER", "FAULT", "INIT"],
  MASTER: ["BACKUP", "FAULT", "INIT"],
  FAULT: ["BACKUP", "MASTER", "INIT"],
};

/** Why something happened: a stable code, a sentence without a full stop, and the facts that decided. */
export interface Cause {
  readonly code: string;
  readonly text: string;
  readonly facts: Facts;
}

export interface Transition {
  readonly at: Micros;
  readonly from: State;
  readonly to: State;
  readonly cause: Cause;
}

export function cause(code: string, text: string, facts: Facts = {}): Cause {
  return { code, text, facts };
}
