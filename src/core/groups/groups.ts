/** The sync groups of this host. */
import type { Micros } from "../../base/time.js";
import type { GroupConfig } from "../config.js";
import type { RouterId } from "../identity.js";
import type { Outbox } from "../outbox.js";
import type { VirtualRouter } from "../router/router.js";
import { type GroupStatus, groupStatus } from "../status.js";
import { SyncGroup } from "./group.js";

export class Groups {
  #groups: ReadonlyMap<string, SyncGroup> = new Map();

  constructor(private readonly outbox: Outbox) {}

  statuses(): GroupStatus[] {
    return [...this.#groups.values()].map(groupStatus);
  }

  /** @param routers of the same configuration */
  configure(
    now: Micros,
    configs: readonly GroupConfig[],
    routers: ReadonlyMap<RouterId, VirtualRouter>,
  ): void {
    const before = this.#groups;
    this.#groups = new Map(
      configs.map((config) => [
        config.name,
        before.get(config.name) ?? new SyncGroup(now, config, this.outbox),
      ]),
    );
    const nameOf = new Map(configs.flatMap(({ name, members }) => members.map((id) => [id, name] as const)));
    for (const router of routers.values()) leave(now, router, nameOf.get(router.id));
    const order = [...routers.keys()];
    for (const config of configs) {
      const members = config.members.map((id) => routers.get(id)!);
      this.#groups.get(config.name)!.configure(config, members, (id) => order.indexOf(id));
    }
  }

  /** At the end of each input. */
  settle(now: Micros): void {
    for (const group of this.#groups.values()) group.settle(now);
  }

  stop(): void {
    for (const group of this.#groups.values()) group.stop();
  }
}

/** Its old group, if it is in another one now or in none: what it was ready for, it does by itself. */
function leave(now: Micros, router: VirtualRouter, name: string | undefined): void {
  if (router.group === null || router.group.name === name) return;
  router.group = null;
  if (name === undefined) router.onUngrouped(now);
}
