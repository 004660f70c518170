/** The accept rule that a configuration asks for (docs/configuration.md); only rules with its name are touched. */
import type { FirewallPlan } from "../config/plan-types.js";
import { applyIptables, removeIptables } from "./firewall/iptables.js";
import { applyNftables, removeNftables } from "./firewall/nftables.js";
import type { FirewallContext, FirewallOutcome } from "./firewall/rules.js";

export type { FirewallContext, FirewallOutcome } from "./firewall/rules.js";

/**
 * Puts the rules there, once, however often it is called. Throws VrrpdError: `EPROGRAM` names a program that is not
 * installed, `EFIREWALL` says in the program's words why it could not.
 */
export function applyFirewall(plan: FirewallPlan, context: FirewallContext): Promise<FirewallOutcome> {
  return plan.backend === "iptables" ? applyIptables(plan.chain, context) : applyNftables(context);
}

/** Removes every rule of this configuration. Idempotent; throws as `applyFirewall` does. */
export function removeFirewall(plan: FirewallPlan, context: FirewallContext): Promise<FirewallOutcome> {
  return plan.backend === "iptables" ? removeIptables(plan.chain, context) : removeNftables(context);
}
