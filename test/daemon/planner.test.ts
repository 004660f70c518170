import t from "tap";
import { atOnce } from "../../src/base/steps.js";
import { Core } from "../../src/core/core.js";
import { Planner } from "../../src/daemon/planner.js";
import { host, intentOf, MINIMAL } from "../config/support.js";

const NOWHERE = host({ lo: [] });
const ROUTED = host({ bond0: ["192.0.2.10/24"] }, { interface: "bond0", source: null });

t.test("virtual routers are the same on whatever interface they come to be", async (t) => {
  const intent = intentOf({ ...MINIMAL, OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100 2001:db8::100" });
  const planner = new Planner(intent, NOWHERE, () => {});
  t.teardown(() => planner.stop());
  const known = () => [...planner.routers.values()].map((router) => [router.id, router.interface]);
  t.same(known(), [
    ["eth0/ipv4/1", "eth0"],
    ["eth0/ipv6/2", "eth0"],
  ]);
  const core = new Core(0, planner.current.core);
  planner.adopt(intent, atOnce(planner.consider(ROUTED))!);
  t.same(known(), [
    ["eth0/ipv4/1", "bond0"],
    ["eth0/ipv6/2", "bond0"],
  ]);
  core.handle(0, { type: "configure", config: planner.current.core });
  t.same(
    core.status().routers.map((router) => [router.id, router.interface]),
    known(),
  );
  t.equal(atOnce(planner.consider(ROUTED)), null, "nothing has changed");
});
