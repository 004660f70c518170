/** The firewall rules of a plan: put there at start, brought up to date when the plan changes, put back when they are gone. */

import type { Micros } from "../base/time.js";
import type { FirewallPlan, Plan } from "../config/index.js";
import type { Effect } from "../core/effect.js";
import { groupsOf } from "../host/adverts/meant.js";
import { applyFirewall, type FirewallContext, presentRules } from "../host/firewall/index.js";
import type { Logger } from "../host/log/index.js";
import { nowMicros } from "../host/native.js";

/** To look takes a program some milliseconds. Whoever flushes the rules makes this node deaf until then. */
const LOOK_MILLIS = 10_000;
/** After a takeover, which a flush may have been the reason for; and which it must not delay. */
const AFTER_TAKEOVER_MILLIS = 500;

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

/** How often somebody else took rules away, and when they were put back last. */
export interface Restored {
  readonly restored: number;
  readonly lastAt: Micros | null;
}

interface Wanted {
  readonly firewall: FirewallPlan;
  readonly context: FirewallContext;
  /** What the programs say of the rules when they are there; null: they could not be put there. */
  listing: string | null;
}

export class Firewall {
  #applied = "";
  #wanted: Wanted | null = null;
  #running: Promise<void> = Promise.resolve();
  #restored = 0;
  #lastRestoredAt: Micros | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** When that is over, by `performance.now()`. */
  #lookAt = 0;
  #isClosed = false;
  #isBlind = false;

  constructor(private readonly logger: Logger) {}

  /** null: the configuration asks for no rules. */
  get restored(): Restored | null {
    return this.#wanted === null ? null : { restored: this.#restored, lastAt: this.#lastRestoredAt };
  }

  /** In its turn and beside the loop. What goes wrong is logged: adverts may pass all the same. */
  apply(plan: Plan): void {
    const { firewall } = plan;
    if (firewall === null) return;
    const context = firewallContext(plan);
    const wanted = JSON.stringify(context);
    if (wanted === this.#applied) return;
    this.#applied = wanted;
    const next: Wanted = { firewall, context, listing: null };
    this.#wanted = next;
    this.#running = this.#running.then(async () => {
      try {
        await this.#put(next, "info");
      } catch (error) {
        this.logger.log("error", `firewall: ${(error as Error).message}`);
      }
    });
    this.#lookIn(LOOK_MILLIS);
  }

  /** A virtual router that becomes master may do so because nothing reaches it any more. */
  onEffects(effects: readonly Effect[]): void {
    if (this.#wanted === null) return;
    const isTakeover = effects.some((effect) => effect.type === "transition" && effect.to === "MASTER");
    if (isTakeover) this.#lookIn(AFTER_TAKEOVER_MILLIS);
  }

  /** What runs comes to its end; nothing more is looked at. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer ?? undefined);
  }

  /** Of two times the earlier one counts: a look that ends must not put off that of a takeover meanwhile. */
  #lookIn(millis: number): void {
    const at = performance.now() + millis;
    if (this.#isClosed || (this.#timer !== null && this.#lookAt <= at)) return;
    clearTimeout(this.#timer ?? undefined);
    this.#lookAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#running.then(() => this.#look());
      void this.#running.then(() => this.#lookIn(LOOK_MILLIS));
    }, millis).unref();
  }

  async #put(wanted: Wanted, level: "info" | "warn"): Promise<void> {
    const { firewall, context } = wanted;
    const { actions, warnings } = await applyFirewall(firewall, context);
    for (const action of actions) this.logger.log(level, `firewall: ${action}`);
    for (const warning of warnings) this.logger.log("warn", `firewall: ${warning}`);
    wanted.listing = await presentRules(firewall, context);
  }

  async #look(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted?.listing == null || this.#isClosed) return;
    try {
      if ((await presentRules(wanted.firewall, wanted.context)) === wanted.listing) return;
      if (this.#isClosed) return;
      this.#restored += 1;
      this.#lastRestoredAt = nowMicros();
      const what = "somebody removed or changed the rule that accepts VRRP; it is put back";
      this.logger.log("warn", `firewall: ${what}`, { code: "firewall-flushed", times: this.#restored });
      await this.#put(wanted, "warn");
      this.#isBlind = false;
    } catch (error) {
      if (!this.#isBlind) this.logger.log("warn", `firewall: ${(error as Error).message}`);
      this.#isBlind = true;
    }
  }
}
