/** From symptoms to causes: what status makes of what a core went through. */
import t from "tap";
import { macFromBytes } from "../../../src/base/mac.js";
import { worstOf } from "../../../src/daemon/status/problems/found.js";
import { coreConfig, onLinkPeer, type RouterOverrides } from "../../core/configurations.js";
import { Scenario } from "../../core/scenario.js";
import { ip, kernelAddress, keyOf, LINK, ROUTER, VIRTUAL_ADDRESS } from "../../core/values.js";
import { problemsIn, toldIn } from "./site.js";

const RIVAL = "192.0.2.1";
const mac = (last: number) => macFromBytes(Uint8Array.of(2, 0, 0, 0, 0, last));

function claim(scenario: Scenario, last: number, address = VIRTUAL_ADDRESS): void {
  scenario.send({ type: "addressConflict", router: ROUTER, address: keyOf(address), mac: mac(last) });
}

/** It has followed a master, which then fell silent. */
function successor(): Scenario {
  const scenario = Scenario.started({ priority: 50 });
  scenario.adverts({ priority: 200, from: RIVAL }, 10);
  scenario.advance(10);
  return scenario;
}

t.test("a healthy master and a healthy backup have nothing to say", async (t) => {
  const master = Scenario.master();
  master.advance(100);
  t.strictSame(toldIn(master), []);
  const backup = Scenario.started({ priority: 50 });
  backup.adverts({ priority: 200 }, 300);
  t.strictSame(toldIn(backup, [{ priority: 50 }]), []);
  backup.advert({ priority: 0 });
  backup.advance(100);
  t.equal(backup.state, "MASTER");
  t.strictSame(toldIn(backup, [{ priority: 50 }]), [], "its master has released");
});

t.test("a rival that goes on does not hear this node; a MAC address that shows up is its", async (t) => {
  const scenario = Scenario.master();
  scenario.advance(10);
  scenario.adverts({ priority: 50, from: RIVAL }, 1);
  t.strictSame(toldIn(scenario), [], "both need the time to notice");
  scenario.adverts({ priority: 50, from: RIVAL }, 9);
  t.match(toldIn(scenario), [
    /^error two-masters: 192\.0\.2\.1 advertises as master too, with priority 50 \(this node: 100\): 10 adverts since 2026-01-01T00:00:14\.609Z, though this node advertises\. It does not hear this node/,
  ]);
  claim(scenario, 0x77);
  t.match(toldIn(scenario), [
    /two-masters: .* and 02:00:00:00:00:77 answers for 192\.0\.2\.10\. It does not/,
  ]);
  claim(scenario, 0x78, VIRTUAL_ADDRESS);
  t.match(problemsIn(scenario)[0]!.action, /vrrpd doctor on 192\.0\.2\.1/);
});

t.test("thirty instances with one cause are one problem", async (t) => {
  const routers = Array.from({ length: 30 }, (_, place): RouterOverrides => {
    return { name: `web_${place + 1}`, virtualAddresses: [`198.51.100.${place + 1}`], priority: 100 };
  });
  const scenario = Scenario.master(coreConfig(routers));
  scenario.advance(10);
  const ids = scenario.core.status().routers.map(({ id }) => id);
  for (let second = 0; second < 6; second += 1) {
    scenario.advance(1);
    for (const [place, router] of ids.entries()) {
      const addresses = [`198.51.100.${place + 1}`];
      scenario.advert({ router, virtualRouterId: place + 1, addresses, priority: 50, from: RIVAL });
    }
  }
  const [one, ...others] = problemsIn(scenario, routers);
  t.strictSame(others, []);
  t.match(one, { code: "two-masters", instance: null, text: /: 180 adverts since/ });
  t.equal(one!.instances.length, 30);
});

t.test("deaf: the master that was heard last still answers for its address", async (t) => {
  const scenario = successor();
  t.equal(scenario.state, "MASTER");
  t.match(toldIn(scenario, [{ priority: 50 }]), [
    /^warning master-lost: 192\.0\.2\.1, master with priority 200 until then, fell silent at 2026-01-01T00:00:10\.000Z/,
  ]);
  claim(scenario, 0x77);
  const [deaf, ...others] = problemsIn(scenario, [{ priority: 50 }]);
  t.strictSame(others, [], "nobody is told to take the address off the rightful master");
  t.match(deaf, {
    severity: "error",
    code: "deaf",
    since: "2026-01-01T00:00:10.000Z",
    text: /^192\.0\.2\.1, master .*, fell silent at .*, and its host still answers, as 02:00:00:00:00:77 answers for 192\.0\.2\.10: .* unheard, or .* dead or frozen/,
    action: /^Run vrrpd status on 192\.0\.2\.1\. .*IP protocol 112 .*vrrpd doctor/,
  });
  scenario.advert({ priority: 200, from: RIVAL });
  t.strictSame(toldIn(scenario, [{ priority: 50 }]), [], "it hears again");
});

t.test(
  "a MAC address that is known to be another's is not taken for the master that fell silent",
  async (t) => {
    const scenario = Scenario.started({ priority: 50 });
    scenario.adverts({ priority: 200, from: RIVAL }, 10);
    claim(scenario, 0x77);
    scenario.advance(10);
    claim(scenario, 0x78);
    t.match(toldIn(scenario, [{ priority: 50 }]), [
      /^error address-conflict: 192\.0\.2\.10 is also answered by 02:00:00:00:00:78, of whom no advert is heard/,
      /^warning master-lost/,
    ]);
    claim(scenario, 0x77);
    t.match(toldIn(scenario, [{ priority: 50 }]), [/^error deaf: .*02:00:00:00:00:77/]);
  },
);

t.test("a host outside VRRP", async (t) => {
  const scenario = Scenario.master();
  scenario.advance(10);
  claim(scenario, 0x77);
  t.match(toldIn(scenario), [/^error address-conflict: 192\.0\.2\.10 is also answered by 02:00:00:00:00:77/]);
});

t.test("a refused speaker explains the second master; one of another cluster does not", async (t) => {
  const ours = { version: 2, password: Uint8Array.from(Buffer.from("ours\0\0\0\0")) } as const;
  const theirs = { version: 2, password: Uint8Array.from(Buffer.from("other\0\0\0")), priority: 50 } as const;
  const scenario = Scenario.master(ours);
  scenario.advance(10);
  scenario.adverts({ ...theirs, from: RIVAL }, 5);
  claim(scenario, 0x77);
  t.match(toldIn(scenario, [ours]), [
    /^error refused-authentication-mismatch: adverts of 192\.0\.2\.1 are refused \(5 so far\): its password is not ours\. So it is master beside this node since .*, and 02:00:00:00:00:77 answers for 192\.0\.2\.10$/,
  ]);
  const other = Scenario.master(ours);
  other.advance(10);
  other.adverts({ ...theirs, from: RIVAL, addresses: ["203.0.113.1"] }, 5);
  t.match(toldIn(other, [ours]), [
    /^error stranger: 192\.0\.2\.1 uses our virtual router id 1 for other addresses: 203\.0\.113\.1; its adverts are refused, as its password is not ours$/,
  ]);
});

t.test("loss is told once there is enough of it, and the changes of state with it", async (t) => {
  const scenario = Scenario.started({ priority: 50 });
  const hear = (pattern: string) => {
    for (const heard of pattern) {
      scenario.advance(1);
      if (heard === "1") scenario.advert({ priority: 200, from: RIVAL });
    }
  };
  hear("1111110111111111111111111111");
  t.strictSame(toldIn(scenario, [{ priority: 50 }]), [], "one of many");
  hear("10000110001000011100001");
  t.match(toldIn(scenario, [{ priority: 50 }]), [
    /^error lossy: 32 % of the adverts of 192\.0\.2\.1 do not arrive: 16 of the last 50 are missing, since 2026-01-01T00:00:07\.000Z; so this node changed its state \d+ times$/,
  ]);
});

t.test("whoever claims again and again and gives way loses what this node sends", async (t) => {
  const scenario = Scenario.master();
  for (let time = 0; time < 3; time += 1) {
    scenario.advance(20);
    scenario.advert({ priority: 50, from: RIVAL });
  }
  t.match(toldIn(scenario), [
    /^warning challenged: 192\.0\.2\.1, of priority 50, became master beside this node 3 times since /,
  ]);
  scenario.advance(700);
  t.strictSame(toldIn(scenario), [], "that is long ago");
});

t.test("a link that comes and goes; a port that stays dark after link up", async (t) => {
  const scenario = Scenario.master();
  for (let time = 0; time < 3; time += 1) {
    scenario.link({ carrier: false });
    scenario.advance(1);
    scenario.link({});
    scenario.advance(10);
  }
  t.match(toldIn(scenario), [/^warning flapping: its link or its address comes and goes: 3 times since /]);
  const dark = Scenario.master();
  dark.link({ carrier: false });
  dark.advance(5);
  dark.link({});
  dark.advance(30);
  t.strictSame(toldIn(dark), []);
  dark.advert({ priority: 50, from: RIVAL });
  t.match(toldIn(dark), [
    /^warning dark-port: for 30\.0 s after link up at .* nobody was heard on eth0, so this node became master beside 192\.0\.2\.1: the switch port/,
  ]);
  t.match(problemsIn(dark)[0]!.action, /portfast.*VRRPD_LINK_GRACE=35/);
  const lower = Scenario.master();
  lower.link({ carrier: false });
  lower.advance(5);
  lower.link({});
  lower.advance(30);
  lower.advert({ priority: 200, from: RIVAL });
  t.match(toldIn(lower), [/^warning dark-port: .* beside 192\.0\.2\.1:/]);
});

t.test("an address that is removed again and again", async (t) => {
  const scenario = Scenario.master();
  const remove = () => scenario.changed("removed", kernelAddress(VIRTUAL_ADDRESS));
  scenario.advance(10);
  remove();
  scenario.advance(60);
  t.strictSame(toldIn(scenario), [], "once: it is there again");
  remove();
  t.match(toldIn(scenario), [
    /^error address-removed: somebody on this host removes 192\.0\.2\.10\/32 from eth0: 2 times since 2026-01-01T00:00:13\.609Z, the last time at 2026-01-01T00:01:13\.609Z/,
  ]);
  scenario.advance(60);
  t.match(toldIn(scenario), [/^warning address-removed/], "it is there again");
});

t.test("a sync group whose members hear different things", async (t) => {
  const routers: RouterOverrides[] = [
    { name: "inside", priority: 50 },
    { name: "outside", interface: "eth1", priority: 50, virtualAddresses: ["203.0.113.10"] },
  ];
  const config = coreConfig(routers);
  const members = config.routers.map(({ id }) => id);
  const scenario = new Scenario({ ...config, groups: [{ name: "gateway", members, notify: [] }] });
  scenario.start();
  scenario.send({ type: "link", interface: "eth1", link: { ...LINK, index: 3 } });
  scenario.send({ type: "addresses", interface: "eth1", addresses: [] });
  scenario.send({
    type: "source",
    interface: "eth1",
    family: "ipv4",
    source: kernelAddress("203.0.113.2").address,
    detail: null,
  });
  scenario.adverts({ router: members[0]!, priority: 200, from: RIVAL }, 20);
  t.match(toldIn(scenario, routers), [
    /^error group-split: in sync group gateway outside on eth1 hears nobody, while inside follows 192\.0\.2\.1 on eth0/,
  ]);
});

t.test("what is acknowledged is listed last, and does not count", async (t) => {
  const scenario = Scenario.master();
  scenario.advert({ priority: 100, from: RIVAL });
  scenario.advance(40);
  claim(scenario, 0x77);
  const codes = (...acknowledged: { code: string; instance: string | null }[]) =>
    problemsIn(scenario, [{}], { acknowledged });
  t.equal(worstOf(codes()), "error");
  const known = codes({ code: "address-conflict", instance: null });
  t.match(known, [{ code: "equal-priority" }, { code: "address-conflict", acknowledged: true }]);
  t.equal(worstOf(known), "warning");
  t.equal(worstOf(codes({ code: "address-conflict", instance: "another" })), "error");
  t.equal(worstOf(codes({ code: "address-conflict", instance: "web" })), "warning");
});

t.test("two nodes that have yielded have the same priority, and nobody has set it", async (t) => {
  const scenario = Scenario.started({ priority: 50 });
  scenario.adverts({ priority: 200, from: RIVAL }, 10);
  scenario.send({ type: "yield", instances: null, until: null, force: false, persistent: false });
  const { priority } = scenario.status();
  scenario.adverts({ priority: priority!, from: RIVAL }, 10);
  t.strictSame(
    problemsIn(scenario, [{ priority: 50 }]).filter(({ code }) => code === "equal-priority"),
    [],
  );
});

t.test("only a master misses a peer that does not answer", async (t) => {
  const router: RouterOverrides = { unicastPeers: [onLinkPeer(ip(RIVAL))] };
  const unreachable = [RIVAL];
  t.match(toldIn(Scenario.master(router), [router], { unreachable }), [
    /^warning peer-unreachable: the unicast peer 192\.0\.2\.1 does not answer ARP on eth0/,
  ]);
  const backup = Scenario.started({ ...router, priority: 50 });
  backup.adverts({ priority: 200, from: "192.0.2.3" }, 10);
  t.equal(backup.state, "BACKUP");
  const codes = problemsIn(backup, [{ ...router, priority: 50 }], { unreachable }).map(({ code }) => code);
  t.notOk(codes.includes("peer-unreachable"));
});
