import { spawn } from "node:child_process";
import t from "tap";
import { takeSnapshot } from "../../../src/host/netlink/dump.js";
import { gatherHostFacts } from "../../../src/host/netlink/facts.js";
import { until } from "../../netns/until.js";
import {
  addPair,
  enterNamespace,
  indexOf,
  ip,
  ipBatch,
  shownAddresses,
  virtualAddresses,
} from "./support.js";

enterNamespace();
addPair("eth0", "eth1");

t.test("links and addresses as the kernel has them", async (t) => {
  ip("address add 192.0.2.1/24 dev eth0");
  ip("address add 192.0.2.2/24 dev eth0 label eth0:vip");
  ip("address add 2001:db8::1/64 dev eth0");
  ip("link set eth1 down");
  ip("link set lo mtu 1500");
  const { interfaces, defaultRoute } = gatherHostFacts();
  t.same(interfaces.map(({ name }) => name).sort(), ["eth0", "eth1", "lo"]);
  const named = new Map(interfaces.map((facts) => [facts.name, facts]));
  t.match(named.get("eth0")!.link, { index: indexOf("eth0"), up: true, carrier: false, mtu: 1500 });
  t.match(named.get("eth1")!.link, { up: false, carrier: false });
  t.equal(named.get("lo")!.link.mtu, 1500);
  const globals = named.get("eth0")!.addresses.filter(({ scope }) => scope === "global");
  const addresses = globals.map(({ address, ...rest }) => ({ text: address.text, ...rest }));
  const plain = { tentative: false, validSeconds: null, marked: false };
  t.match(addresses, [
    { text: "192.0.2.1", prefixLength: 24, scope: "global", secondary: false, label: "eth0", ...plain },
    { text: "192.0.2.2", prefixLength: 24, scope: "global", secondary: true, label: "eth0:vip", ...plain },
    { text: "2001:db8::1", prefixLength: 64, scope: "global", secondary: false, label: null, ...plain },
  ]);
  t.equal(defaultRoute, null);
  ip("link set eth1 up");
});

t.test("a tentative address is told as such", async (t) => {
  ip("link add vnet0 type veth peer name vnet1");
  ip("link set vnet0 up");
  ip("link set vnet1 up");
  ip("address add 2001:db8:2::1/64 dev vnet0");
  const vnet0 = gatherHostFacts().interfaces.find(({ name }) => name === "vnet0")!;
  t.equal(vnet0.addresses.find(({ address }) => address.text === "2001:db8:2::1")!.tentative, true);
  ip("link del vnet0");
});

t.test("the default route with the lowest metric, and its preferred source", async (t) => {
  ip("address replace 192.0.2.1/24 dev eth0");
  ip("address replace 203.0.113.1/24 dev eth1");
  ip("route add 198.51.100.0/24 via 192.0.2.253 metric 1");
  ip("route add default via 192.0.2.252 table 77");
  t.equal(gatherHostFacts().defaultRoute, null, "a route of another table does not count");
  ip("route add default via 192.0.2.254 metric 300");
  t.same(gatherHostFacts().defaultRoute, { interface: "eth0", source: null });
  ip("route add default via 203.0.113.254 src 203.0.113.1 metric 200");
  t.match(gatherHostFacts().defaultRoute, { interface: "eth1", source: { text: "203.0.113.1" } });
  ip("route add default metric 100 nexthop via 192.0.2.254 nexthop via 203.0.113.254");
  t.same(gatherHostFacts().defaultRoute, { interface: "eth0", source: null }, "of several ways the first");
});

t.test("a list is whole even while others change it", async (t) => {
  const staying = virtualAddresses("ipv4", 1000);
  ipBatch(staying.map(({ address }) => `address add ${address.text}/32 dev eth0`));
  // One of another scope stands first in the kernel's list, and moves all the others when it comes and goes.
  const first = "192.0.2.200/32 dev eth0";
  const churn = `address add ${first} scope link\naddress del ${first}\n`.repeat(200);
  const directory = t.testdir({ churn });
  // With gaps: who changes addresses without a pause leaves no moment for a list.
  const forever = `while :; do ip -batch ${directory}/churn; sleep 0.002; done`;
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "sh", "-c", forever], { stdio: "ignore" });
  t.teardown(() => child.kill("SIGKILL"));
  await until(() => shownAddresses("eth0").some(({ local }) => local === "192.0.2.200"), {
    what: "the churn",
  });
  const wanted = staying.map(({ address }) => address.text).sort();
  const index = indexOf("eth0");
  // Newer kernels make lists without their lock: one of thousands lacks an address and does not say so. The next has it.
  let lackedBefore: readonly string[] = [];
  for (let round = 0; round < 100; round += 1) {
    const { addresses, malformed } = takeSnapshot();
    const there = addresses.flatMap(({ interfaceIndex, address }) =>
      interfaceIndex === index && address.prefixLength === 32 && address.scope === "global"
        ? [address.address.text]
        : [],
    );
    // One that the kernel lists twice, because another came before it meanwhile, is still one.
    const listed = new Set(there);
    const lacked = wanted.filter((address) => !listed.has(address));
    const twice = lacked.filter((address) => lackedBefore.includes(address));
    if (twice.length > 0) t.fail(`${twice.length} of ${wanted.length} lacked twice, in round ${round}`);
    if (lacked.length > 1) t.fail(`${lacked.length} of ${wanted.length} lacked in round ${round}`);
    if (listed.size + lacked.length !== wanted.length) t.fail(`more than was there, in round ${round}`);
    if (malformed !== 0) t.fail(`${malformed} malformed`);
    lackedBefore = lacked;
  }
  t.pass("a hundred lists");
});
