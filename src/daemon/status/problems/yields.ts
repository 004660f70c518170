/** Instances that have yielded, and that no other node serves. */
import type { InstanceDocument, ProblemDocument } from "../types.js";

/** One that nobody else serves may be between two masters. */
const SETTLED_MILLIS = 5_000;

export function yieldProblems(instance: InstanceDocument, now: number): ProblemDocument[] {
  const { name, yielded, state, master } = instance;
  if (yielded === null || now - Date.parse(yielded.since) < SETTLED_MILLIS) return [];
  if (state === "MASTER") {
    return [
      {
        severity: "warning",
        code: "yield-alone",
        instance: name,
        text: "it has yielded, and this node serves on, as no other node takes over",
        action:
          "Look at the other nodes: vrrpd status there. vrrpd yield --force gives the addresses up all the same.",
      },
    ];
  }
  if (!yielded.force || state !== "BACKUP" || (master !== null && master.priority > 0)) return [];
  return [
    {
      severity: "error",
      code: "yield-unserved",
      instance: name,
      text: "nobody is heard to serve it, and this node does not, as it has yielded by force",
      action: "Bring another node up, or take part again: vrrpd resume.",
    },
  ];
}
