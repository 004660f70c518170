/** Several nodes of which some have yielded: who serves, and that somebody always does. */
import t from "tap";
import { secondsToMicros } from "../../src/base/time.js";
import type { CoreConfig, GroupConfig } from "../../src/core/config.js";
import { Core } from "../../src/core/core.js";
import { routerId } from "../../src/core/identity.js";
import { coreConfig, type RouterOverrides } from "./configurations.js";
import { advertOf, ip, LINK } from "./values.js";

const AT_ONCE = { preempt: { mode: "immediate", delaySeconds: 0 } } as const;
const NEVER = { preempt: { mode: "never", delaySeconds: 0 } } as const;

/** Nodes on one LAN without a flaw: what one says, the others hear. */
class Cluster {
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
function clusterOf(
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

for (const [what, preempt] of [
  ["with preemption", AT_ONCE],
  ["without", NEVER],
] as const) {
  t.test(`two nodes, ${what}: there is a master all the time`, async (t) => {
    const cluster = clusterOf([[{ ...preempt, priority: 200 }], [{ ...preempt, priority: 100 }]]);
    cluster.run(20);
    t.equal(cluster.masters, "0");
    cluster.yield(0);
    t.equal(cluster.run(2), 0, "no outage");
    t.equal(cluster.masters, "1");
    t.equal(cluster.run(60), 0);
    t.equal(cluster.masters, "1");
    cluster.yield(1);
    t.equal(cluster.run(120), 0, "both have yielded: nothing moves");
    t.equal(cluster.masters, "1");
    cluster.resume(0);
    t.equal(cluster.run(15), 0);
    t.equal(cluster.masters, "0", "the first candidate gets them, whether it preempts or not");
    cluster.resume(1);
    t.equal(cluster.run(60), 0);
    t.equal(cluster.masters, "0");
  });

  t.test(`three nodes, ${what}: those that have yielded come last`, async (t) => {
    const cluster = clusterOf([
      [{ ...preempt, priority: 200 }],
      [{ ...preempt, priority: 255, ownerWaits: true }],
      [{ ...preempt, priority: 1 }],
    ]);
    cluster.run(20);
    cluster.yield(0);
    cluster.yield(1);
    t.equal(cluster.run(20), 0);
    t.equal(cluster.masters, "2");
    cluster.yield(2, true);
    t.equal(cluster.run(10), 0, "it waits even for those");
    t.match(cluster.masters, /^[01]$/);
  });

  t.test(`a sync group, ${what}: it yields as one, and as slowly as its slowest member`, async (t) => {
    const members = [1, 2].map((id) => routerId("eth0", "ipv4", id));
    const routers = (priority: number): RouterOverrides[] => [
      { ...preempt, priority, name: "quick", advertIntervalMicros: 200_000 },
      { ...preempt, priority, name: "slow", advertIntervalMicros: 3_000_000 },
    ];
    const cluster = clusterOf([routers(200), routers(100)], [{ name: "G", members, notify: [] }]);
    cluster.run(60);
    t.equal(cluster.masters, "0");
    cluster.yield(0, false, ["quick"]);
    t.equal(cluster.run(6), 0, "no outage");
    t.equal(cluster.masters, "1");
    cluster.yield(1);
    t.equal(cluster.run(120), 0, "both have yielded: nothing moves");
    t.equal(cluster.masters, "1");
    cluster.resume(0);
    t.equal(cluster.run(40), 0);
    t.equal(cluster.masters, "0");
  });
}
