/** A sync group that cannot become master, as its members hear different things. */
import type { StatusDocument } from "../types.js";
import type { Found } from "./found.js";

export function groupProblems(
  { syncGroups, instances }: Pick<StatusDocument, "syncGroups" | "instances">,
  now: number,
): Found[] {
  return syncGroups.flatMap(({ name, members }): Found[] => {
    const all = instances.filter((one) => members.includes(one.name));
    // It would be master, and waits for the others.
    const waiting = all.filter(({ state, code }) => state === "BACKUP" && code === "group-waits");
    const following = all.filter(({ state, master, code }) => {
      return state === "BACKUP" && code !== "group-waits" && master !== null && master.priority > 0;
    });
    const [hears] = following;
    if (waiting.length === 0 || hears === undefined) return [];
    const silent = waiting.filter(({ speakers, downIntervalSeconds }) => {
      const patience = 2_000 * (downIntervalSeconds ?? 4);
      return speakers.every(({ lastHeardAt }) => now - Date.parse(lastHeardAt) > patience);
    });
    if (silent.length === 0) return [];
    const names = silent.map((one) => `${one.name} on ${one.interface}`).join(", ");
    return [
      {
        severity: "error",
        code: "group-split",
        instance: silent[0]!.name,
        cause: name,
        tell: () => ({
          text: `in sync group ${name} ${names} hears nobody, while ${hears.name} follows ${hears.master!.address} on ${hears.interface}: the group stays BACKUP, as its members change together`,
          action: `Look at ${hears.master!.address} with vrrpd status, and at what is between the two on ${silent[0]!.interface}: a packet filter (vrrpd doctor), the switch.`,
        }),
      },
    ];
  });
}
