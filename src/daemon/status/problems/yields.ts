/** Instances that have yielded, and that no other node serves. */
import type { InstanceDocument } from "../types.js";
import { type Found, plain } from "./found.js";

/** One that nobody else serves may be between two masters. */
const SETTLED_MILLIS = 5_000;

export function yieldProblems(instance: InstanceDocument, now: number): Found[] {
  const { name, yielded, state, master } = instance;
  if (yielded === null || now - Date.parse(yielded.since) < SETTLED_MILLIS) return [];
  if (state === "MASTER") {
    return [
      plain(
        "warning",
        "yield-alone",
        name,
        "it has yielded, and this node serves on, as no other node takes over",
        "Look at the other nodes: vrrpd status there. vrrpd yield --force gives the addresses up all the same.",
      ),
    ];
  }
  if (!yielded.force || state !== "BACKUP" || (master !== null && master.priority > 0)) return [];
  return [
    plain(
      "error",
      "yield-unserved",
      name,
      "nobody is heard to serve it, and this node does not, as it has yielded by force",
      "Bring another node up, or take part again: vrrpd resume.",
    ),
  ];
}
