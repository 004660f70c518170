/** Removes the firewall rules of every configuration, and the table that the original image leaves behind. */
import { removeIptables } from "./iptables.js";
import { nftablesNames, removeNftables } from "./nftables.js";
import { isInstalled, runProgram, runProgramOk } from "./program.js";

const CONTEXT = { families: [], groups: [], unicastPeers: [] } as const;
/** What `iptables -S` shows of a rule of ours: its chain, and the name of its configuration. */
const MARKED_RULE = /^-A (\S+) .*--comment "?vrrpd:(\w+)"?(?: |$)/;

/** Returns sentences: what was done. Throws VrrpdError `EFIREWALL`. */
export async function sweepFirewall(): Promise<string[]> {
  const done: string[] = [];
  for (const { chain, name } of await markedChains()) {
    done.push(...(await removeIptables(chain, { ...CONTEXT, name })));
  }
  if (!(await isInstalled("nft"))) return done;
  for (const name of await nftablesNames()) {
    done.push(...(await removeNftables({ ...CONTEXT, name })).actions);
  }
  if (await isOriginalTable()) {
    await runProgramOk("nft", ["delete table inet keepalived"]);
    done.push("the nftables table inet keepalived of the original image was removed");
  }
  return done;
}

async function markedChains(): Promise<{ chain: string; name: string }[]> {
  const found = new Map<string, { chain: string; name: string }>();
  for (const program of ["iptables", "ip6tables"]) {
    if (!(await isInstalled(program))) continue;
    const { exitCode, output } = await runProgram(program, ["-w", "5", "-S"]);
    if (exitCode !== 0) continue;
    for (const line of output.split("\n")) {
      const [, chain, name] = MARKED_RULE.exec(line) ?? [];
      if (chain !== undefined && name !== undefined) found.set(`${chain} ${name}`, { chain, name });
    }
  }
  return [...found.values()];
}

/** Whether `inet keepalived` is what the original makes: one input chain that accepts the group, and nothing else. */
async function isOriginalTable(): Promise<boolean> {
  const { exitCode, output } = await runProgram("nft", ["list", "table", "inet", "keepalived"]);
  if (exitCode !== 0) return false;
  const text = output.replace(/\s+/g, " ").trim();
  return /^table inet keepalived \{ chain filter \{ type filter hook input priority (filter|0); policy accept; ip daddr 224\.0\.0\.18 accept \} \}$/.test(
    text,
  );
}
