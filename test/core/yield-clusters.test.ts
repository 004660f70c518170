/** Several nodes of which some have yielded: who serves, and that somebody always does. */
import t from "tap";
import { routerId } from "../../src/core/identity.js";
import { holds } from "../properties/property.js";
import { YIELD_PROPERTIES } from "../properties/yields.js";
import { clusterOf } from "./cluster.js";
import type { RouterOverrides } from "./configurations.js";

const AT_ONCE = { preempt: { mode: "immediate", delaySeconds: 0 } } as const;
const NEVER = { preempt: { mode: "never", delaySeconds: 0 } } as const;

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

for (const property of YIELD_PROPERTIES) {
  t.test(property.name, async (t) => holds(t, property));
}
