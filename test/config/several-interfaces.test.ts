/** A plan of several interfaces: each virtual router has its own interface, reason, node address and contradiction. */
import t from "tap";
import { atOnce } from "../../src/base/steps.js";
import {
  contradictionsOf,
  describePlan,
  type Intent,
  nodeOf,
  peersOf,
  plan,
  routersOn,
} from "../../src/config/index.js";
import { Absence } from "../../src/daemon/absence.js";
import { Planner } from "../../src/daemon/planner.js";
import { type Env, FIRST_LOOK, host, intentOf, MINIMAL } from "./support.js";

/** What two environments ask for, as one source with several interfaces would. */
function both(one: Env, other: Env): Intent {
  const [first, second] = [intentOf({ ...MINIMAL, ...one }), intentOf({ ...MINIMAL, ...other })];
  return { ...first, instances: [...first.instances, ...second.instances] };
}

const ETH0 = { OPENSHIFT_HA_NETWORK_INTERFACE: "eth0" };
const ETH1 = { OPENSHIFT_HA_NETWORK_INTERFACE: "eth1", OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.100" };
const FACTS = host({ eth0: ["192.0.2.10/24"], eth1: ["198.51.100.20/24"] });

t.test("each virtual router is planned on the interface that it asks for", async (t) => {
  const made = plan(both(ETH0, ETH1), FACTS, FIRST_LOOK);
  t.same([...made.routers.keys()], ["eth0/ipv4/1", "eth1/ipv4/1"]);
  t.same(
    [...made.routers.values()].map(({ config, on }) => [config.interface, on.reason, on.nodeAddress?.text]),
    [
      ["eth0", "eth0 is named by OPENSHIFT_HA_NETWORK_INTERFACE", "192.0.2.10"],
      ["eth1", "eth1 is named by OPENSHIFT_HA_NETWORK_INTERFACE", "198.51.100.20"],
    ],
  );
  t.same(
    made.interfaces.map(({ sources }) => sources.ipv4.address?.text),
    ["192.0.2.10", "198.51.100.20"],
  );
  t.not(made.core.routers[0]!.priority, made.core.routers[1]!.priority, "each from its own node address");
  t.equal(routersOn(made, made.interfaces[1]!)[0]!.config.id, "eth1/ipv4/1");
  t.match(nodeOf(made), { interface: null, nodeAddress: null, interfaceReason: /^eth0 is .*; eth1 is / });
  t.match(describePlan(made, {}), {
    interface: null,
    instances: [{ interface: "eth0" }, { interface: "eth1" }],
  });
});

t.test("what one of them waits for holds up no other", async (t) => {
  const made = plan(both(ETH0, ETH1), host({ eth0: ["192.0.2.10/24"] }), FIRST_LOOK);
  t.same(
    made.interfaces.map(({ name, nameInPlan }) => [name, nameInPlan]),
    [
      ["eth0", "eth0"],
      [null, "eth1"],
    ],
  );
  t.same(
    made.core.routers.map(({ priority }) => priority === null),
    [false, true],
  );
});

t.test("peers and contradictions are those of each", async (t) => {
  const peers = { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.10,192.0.2.11" };
  const alone = { OPENSHIFT_HA_UNICAST_PEERS: "198.51.100.20" };
  const made = plan(both({ ...ETH0, ...peers }, { ...ETH1, ...alone }), FACTS, FIRST_LOOK);
  const [one, other] = [...made.routers.values()];
  t.equal(one!.contradiction, null);
  t.match(other!.contradiction, /lists only this node's own IPv4 addresses/);
  t.same(contradictionsOf(made), [other!.contradiction]);
  t.same(
    made.core.routers.map(({ contradiction }) => contradiction),
    [null, other!.contradiction],
  );
  t.same(
    peersOf(made).map(({ on, peer }) => [on.name, peer.address.text]),
    [
      ["eth0", "192.0.2.11"],
      ["eth1", "198.51.100.20"],
    ],
  );
});

t.test("choices and identities are remembered for each, and absences looked for on each", async (t) => {
  const planner = new Planner(both(ETH0, ETH1), host({ eth0: ["192.0.2.10/24"] }), () => {});
  t.teardown(() => planner.stop());
  const made = atOnce(planner.consider(FACTS));
  planner.adopt(planner.intent, made!);
  t.equal(atOnce(planner.consider(FACTS)), null, "nothing has changed");
  t.same([...planner.routers.keys()], ["eth0/ipv4/1", "eth1/ipv4/1"]);
  const absence = new Absence();
  t.equal(absence.holdsUntil(0, planner.current, FACTS), null);
  const away = host({ eth0: ["192.0.2.10/24"], eth1: [] });
  t.equal(absence.holdsUntil(0, planner.current, away), 500_000);
});
