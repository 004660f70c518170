/** The status and the counters as log lines: what a person who sends SIGUSR1 or SIGUSR2 reads. */
import type { Facts } from "../../base/log-line.js";
import type { Line } from "../summary.js";
import { interfacesOf } from "./phrases.js";
import type { InstanceDocument, StatusDocument } from "./types.js";

/** SIGUSR1: everything that `vrrpd status`, `why` and `peers` show. */
export function statusLines(status: StatusDocument): Line[] {
  return [
    {
      message: `status of ${status.name} on ${interfacesOf(status).join(", ") || "no interface"}`,
      facts: {
        version: status.version,
        startedAt: status.startedAt,
        interfaceReason: status.interfaceReason,
        stalls: status.lateness.stalls,
        maxLatenessSeconds: status.lateness.maxSeconds,
        lostLogLines: status.lostLogLines,
        foreignSpeakers: status.foreignSpeakers.map(
          (speaker) => `${speaker.address} id ${speaker.virtualRouterId} priority ${speaker.priority}`,
        ),
      },
    },
    ...status.instances.map((instance) => ({
      message: `(${instance.name}) ${instance.state} since ${instance.since}: ${instance.reason}`,
      facts: instanceFacts(instance),
    })),
    ...status.problems.map(({ severity, instance, text, action }) => ({
      message: `${severity}: ${instance === null ? "" : `(${instance}) `}${text}`,
      facts: { action },
    })),
  ];
}

function instanceFacts(instance: InstanceDocument): Facts {
  return {
    priority: instance.priority,
    master: instance.master && `${instance.master.address} priority ${instance.master.priority}`,
    virtualAddresses: instance.virtualAddresses.map(
      ({ address, present }) => `${address} ${present ? "here" : "not here"}`,
    ),
    checks: instance.checks.map(({ name, state, detail }) => `${name} ${state}: ${detail}`),
    next: instance.next.map(({ at, meaning }) => `${at} ${meaning}`),
    speakers: instance.speakers.map(
      ({ address, priority, lastHeardAt, relation }) =>
        `${address} priority ${priority}, ${relation}, last heard ${lastHeardAt}`,
    ),
    transitions: instance.transitions.map(({ at, from, to, cause }) => `${at} ${from} to ${to}: ${cause}`),
  };
}

/** SIGUSR2: the counters. */
export function counterLines({ instances, unclaimedDrops }: StatusDocument): Line[] {
  return [
    ...instances.map(({ name, counters }) => {
      const { drops, sendErrorsByErrno, addressesRefusedByErrno, ...plain } = counters;
      return {
        message: `(${name}) counters`,
        facts: {
          ...plain,
          ...prefixed("dropped", drops),
          ...prefixed("sending failed", sendErrorsByErrno),
          ...prefixed("address refused", addressesRefusedByErrno),
        },
      };
    }),
    ...Object.entries(unclaimedDrops).map(([name, drops]) => ({
      message: `packets on ${name} that belong to no instance`,
      facts: prefixed("dropped", drops),
    })),
  ];
}

function prefixed(word: string, counts: Readonly<Record<string, number>>): Facts {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${word} ${name}`, count]));
}
