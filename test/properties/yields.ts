/** Whoever yields, resumes and ends, in whatever order: who serves when all is at rest, and that somebody always does. */
import fc from "fast-check";
import { type Cluster, clusterOf } from "../core/cluster.js";
import { named } from "./property.js";

const NODES = 3;
/** The longest down interval, and the interval for which one that has yielded waits longer. */
const LONGEST_OUTAGE_SECONDS = 5.1;
/** Several invitations, and several preempt delays. */
const REST_SECONDS = 40;

type Standing = "takes part" | "yields" | "yields by force" | "has ended";

interface Deed {
  readonly node: number;
  readonly becomes: Standing;
  readonly seconds: number;
}

const deed: fc.Arbitrary<Deed> = fc.record({
  node: fc.nat(NODES - 1),
  becomes: fc.constantFrom(
    ...(["takes part", "takes part", "yields", "yields", "yields by force", "has ended"] as const),
  ),
  seconds: fc.oneof(fc.nat(3000), fc.nat(30_000)).map((millis) => millis / 1000),
});

const node = fc.record({
  priority: fc.constantFrom(1, 2, 50, 100, 200, 254, 255),
  ownerWaits: fc.boolean(),
  preempt: fc.constantFrom(
    { mode: "immediate", delaySeconds: 0 } as const,
    { mode: "never", delaySeconds: 0 } as const,
    { mode: "delay", delaySeconds: 7 } as const,
  ),
});

class Watched {
  readonly standing: Standing[] = Array(NODES).fill("takes part");

  constructor(private readonly cluster: Cluster) {}

  carryOut({ node, becomes, seconds }: Deed): void {
    if (this.standing[node] === "has ended") return;
    this.standing[node] = becomes;
    if (becomes === "has ended") this.cluster.stop(node);
    else if (becomes === "takes part") this.cluster.resume(node);
    else this.cluster.yield(node, becomes === "yields by force");
    this.judgeOutage(this.cluster.run(seconds));
  }

  judgeOutage(seconds: number): void {
    const may = this.standing.some((one) => one === "takes part" || one === "yields");
    if (may && seconds > LONGEST_OUTAGE_SECONDS) this.#fail(`nobody served for ${seconds} s`);
  }

  judgeRest(): void {
    const masters = [...this.cluster.masters].map((digit) => this.standing[Number(digit)]!);
    const best = (["takes part", "yields"] as const).find((one) => this.standing.includes(one));
    const wanted = best === undefined ? [] : [best];
    if (masters.join() !== wanted.join()) this.#fail(`at rest these serve: ${masters.join() || "none"}`);
  }

  #fail(what: string): never {
    throw new Error(`${what}; the nodes: ${this.standing.join(", ")}`);
  }
}

export const yieldedServeLast = named(
  "a node that has yielded serves only where nobody else can, and somebody serves all the time",
  100,
  fc.property(fc.tuple(node, node, node), fc.array(deed, { maxLength: 10 }), (nodes, deeds) => {
    const cluster = clusterOf(nodes.map((one) => [one]));
    const watched = new Watched(cluster);
    cluster.run(10);
    for (const one of deeds) watched.carryOut(one);
    cluster.run(REST_SECONDS);
    watched.judgeRest();
    watched.judgeOutage(cluster.run(REST_SECONDS));
  }),
);

export const YIELD_PROPERTIES = [yieldedServeLast];
