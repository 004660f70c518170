/** Packets that found no room in the raw sockets of this process: the kernel drops them without a word. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { Family } from "../../base/address.js";

const TABLES = { ipv4: "/proc/self/net/raw", ipv6: "/proc/self/net/raw6" } as const;
/** Columns of a row (proc_pid_net(5)), from its end: inode, references, pointer, drops. */
const INODE = -4;
const DROPS = -1;

/** Since the sockets were opened, by family; null where the kernel does not say. */
export function receiveDrops(): Record<Family, number> | null {
  try {
    const own = ownSockets();
    return { ipv4: dropsIn(TABLES.ipv4, own), ipv6: dropsIn(TABLES.ipv6, own) };
  } catch {
    return null;
  }
}

/** Others on this host may have raw sockets, too. */
function ownSockets(): ReadonlySet<string> {
  const inodes = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    } catch {
      // The descriptor that the folder itself was read through.
      return undefined;
    }
  });
  return new Set(inodes.filter((inode) => inode !== undefined));
}

function dropsIn(table: string, own: ReadonlySet<string>): number {
  const rows = readFileSync(table, "utf8").trim().split("\n").slice(1);
  const columns = rows.map((row) => row.trim().split(/\s+/)).filter((row) => own.has(row.at(INODE) ?? ""));
  return columns.reduce((sum, row) => sum + Number(row.at(DROPS)), 0);
}
