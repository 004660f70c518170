/** The firewall rules of a plan: put there at start, and brought up to date when the plan changes. */
import type { Plan } from "../config/index.js";
import { groupsOf } from "../host/adverts/meant.js";
import { applyFirewall, type FirewallContext } from "../host/firewall/index.js";
import type { Logger } from "../host/log/index.js";

/** What the rules of this plan depend on. */
export function firewallContext({ settings, core }: Plan): FirewallContext {
  const families = new Set(core.routers.map((router) => router.family));
  const peers = new Map(
    core.routers.flatMap((router) =>
      router.unicastPeers.map(({ address }) => [address.text, address] as const),
    ),
  );
  const groups = groupsOf(core.routers.filter(({ unicastPeers }) => unicastPeers.length === 0));
  return { name: settings.name, families: [...families], groups, unicastPeers: [...peers.values()] };
}

export class Firewall {
  #applied = "";
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly logger: Logger) {}

  /** In its turn and beside the loop. What goes wrong is logged: adverts may pass all the same. */
  apply(plan: Plan): void {
    const { firewall } = plan;
    if (firewall === null) return;
    const context = firewallContext(plan);
    const wanted = JSON.stringify(context);
    if (wanted === this.#applied) return;
    this.#applied = wanted;
    this.#running = this.#running.then(async () => {
      try {
        const { actions, warnings } = await applyFirewall(firewall, context);
        for (const action of actions) this.logger.log("info", `firewall: ${action}`);
        for (const warning of warnings) this.logger.log("warn", `firewall: ${warning}`);
      } catch (error) {
        this.logger.log("error", `firewall: ${(error as Error).message}`);
      }
    });
  }
}
