/** Several nodes of which some have yielded: who serves, and that somebody always does. */
import t from "tap";
import { secondsToMicros } from "../../src/base/time.js";
import { Core } from "../../src/core/core.js";
import { coreConfig, type RouterOverrides } from "./configurations.js";
import { advertOf, ip, LINK } from "./values.js";

const AT_ONCE = { preempt: { mode: "immediate", delaySeconds: 0 } } as const;
const NEVER = { preempt: { mode: "never", delaySeconds: 0 } } as const;

/** Nodes on one LAN without a flaw: what one says, the others hear. */
class Cluster {
  readonly nodes: readonly Core[];
  now = 0;

  constructor(routers: readonly RouterOverrides[]) {
    this.nodes = routers.map((overrides) => new Core(0, coreConfig([overrides])));
    for (const [index, node] of this.nodes.entries()) {
      this.#hand(node, { type: "link", interface: "eth0", link: LINK });
      this.#hand(node, { type: "addresses", interface: "eth0", addresses: [] });
      const source = ip(`192.0.2.${index + 1}`);
      this.#hand(node, { type: "source", interface: "eth0", family: "ipv4", source, detail: null });
    }
  }

  yield(index: number, force = false): void {
    this.#hand(this.nodes[index]!, { type: "yield", instances: null, until: null, force, persistent: false });
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

  /** The numbers of those that are master. */
  get masters(): string {
    return this.nodes
      .map((node, index) => (node.status().routers[0]!.state === "MASTER" ? `${index}` : ""))
      .join("");
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
      const advert = advertOf({ priority: effect.priority });
      for (const other of this.nodes) {
        if (other === node) continue;
        this.#hand(other, { type: "advert", router: effect.router, source, listed: true, advert });
      }
    }
  }
}

for (const [what, preempt] of [
  ["with preemption", AT_ONCE],
  ["without", NEVER],
] as const) {
  t.test(`two nodes, ${what}: there is a master all the time`, async (t) => {
    const cluster = new Cluster([
      { ...preempt, priority: 200 },
      { ...preempt, priority: 100 },
    ]);
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
    const cluster = new Cluster([
      { ...preempt, priority: 200 },
      { ...preempt, priority: 255, ownerWaits: true },
      { ...preempt, priority: 1 },
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
}
