/** IPv6: adverts to ff02::12 with hop limit 255, /128 addresses, Neighbor Advertisements, mixed groups. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { advert, neighborAdvertisement, until } from "../netns/index.js";

const VIP6 = "2001:db8::101";
const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };

t.test(
  "[5.1.2.3-1 +] [6.4.2-7 +] [7.2-3 +] an IPv6 address fails over, announced by Neighbor Advertisements",
  async (t) => {
    const nodes = await Nodes.create(t, {
      OPENSHIFT_HA_VIRTUAL_IPS: "2001:db8::101-102",
      OPENSHIFT_HA_VIP_GROUPS: "1",
    });
    const a = nodes.start("a", HIGH);
    await nodes.untilHeldBy("a", VIP6);
    nodes.start("b", LOW);
    const first = await nodes.capture.waitFor(advert({ from: "a" }));
    t.match(first, { family: "ipv6", source: /^fe80:/, destination: "ff02::12", ttl: 255 });
    t.match(first.advert, { version: 3, virtualRouterId: 1, priority: 200 });
    t.strictSame(
      first.advert.addresses.map(({ text }) => text),
      [VIP6, "2001:db8::102"],
    );
    const announced = await nodes.capture.waitFor(neighborAdvertisement({ target: VIP6 }));
    t.match(announced, { targetMac: nodes.host("a").mac, override: true, solicited: false, router: false });
    const shown = JSON.parse(await nodes.host("a").ok(["ip", "-j", "-6", "address", "show", "dev", "ens3"]));
    const added = shown[0].addr_info.find((entry: { local: string }) => entry.local === VIP6);
    t.match(added, { prefixlen: 128, scope: "global", nodad: true, deprecated: true });
    a.kill("SIGKILL");
    await nodes.capture.waitFor(advert({ from: "b" }), { timeoutMs: 30_000 });
    await until(() => nodes.host("b").hasAddress("2001:db8::102"), { what: "the addresses on b" });
    await nodes.capture.waitFor(
      (frame) => frame.kind === "neighbor-advertisement" && frame.from === "b" && frame.target === VIP6,
    );
  },
);

t.test("a group of both families becomes two virtual routers with one id", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},${VIP6}`,
    OPENSHIFT_HA_VIP_GROUPS: "1",
  });
  const a = nodes.start("a", HIGH);
  nodes.start("b", LOW);
  await nodes.untilHeldBy("a", VIP);
  await nodes.untilHeldBy("a", VIP6);
  t.match((await nodes.status("a")).instances, [
    { name: "ipfailover_VIP_1", family: "ipv4", virtualRouterId: 1, state: "MASTER" },
    { name: "ipfailover_VIP_1_v6", family: "ipv6", virtualRouterId: 1, state: "MASTER" },
  ]);
  a.kill("SIGTERM");
  await nodes.untilHeldBy("b", VIP);
  await nodes.untilHeldBy("b", VIP6);
});

t.test("waits in INIT, silent, while the link-local address is tentative", async (t) => {
  const nodes = await Nodes.create(
    t,
    { OPENSHIFT_HA_VIRTUAL_IPS: VIP6, VRRPD_ADVERT_INTERVAL: "0.1" },
    { duplicateAddressDetection: true, hosts: { late: { attached: false } } },
  );
  const late = nodes.host("late");
  const daemon = nodes.start("late", HIGH);
  await daemon.waitForLine(/interface ens3 does not exist/);
  await late.attach();
  // The kernel tells of a tentative address in lists, and by an event only once it is usable.
  await daemon.waitForLine(/ens3 has no link-local IPv6 address|fe80::.* is tentative/);
  t.notMatch(daemon.output, "Entering", "no word and no state before it is usable");
  await daemon.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
  t.ok(await late.hasAddress(VIP6));
});
