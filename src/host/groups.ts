/** Groups of this host, by name or by number. */
import { findGroup } from "./native.js";

/** A number needs no entry among the groups of this host. null: this host knows no group of that name. */
export function groupNumber(group: string): number | null {
  return findGroup(group) ?? (/^\d+$/.test(group) ? Number(group) : null);
}

/** The end of the sentence "NAME=group …"; null: this host knows it. */
export function whyUnknownGroup(group: string): string | null {
  return groupNumber(group) === null ? `names the group ${group}, which this host does not know` : null;
}
