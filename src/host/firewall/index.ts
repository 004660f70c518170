/** The accept rule that a configuration asks for (docs/configuration.md); only rules with its name are touched. */
import type { FirewallPlan } from "../../config/index.js";
import { applyIptables, listIptables, removeIptables } from "./iptables.js";
import { applyNftables, listNftables, removeNftables } from "./nftables.js";
import { isInstalled } from "./program.js";
import type { FirewallContext, FirewallOutcome } from "./rules.js";

export type { FirewallContext, FirewallOutcome } from "./rules.js";

/**
 * Puts the rules there, once, however often it is called. Families without the chain, or without the program that knows
 * it, get an own nftables table, as in the newest original image, which has no iptables. Throws VrrpdError: `EPROGRAM`
 * names a program that is not installed, `EFIREWALL` says in the program's words why it could not.
 */
export async function applyFirewall(plan: FirewallPlan, context: FirewallContext): Promise<FirewallOutcome> {
  if (plan.backend === "nftables") return applyNftables(context);
  const { actions, absent } = await applyIptables(plan.chain, context);
  if (absent.length === 0) return { actions, warnings: [] };
  const instead = await applyNftables({ ...context, families: absent.map(({ family }) => family) });
  const warnings = absent.map(({ sentence }) => `${sentence}; an own nftables table takes its place`);
  return { actions: [...actions, ...instead.actions], warnings };
}

/**
 * What the programs say of the rules of this configuration that are there now: the same text as long as nobody changes
 * them. Throws as `applyFirewall` does.
 */
export async function presentRules(plan: FirewallPlan, context: FirewallContext): Promise<string> {
  if (plan.backend === "nftables") return listNftables(context);
  const { text, isWhole } = await listIptables(plan.chain, context);
  return isWhole ? text : `${text}\n${await listNftables(context)}`;
}

/** Removes every rule of this configuration. Idempotent; throws as `applyFirewall` does. */
export async function removeFirewall(plan: FirewallPlan, context: FirewallContext): Promise<FirewallOutcome> {
  if (plan.backend === "nftables") return removeNftables(context);
  const actions = [...(await removeIptables(plan.chain, context))];
  // Without nft there never was a table in the chain's place.
  if (await isInstalled("nft")) actions.push(...(await removeNftables(context)).actions);
  return { actions, warnings: [] };
}
