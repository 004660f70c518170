/** The interface: named, waited for, given up, or the first of the usual ones; chosen once. */
import t from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import type { HostFacts } from "../../src/config/index.js";
import { FIRST_LOOK, held, host, planOf } from "./support.js";

const GIVEN_UP = { namedInterfaceGivenUp: true, before: [] };
const NAMED = { OPENSHIFT_HA_NETWORK_INTERFACE: "bond0" };

t.test("a named interface that is there is chosen, whatever else is", (t) => {
  const planned = planOf(NAMED, host({ eth0: ["192.0.2.9/24"], bond0: ["192.0.2.10/24"] }));
  t.equal(planned.interface, "bond0");
  t.equal(planned.nodeAddress?.text, "192.0.2.10");
  t.match(planned.interfaceReason, /^bond0 is named by OPENSHIFT_HA_NETWORK_INTERFACE$/);
  t.same(planned.sentences, []);
  t.end();
});

t.test(
  "a named interface that is absent is waited for; all routers are there, their priorities open",
  (t) => {
    const planned = planOf(
      { ...NAMED, OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.100-101" },
      host({ eth0: ["192.0.2.9/24"] }),
    );
    t.equal(planned.interface, null);
    t.equal(planned.nodeAddress, null);
    t.equal(planned.probe?.address, null);
    t.match(planned.interfaceReason, /^waiting for interface bond0/);
    t.same(
      planned.core.routers.map((router) => [router.interface, router.priority]),
      [
        ["bond0", null],
        ["bond0", null],
      ],
    );
    t.match(planned.sentences, [
      /^waiting for interface bond0/,
      /^the priorities are open/,
      /IPv4 virtual routers wait/,
      /^the address to probe is open/,
    ]);
    t.end();
  },
);

t.test("given up: the usual ones in order, said aloud", (t) => {
  const choose = (...names: string[]) => {
    const interfaces = Object.fromEntries(names.map((name) => [name, ["192.0.2.9/24"]]));
    return planOf(NAMED, host(interfaces, { interface: "wan0", source: null }), GIVEN_UP);
  };
  t.equal(choose("wan0", "ens3", "eth1", "enp0s8", "enp0s3", "eth0").interface, "eth0");
  t.equal(choose("wan0", "ens3", "eth1", "enp0s8", "enp0s3").interface, "enp0s3");
  t.equal(choose("wan0", "ens3", "eth1", "enp0s8").interface, "enp0s8");
  t.equal(choose("wan0", "ens3", "eth1").interface, "eth1");
  t.equal(choose("wan0", "ens3").interface, "ens3");
  t.equal(choose("wan0").interface, "wan0");
  t.match(choose("wan0").sentences, [
    /^interface bond0, named by .* is not there; wan0 is used instead: .*default route/,
  ]);
  t.equal(choose("other").interface, null);
  t.match(
    choose("other").sentences[0],
    /^interface bond0, named by .* is not there; none of eth0, .* default route/,
  );
  t.equal(choose("other").core.routers[0]?.interface, "bond0");
  t.end();
});

t.test("VRRPD_INTERFACE_STRICT=on waits for ever", (t) => {
  const planned = planOf(
    { ...NAMED, VRRPD_INTERFACE_STRICT: "on" },
    host({ eth0: ["192.0.2.9/24"] }),
    GIVEN_UP,
  );
  t.equal(planned.interface, null);
  t.match(
    planned.interfaceReason,
    /^waiting for interface bond0, .*, with no time limit \(VRRPD_INTERFACE_STRICT=on\)$/,
  );
  t.end();
});

t.test("none named: the usual ones at once, without a warning", (t) => {
  const planned = planOf({}, host({ ens3: ["192.0.2.9/24"], eth1: ["192.0.2.10/24"] }), FIRST_LOOK);
  t.equal(planned.interface, "eth1");
  t.match(planned.interfaceReason, /^OPENSHIFT_HA_NETWORK_INTERFACE is not set; eth1 is the first of eth0, /);
  t.same(planned.sentences, []);
  const nothing = planOf({}, host({}));
  t.equal(nothing.interface, null);
  t.equal(nothing.core.routers[0]?.interface, "eth0");
  t.end();
});

t.test("a choice once made is final, while its interface is away too", (t) => {
  const first = planOf(NAMED, host({ eth1: ["192.0.2.11/24"] }), GIVEN_UP);
  const chosen = { namedInterfaceGivenUp: true, before: first.interfaces };
  const back = planOf(NAMED, host({ bond0: ["192.0.2.10/24"], eth0: [], eth1: ["192.0.2.11/24"] }), chosen);
  t.equal(back.interface, "eth1");
  t.equal(back.nodeAddress?.text, "192.0.2.11");
  t.equal(back.interfaceReason, first.interfaceReason, "why it was chosen stays true");
  const away = planOf(NAMED, host({ bond0: ["192.0.2.10/24"] }), chosen);
  t.equal(away.interface, "eth1");
  t.equal(away.core.routers[0]?.priority, null);
  t.match(away.sentences[0], /^interface eth1 is not there/);
  t.end();
});

/** A host whose uplink is a port: of a virtual switch, which has one interface a bridge, or of a bond. */
function withPort(port: string, master: string, bearer: string, route = true): HostFacts {
  const facts = host(
    { [port]: [], [bearer]: ["192.0.2.9/24"] },
    route ? { interface: bearer, source: null } : null,
  );
  const mac = macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, 9));
  const interfaces = facts.interfaces.map((one) => ({
    ...one,
    link: { ...one.link, mac },
    master: one.name === port ? master : null,
  }));
  return { ...facts, interfaces };
}

t.test("a port of a bridge without an address is passed over, and it is said of which", (t) => {
  const switched = withPort("ens3", "ovs-system", "br-ex");
  t.equal(planOf({}, switched).interface, "br-ex");
  t.equal(planOf({}, switched).nodeAddress?.text, "192.0.2.9");
  t.match(
    planOf({}, switched).interfaceReason,
    /ens3 is a port of br-ex and has no address and is passed over; br-ex has the default route$/,
  );
  t.equal(planOf({}, withPort("eth0", "bond0", "bond0")).interface, "bond0");
  const leftover = withPort("ens3", "ovs-system", "br-ex");
  const interfaces = leftover.interfaces.map((one) =>
    one.name === "ens3" ? { ...one, addresses: [held("192.0.2.100/32", { marked: true })] } : one,
  );
  t.equal(planOf({}, { ...leftover, interfaces }).interface, "br-ex", "a leftover is no address of the node");
  t.end();
});

t.test("a port with an address of its own is an interface like any other", (t) => {
  const facts = withPort("ens3", "blue", "eth9");
  const interfaces = facts.interfaces.map((one) =>
    one.name === "ens3" ? { ...one, addresses: [held("198.51.100.9/24")] } : one,
  );
  t.equal(planOf({}, { ...facts, interfaces }).interface, "ens3", "such as one in a VRF");
  t.end();
});

t.test("a port is no choice while the bridge has no default route yet: a choice is final", (t) => {
  const planned = planOf({}, withPort("ens3", "ovs-system", "br-ex", false));
  t.equal(planned.interface, null);
  t.match(planned.interfaceReason, /ens3 is a port of br-ex .* no interface has a default route yet$/);
  t.end();
});

t.test("a port that is named is taken, with a warning that names the right one", (t) => {
  const planned = planOf({ OPENSHIFT_HA_NETWORK_INTERFACE: "ens3" }, withPort("ens3", "ovs-system", "br-ex"));
  t.equal(planned.interface, "ens3");
  t.equal(
    planned.sentences[0],
    "ens3 is a port of br-ex and has no address; name br-ex in OPENSHIFT_HA_NETWORK_INTERFACE",
  );
  t.end();
});
