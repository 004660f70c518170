/** A configuration is compared with the one before by what virtual routers and addresses are known by. */
import t, { type Test } from "tap";
import { macFromBytes } from "../../src/base/mac.js";
import type { CoreConfig, Vmac } from "../../src/core/config.js";
import { coreConfig, faultTracks, type RouterOverrides } from "./configurations.js";
import { Scenario } from "./scenario.js";
import { ip, kernelAddress, LINK, OUR_SOURCE } from "./values.js";

const A: RouterOverrides = {
  name: "a",
  virtualRouterId: 1,
  virtualAddresses: ["192.0.2.10", "192.0.2.11", "192.0.2.12"],
};
const B: RouterOverrides = { name: "b", virtualRouterId: 2, virtualAddresses: ["192.0.2.20"] };

/** Both routers are masters; what the kernel holds is written down by the texts of the effects. */
class Masters extends Scenario {
  readonly held = new Set<string>();

  constructor(config: CoreConfig) {
    super(config);
    this.kernel = (operation, address) => {
      if (operation === "add") this.held.add(address);
      else this.held.delete(address);
      return null;
    };
    this.start();
    this.advance(20);
    this.take();
  }

  get states(): string[] {
    return this.core.status().routers.map(({ name, state }) => `${name} ${state}`);
  }

  adopt(config: CoreConfig): void {
    this.send({ type: "configure", config });
  }

  /** Throws with what is in the way, and nothing has changed. */
  refuse(t: Test, config: CoreConfig, message: RegExp): void {
    const before = JSON.stringify(this.core.status());
    t.throws(() => this.adopt(config), { code: "ECONFIGURE", message });
    t.equal(JSON.stringify(this.core.status()), before);
    this.advance(3);
    t.same(this.take("INIT", "FAULT", "remove", "add"), []);
  }
}

t.test("virtual routers in another order stay what they are, and let go of what is theirs", async (t) => {
  const scenario = new Masters(coreConfig([A, B]));
  scenario.adopt(coreConfig([{ ...B, priority: 50 }, A]));
  t.same(scenario.states, ["b MASTER", "a MASTER"]);
  t.same(
    scenario.core
      .status()
      .routers.map(({ priority, virtualAddresses }) => [priority, virtualAddresses.length]),
    [
      [50, 1],
      [100, 3],
    ],
  );
  t.same(scenario.take(), [], "neither a transition nor a change of an address");
  scenario.advance(3);
  t.equal(scenario.take("advert").length, 6);
  scenario.shutdown();
  t.same([...scenario.held], []);
});

t.test("addresses in another order are the same addresses", async (t) => {
  const scenario = new Masters(coreConfig([A]));
  const reordered = { ...A, virtualAddresses: ["192.0.2.12", "192.0.2.10", "192.0.2.11"] };
  scenario.changed("removed", kernelAddress("192.0.2.12"));
  scenario.take();
  scenario.kernel = () => "ENOBUFS";
  scenario.deadline();
  scenario.adopt(coreConfig([reordered]));
  const addresses = () =>
    scenario.status().virtualAddresses.map(({ address, presence }) => `${address} ${presence}`);
  t.same(addresses(), ["192.0.2.12/32 absent", "192.0.2.10/32 ours", "192.0.2.11/32 ours"]);
  scenario.kernel = () => null;
  scenario.advance(10);
  t.match(scenario.take("add"), [/192.0.2.12/]);
  scenario.shutdown();
  t.match(scenario.take("remove"), [/remove 192.0.2.12\/32 192.0.2.10\/32 192.0.2.11\/32$/]);
});

t.test("what is followed is judged by the addresses that are advertised now", async (t) => {
  const partial = { ...A, advertisedCount: 1, preempt: { mode: "never", delaySeconds: 0 } } as const;
  const scenario = Scenario.started(coreConfig([partial]));
  const heard = { priority: 200, addresses: ["192.0.2.10", "192.0.2.99"] };
  scenario.advert(heard);
  t.equal(scenario.status().unserved, null);
  const reordered = { ...partial, virtualAddresses: ["192.0.2.11", "192.0.2.10", "192.0.2.12"] };
  scenario.send({ type: "configure", config: coreConfig([reordered]) });
  scenario.advert(heard);
  t.same(scenario.status().unserved?.addresses, ["192.0.2.11"]);
});

t.test("what cannot be changed is refused by name, and nothing is taken over", async (t) => {
  const scenario = new Masters(coreConfig([A, B]));
  const tracked = { ...B, tracks: faultTracks("probe") };
  for (const [config, message] of [
    [coreConfig([A, B, B]), /virtual router eth0\/ipv4\/2 is there twice/],
    [coreConfig([A, { ...B, name: "a" }]), /two virtual routers are called a; .*ipv4\/2: it is called a/],
    [coreConfig([A, { ...B, name: "c" }]), /ipv4\/2: it is called c, and was called b/],
    [coreConfig([A, { ...B, version: 2 }]), /ipv4\/2: it speaks another version/],
    [coreConfig([A, { ...B, password: Uint8Array.of(1) }]), /ipv4\/2: it has another password/],
    [coreConfig([A, tracked]), /ipv4\/2: there is no check probe/],
    [
      coreConfig([A, { ...B, virtualAddresses: ["192.0.2.20", "192.0.2.20"] }]),
      /192.0.2.20\/32 is there twice/,
    ],
    [coreConfig([{ ...B, name: "c" }]), /ipv4\/2: it is called c/],
  ] as const)
    scenario.refuse(t, config, message);
});

t.test(
  "a virtual router that waits may come to another interface, one that takes part may not",
  async (t) => {
    const waiting = coreConfig([A]);
    const router = waiting.routers[0]!;
    const virtualAddresses = router.virtualAddresses.map((entry) => ({ ...entry, interface: "eth1" }));
    const moved = { ...waiting, routers: [{ ...router, interface: "eth1", virtualAddresses }] };
    const scenario = new Scenario(waiting);
    scenario.send({ type: "link", interface: "eth0", link: null });
    scenario.send({ type: "configure", config: moved });
    t.equal(scenario.status().interface, "eth1");
    t.equal(scenario.status().id, "eth0/ipv4/1", "it is the same as before");
    scenario.send({ type: "link", interface: "eth1", link: LINK });
    scenario.send({ type: "addresses", interface: "eth1", addresses: [] });
    const source = ip(OUR_SOURCE);
    scenario.send({ type: "source", interface: "eth1", family: "ipv4", source, detail: null });
    scenario.advance(5);
    t.equal(scenario.state, "MASTER");
    t.match(scenario.take("add"), [/192.0.2.10/]);
    new Masters(waiting).refuse(t, moved, /eth0\/ipv4\/1: it moves from eth0 to eth1/);
  },
);

t.test("what it has a virtual MAC address on goes along with it, where it may go", async (t) => {
  const vmacOn = (on: string, mac = "00:00:5e:00:01:01"): Vmac => {
    const bytes = Buffer.from(mac.replaceAll(":", ""), "hex");
    return { name: "vrrp.1", on, mac: macFromBytes(bytes), family: "ipv4", adverts: "sent" };
  };
  const waiting = coreConfig([{ ...A, vmacs: [vmacOn("eth0")] }]);
  const [router] = waiting.routers;
  const on = (...vmacs: Vmac[]) => ({ ...waiting, routers: [{ ...router!, interface: "eth1", vmacs }] });
  const scenario = new Scenario(waiting);
  scenario.send({ type: "link", interface: "eth0", link: null });
  scenario.send({ type: "configure", config: on(vmacOn("eth1")) });
  t.equal(scenario.status().interface, "eth1");
  const refused = { code: "ECONFIGURE", message: /other virtual MAC addresses/ };
  for (const other of [vmacOn("eth2"), vmacOn("eth1", "00:00:5e:00:01:02")])
    t.throws(() => scenario.send({ type: "configure", config: on(other) }), refused);
  new Masters(waiting).refuse(t, on(vmacOn("eth1")), /it moves from eth0 to eth1/);
});

t.test("a contradiction is in the way of the virtual router that has it, and of no other", async (t) => {
  const why = "all peers are this node itself";
  const scenario = new Masters(coreConfig([A, B]));
  scenario.adopt(coreConfig([A, { ...B, contradiction: why }]));
  t.same(scenario.states, ["a MASTER", "b FAULT"]);
  t.match(scenario.status(1), { reason: why, code: "contradiction" });
  scenario.adopt(coreConfig([A, B]));
  t.same(scenario.states, ["a MASTER", "b BACKUP"]);
  t.equal(scenario.status(0).counters.becomeMaster, 1);
});
