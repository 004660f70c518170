/** Puts a packet to the rules of this host. Reads them, changes nothing. */
import { VrrpdError } from "../../base/errors.js";
import { runProgram } from "../firewall/program.js";
import { readIptables } from "./iptables.js";
import { type Judgement, judge } from "./model.js";
import { readNftables } from "./nftables.js";
import type { FilterPacket } from "./packet.js";

export interface FilterVerdict extends Judgement {
  /** "iptables (table raw)", or "nftables inet filter input". */
  readonly where: string;
}

/** What would stop the packet; empty: nothing. `unread`: programs that could not say. */
export async function filtersAgainst(
  packets: readonly FilterPacket[],
): Promise<{ found: FilterVerdict[]; unread: string[] }> {
  const unread: string[] = [];
  const found: FilterVerdict[] = [];
  const listings = new Map<string, string | null>();
  const list = async (program: string, args: readonly string[]) => {
    if (!listings.has(program)) listings.set(program, await listing(program, args, unread));
    return listings.get(program) ?? null;
  };
  for (const packet of packets) {
    const nftables = await list("nft", ["-j", "list", "ruleset"]);
    if (nftables !== null) found.push(...judgeNftables(nftables, packet));
    if (packet.kind === "arp") continue;
    const program = packet.kind === "ipv4" ? "iptables" : "ip6tables";
    const iptables = await list(`${program}-save`, []);
    if (iptables === null) continue;
    for (const { table, base, chains } of readIptables(iptables, packet)) {
      found.push({ where: `${program} (table ${table})`, ...judge(chains, base) });
    }
  }
  return { found: found.filter(({ verdict }) => verdict !== "accept"), unread };
}

function judgeNftables(listing: string, packet: FilterPacket): FilterVerdict[] {
  return readNftables(listing, packet).map(({ name, base, chains }) => {
    return { where: `nftables ${name}`, ...judge(chains, base) };
  });
}

/** null: the program is not there, or could not say; a host without it has no rules of its. */
async function listing(program: string, args: readonly string[], unread: string[]): Promise<string | null> {
  try {
    const { exitCode, output } = await runProgram(program, args);
    if (exitCode === 0) return program === "nft" ? fromFirstBrace(output) : output;
    unread.push(`${program} ended with exit code ${exitCode}`);
  } catch (error) {
    if (!(error instanceof VrrpdError)) throw error;
    if (error.code !== "EPROGRAM") unread.push(error.message);
  }
  return null;
}

/** Warnings on standard error come along with the output. */
function fromFirstBrace(output: string): string {
  return output.split("\n").find((line) => line.startsWith("{")) ?? '{"nftables":[]}';
}
