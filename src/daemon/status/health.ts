/** Whether the daemon works, and whether its node takes part: what probes ask. */
import type { Family } from "../../base/address.js";
import type { InstanceDocument, StatusDocument } from "./types.js";

export interface HealthDocument {
  /** The loop meets its deadlines and the sockets are open. */
  readonly healthy: boolean;
  /** The interface is usable and the first election of each instance is over. */
  readonly ready: boolean;
  /** Phrases, the gravest first: why it is not healthy, or not heard, which a new start would not mend. */
  readonly problems: readonly string[];
  /** Phrases: what is waited for. */
  readonly waitsFor: readonly string[];
}

type HasSocket = (interfaceName: string, family: Family) => boolean;

/** A loop that is this late with a deadline is not alive. */
const DEAD_MILLIS = 5_000;

/** @param hasSocket whether there is a socket to send and receive adverts. */
export function healthOf(status: StatusDocument, hasSocket: HasSocket): HealthDocument {
  const illnesses = [...overdue(status), ...closedSockets(status.instances, hasSocket)];
  const problems = [...unheard(status.instances), ...illnesses];
  const waitsFor = status.instances.flatMap((instance) => waitOf(instance) ?? []);
  return {
    healthy: illnesses.length === 0,
    ready: problems.length === 0 && waitsFor.length === 0,
    problems,
    waitsFor,
  };
}

/** It serves, as the only one; whoever ended it would leave nobody. */
function unheard(instances: readonly InstanceDocument[]): string[] {
  return instances.flatMap(({ name, unheard: silence }) =>
    silence === null
      ? []
      : [
          `no other node can hear ${name}: every advert has been refused since ${silence.since} (${silence.errno})`,
        ],
  );
}

function overdue({ at, nextDeadline }: StatusDocument): string[] {
  if (nextDeadline === null) return [];
  const lateMillis = Date.parse(at) - Date.parse(nextDeadline.at);
  if (lateMillis < DEAD_MILLIS) return [];
  return [`the deadline “${nextDeadline.reason}” is overdue by ${lateMillis / 1000} s`];
}

function closedSockets(instances: readonly InstanceDocument[], hasSocket: HasSocket): string[] {
  return instances.flatMap(({ name, interface: on, family, code, reason }) => {
    // Without the interface there is nothing to open a socket on; that is not the daemon's fault.
    if (code === "interface-missing" || hasSocket(on, family)) return [];
    return [`${name} has no socket for adverts (${reason})`];
  });
}

function waitOf(instance: InstanceDocument): string | null {
  const { name, state, code, reason } = instance;
  const isOut = state === "INIT" || (state === "FAULT" && code !== "check-failed");
  if (isOut) return `${name} is in ${state}: ${reason}`;
  return isElectionOver(instance) ? null : `${name} has not finished its first election`;
}

function isElectionOver({ state, yielded, master, transitions, speakers }: InstanceDocument): boolean {
  return (
    // It may never take part in one.
    yielded !== null ||
    state === "MASTER" ||
    master !== null ||
    transitions.some(({ from, to }) => from === "MASTER" || to === "MASTER") ||
    speakers.some(({ relation }) => relation !== "stranger")
  );
}
