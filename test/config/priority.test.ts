/** Priorities: the original's spread, made stable and kept within 1..254. */
import t from "tap";
import { parseEnvironment } from "../../src/config/index.js";
import { prioritiesOf } from "../../src/config/plan/priorities.js";
import type { Preempt } from "../../src/core/config.js";
import { prioritiesAreNeverSpecial } from "../properties/environment.js";
import { holds } from "../properties/property.js";
import { host, intentOf, ip, MINIMAL, planOf } from "./support.js";

const DELAY: Preempt = { mode: "delay", delaySeconds: 300 };
const NEVER: Preempt = { mode: "never", delaySeconds: 0 };

function groups(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    virtualRouterId: index + 1,
    virtualAddresses: [],
  }));
}

t.test("own groups take 255 − s and s + 1 in turn; under nopreempt always 255 − s", (t) => {
  t.same(prioritiesOf(groups(4), ip("192.0.2.10"), 1, DELAY), [245, 11, 245, 11]);
  t.same(prioritiesOf(groups(4), ip("192.0.2.10"), 1, NEVER), [245, 245, 245, 245]);
  const [one, two, three, four] = prioritiesOf(groups(4), ip("192.0.2.11"), 2, DELAY);
  t.same([two, four], [244, 12]);
  t.ok(one! >= 11 && one! <= 42 && three! >= 11 && three! <= 42);
  t.end();
});

t.test("[5.2.4-2 +-] 0 and 255 are never generated, whatever the node and the replicas", async (t) => {
  t.same(prioritiesOf(groups(2), ip("192.0.2.0"), 1, DELAY), [254, 1]);
  t.same(prioritiesOf(groups(2), ip("192.0.2.128"), 1, NEVER), [254, 254]);
  holds(t, prioritiesAreNeverSpecial);
});

t.test(
  "[5.2.4-1 -] [5.2.4-2 -] nobody is told to be the owner, or to release: 255 and 0 are refused",
  async (t) => {
    for (const value of ["0", "255", "256"]) {
      const { intent, problems } = parseEnvironment({ ...MINIMAL, VRRPD_PRIORITY: value });
      t.equal(intent, null);
      t.match(problems, [{ origin: { variable: "VRRPD_PRIORITY" }, value }]);
    }
    for (const value of ["1", "254"])
      t.same(intentOf({ ...MINIMAL, VRRPD_PRIORITY: value }).instances[0]!.priority, {
        fixed: Number(value),
      });
  },
);

t.test("the others take (s mod 64) + the documented hash, the same in every version of vrrpd", (t) => {
  // 32-bit FNV-1a of 192.0.2.100 and the id, its halves exclusive-or, modulo 32; made with another implementation.
  t.same(prioritiesOf(groups(6), ip("192.0.2.100"), 101, DELAY), [38, 59, 40, 37, 58, 47]);
  const lowest = prioritiesOf(groups(200), ip("192.0.2.64"), 101, DELAY);
  t.equal(Math.min(...lowest), 1, "not 0 where both parts are 0");
  t.equal(Math.max(...lowest.filter((_, index) => (index + 1) % 65 !== 0)), 31);
  t.end();
});

t.test("nodes whose slots are 64 apart do not tie in every group", (t) => {
  const priorities = (node: string) => prioritiesOf(groups(200), ip(node), 200, DELAY);
  const [one, other] = [priorities("192.0.2.67"), priorities("192.0.2.3")];
  const ties = one.filter((priority, index) => priority === other[index]).length;
  t.ok(ties < 30, `${ties} ties of 200`);
  t.equal(new Set(one).size > 25, true, "all of 0..31 is used");
  t.end();
});

t.test("VRRPD_PRIORITY stands for every instance, also before an address is known", (t) => {
  const env = { VRRPD_PRIORITY: "120", OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100-102" };
  for (const facts of [host({ eth0: ["192.0.2.10/24"] }), host({})]) {
    t.same(
      planOf(env, facts).core.routers.map((router) => router.priority),
      [120, 120, 120],
    );
  }
  t.end();
});

t.test("replicas: 0 counts as 1, unset is 2", (t) => {
  const first = (env: Record<string, string>) =>
    planOf(env, host({ eth0: ["192.0.2.11/24"] })).core.routers[0]?.priority;
  t.equal(first({ OPENSHIFT_HA_REPLICA_COUNT: "0" }), 244);
  t.equal(first({ OPENSHIFT_HA_REPLICA_COUNT: "1" }), 244);
  t.not(first({}), 244);
  t.equal(first({}), first({ OPENSHIFT_HA_REPLICA_COUNT: "2" }));
  t.end();
});
