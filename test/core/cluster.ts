/** Several cores on one LAN. */
import { secondsToMicros } from "../../src/base/time.js";
import type { CoreConfig, GroupConfig } from "../../src/core/config.js";
import { Core } from "../../src/core/core.js";
import { coreConfig, type RouterOverrides } from "./configurations.js";
import { advertOf, ip, LINK } from "./values.js";

/** Nodes on one LAN without a flaw: what one says, the others hear. */
export class Cluster {
  readonly nodes: readonly Core[];
  now = 0;

  constructor(private readonly configs: readonly CoreConfig[]) {
    this.nodes = configs.map((config) => new Core(0, config));
    for (const [index, node] of this.nodes.entries()) {
      this.#hand(node, { type: "link", interface: "eth0", link: LINK });
      this.#hand(node, { type: "addresses", interface: "eth0", addresses: [] });
      const source = ip(`192.0.2.${index + 1}`);
      this.#hand(node, { type: "source", interface: "eth0", family: "ipv4", source, detail: null });
    }
  }

  yield(index: number, force = false, instances: readonly string[] | null = null): void {
    this.#hand(this.nodes[index]!, { type: "yield", instances, until: null, force, persistent: false });
  }

  resume(index: number): void {
    this.#hand(this.nodes[index]!, { type: "resume", instances: null });
  }

  /** It ends, and says so. */
  stop(index: number): void {
    this.#hand(this.nodes[index]!, { type: "shutdown" });
  }

  /** Returns for how long nobody was master. */
  run(seconds: number): number {
    const end = this.now + secondsToMicros(seconds);
    let nobody = 0;
    for (;;) {
      const due = this.nodes.map((node) => node.deadline()?.at ?? Number.POSITIVE_INFINITY);
      const at = Math.min(end, ...due);
      if (!this.masters) nobody += Math.max(0, at - this.now);
      this.now = Math.max(this.now, at);
      if (at >= end) return nobody / 1e6;
      this.#hand(this.nodes[due.indexOf(at)]!, { type: "deadline" });
    }
  }

  /** The numbers of those that are master of all there is. */
  get masters(): string {
    return this.nodes.map((node, index) => (isMaster(node) ? `${index}` : "")).join("");
  }

  #hand(node: Core, input: Parameters<Core["handle"]>[1]): void {
    for (const effect of node.handle(this.now, input)) {
      if (effect.type === "acquireLock")
        this.#hand(node, { type: "lock", router: effect.router, holder: null });
      if (effect.type === "addAddresses" || effect.type === "removeAddresses") {
        const { router, addresses } = effect;
        const operation = effect.type === "addAddresses" ? "add" : "remove";
        const outcomes = addresses.map((address) => ({ address, result: "done" }) as const);
        this.#hand(node, { type: "addressResults", router, operation, outcomes });
      }
      if (effect.type !== "sendAdvert") continue;
      const source = ip(`192.0.2.${this.nodes.indexOf(node) + 1}`);
      const { routers } = this.configs[this.nodes.indexOf(node)]!;
      const { virtualRouterId, advertIntervalMicros } = routers.find(({ id }) => id === effect.router)!;
      const { priority } = effect;
      const addresses = [`192.0.2.${100 + virtualRouterId}`];
      const advert = advertOf({ priority, virtualRouterId, advertIntervalMicros, addresses });
      for (const other of this.nodes) {
        if (other === node) continue;
        this.#hand(other, { type: "advert", router: effect.router, source, listed: true, advert });
      }
    }
  }
}

function isMaster(node: Core): boolean {
  return node.status().routers.every(({ state }) => state === "MASTER");
}

/** The routers of each node, from 1. @param groups what is the same on all of them */
export function clusterOf(
  nodes: readonly (readonly RouterOverrides[])[],
  groups: readonly GroupConfig[] = [],
): Cluster {
  return new Cluster(
    nodes.map((routers) => {
      const addressed = routers.map((router, index) => ({
        ...router,
        virtualAddresses: [`192.0.2.${101 + index}`],
      }));
      return coreConfig(addressed, { groups });
    }),
  );
}
