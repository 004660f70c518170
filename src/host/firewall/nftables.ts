/**
 * vrrpd's own table, `inet vrrpd_<name>`, replaced as a whole in one transaction. An accept in it does not overrule a drop
 * in another table: every base chain of the hook has to accept a packet.
 */
import type { Family } from "../../base/address.js";
import { VRRP_PROTOCOL } from "../../wire/vrrp.js";
import { runProgram, runProgramOk } from "./program.js";
import { type FirewallContext, type FirewallOutcome, type Rule, rulesOf } from "./rules.js";

const FAMILIES: readonly Family[] = ["ipv4", "ipv6"];

export async function applyNftables(context: FirewallContext): Promise<FirewallOutcome> {
  const table = tableOf(context.name);
  const chain = `${table} input`;
  const rules = FAMILIES.flatMap((family) => rulesOf(context, family).map((rule) => words(family, rule)));
  const ruleset = [
    ...emptied(table),
    `add table ${table}`,
    `add chain ${chain} { type filter hook input priority filter; policy accept; }`,
    ...rules.map((rule) => `add rule ${chain} ${rule}`),
  ];
  await runProgramOk("nft", [ruleset.join("; ")]);
  return { actions: [`the nftables table ${table} accepts VRRP`], warnings: [] };
}

export async function removeNftables(context: FirewallContext): Promise<FirewallOutcome> {
  const table = tableOf(context.name);
  const { exitCode } = await runProgram("nft", ["list", "table", ...table.split(" ")]);
  // Not 0 where there is none, and where nft failed: what follows changes nothing then, and says what is wrong.
  await runProgramOk("nft", [emptied(table).join("; ")]);
  return { actions: exitCode === 0 ? [`the nftables table ${table} was removed`] : [], warnings: [] };
}

/** The table as nft shows it; empty: there is none. */
export async function listNftables({ name }: FirewallContext): Promise<string> {
  const { exitCode, output } = await runProgram("nft", ["list", "table", ...tableOf(name).split(" ")]);
  return exitCode === 0 ? output : "";
}

/** The configurations that have a table. */
export async function nftablesNames(): Promise<string[]> {
  const { output } = await runProgram("nft", ["list", "tables"]);
  return [...output.matchAll(/^table inet vrrpd_(\w+)$/gm)].map((match) => match[1]!);
}

function tableOf(name: string): string {
  return `inet vrrpd_${name}`;
}

/** Deletes a table that may not be there. */
function emptied(table: string): string[] {
  return [`add table ${table}`, `delete table ${table}`];
}

function words(family: Family, rule: Rule): string {
  const header = family === "ipv4" ? "ip" : "ip6";
  const field = rule.match === "source" ? "saddr" : "daddr";
  return `meta l4proto ${VRRP_PROTOCOL} ${header} ${field} ${rule.address} accept`;
}
