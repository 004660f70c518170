/** The lines that readers of FIFOs get, in Keepalived's words. */
import type { NotifyEvent } from "./notify.js";

/** What a line tells: an event, or that the priority of a master, or of any other, has become another one. */
export type Told = NotifyEvent | "MASTER_PRIORITY" | "BACKUP_PRIORITY";

/** @param priority of a group: 0 */
export function lineOf(of: "INSTANCE" | "GROUP", name: string, told: Told, priority: number): string {
  return `${of} "${name}" ${told === "LOWER_PRIORITY" ? "MASTER_RX_LOWER_PRI" : told} ${priority}\n`;
}
