/** Others who speak for our virtual router or our addresses: each is reported, at most once a minute. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { advert, until } from "../netns/index.js";
import { logged, SECOND, startSpeaker, untilMaster } from "./support.js";

t.jobs = 3;

/** Adverts that are waited for before one looks how often they were reported. */
const ENOUGH = 4;

async function heard(nodes: Nodes, source: string, id: number): Promise<void> {
  const seen = () => nodes.capture.adverts({ source, virtualRouterId: id }).length >= ENOUGH;
  await until(seen, { what: `${ENOUGH} adverts of ${source}`, timeoutMs: 30_000 });
}

t.test("one with our id and shared addresses: followed or outranked, its other list reported", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await untilMaster(a);
  const rival = { source: "192.0.2.99", virtualRouterId: 1, priority: 100, addresses: [VIP, "192.0.2.150"] };
  startSpeaker(nodes.host("client"), rival);
  await heard(nodes, rival.source, 1);
  const [report, ...more] = logged(a, "address-list");
  t.match(report, {
    msg: "(ipfailover_VIP_1) the addresses of 192.0.2.99 differ from ours: 192.0.2.101, 192.0.2.150",
    source: "192.0.2.99",
    priority: 100,
    addresses: rival.addresses,
  });
  t.strictSame(more, [], "once a minute");
  await nodes.untilHeldBy("a");
});

t.test("one with our id and none of our addresses is reported and not obeyed", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.start("a", { VRRPD_PRIORITY: "100" });
  await untilMaster(a);
  const rival = { source: "192.0.2.99", virtualRouterId: 1, priority: 250, addresses: ["192.0.2.150"] };
  startSpeaker(nodes.host("client"), rival);
  await heard(nodes, rival.source, 1);
  const reports = logged(a, "stranger");
  t.equal(reports.length, 1, "once a minute");
  t.match(reports[0], { source: "192.0.2.99", priority: 250, addresses: ["192.0.2.150"] });
  await nodes.untilHeldBy("a");
  t.match((await nodes.status("a")).instances[0], { state: "MASTER", counters: { becomeMaster: 1 } });
});

t.test("one that claims 255 for ever is yielded to, and named", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.start("a", { VRRPD_PRIORITY: "254" });
  await untilMaster(a);
  const rival = { source: "192.0.2.99", virtualRouterId: 1, priority: 255, addresses: [VIP] };
  startSpeaker(nodes.host("client"), rival);
  const line = await a.waitForLine(/Entering BACKUP STATE/, { after: 3 });
  t.match(JSON.parse(line.text), { cause: "192.0.2.99 has the higher priority 255", rivalPriority: 255 });
  await heard(nodes, rival.source, 1);
  const reports = logged(a, "rival-owner");
  t.equal(reports.length, 1, "once a minute");
  t.match(reports[0], { source: "192.0.2.99", priority: 255, addresses: [VIP] });
  t.match((await nodes.status("a")).instances[0], {
    state: "BACKUP",
    master: { address: "192.0.2.99", priority: 255 },
    counters: { becomeMaster: 1, releaseMaster: 1 },
  });
  t.notOk(await nodes.host("a").hasAddress(VIP));
});

t.test("equal priority: of two masters the greater address stays, and it is reported", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_PRIORITY: "100" });
  const [a, b] = [nodes.start("a"), nodes.start("b")];
  await nodes.host("a").isolate();
  await Promise.all([untilMaster(a), untilMaster(b)]);
  const before = a.lines.length;
  await nodes.host("a").rejoin();
  const line = await a.waitForLine(/Entering BACKUP STATE/, { after: before });
  t.match(JSON.parse(line.text), { cause: "192.0.2.41 has the same priority 100 and the greater address" });
  await nodes.untilHeldBy("b");
  const from = Date.now() * 1000;
  await nodes.capture.waitFor(advert({ from: "b", afterMicros: from + 3 * SECOND }), { timeoutMs: 20_000 });
  t.strictSame(nodes.capture.adverts({ from: "a", afterMicros: from }), [], "one master");
  const reports = logged(a, "equal-priority");
  t.equal(reports.length, 1, "once a minute");
  t.match(reports[0], { source: "192.0.2.41", priority: 100, addresses: [VIP] });
});

t.test("our address under another id is reported with that id", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.start("a");
  await untilMaster(a);
  const rival = { source: "192.0.2.99", virtualRouterId: 77, priority: 120, addresses: ["192.0.2.150", VIP] };
  startSpeaker(nodes.host("client"), rival);
  await heard(nodes, rival.source, 77);
  const reports = logged(a, "address-under-other-id");
  t.equal(reports.length, 1, "once a minute");
  t.match(reports[0], { source: "192.0.2.99", virtualRouterId: 77, priority: 120, addresses: [VIP] });
  await nodes.untilHeldBy("a");
});

t.test(
  "twins of one configuration, beside the operator's own addresses: nobody's address is taken away",
  async (t) => {
    const nodes = await Nodes.create(t);
    const host = nodes.host("a");
    const own = ["192.0.2.60/24", "192.0.2.61/32", "198.51.100.7/25"];
    for (const address of own) await host.ok(["ip", "address", "add", address, "dev", "ens3"]);
    const first = nodes.start("a");
    await nodes.untilHeldBy("a");
    const second = nodes.start("a", { VRRPD_SOCKET: "/run/vrrpd/second.sock" });
    await second.waitForLine(/another daemon on this host runs this virtual router/);
    const after = ["192.0.2.62/32"];
    for (const address of after) await host.ok(["ip", "address", "add", address, "dev", "ens3"]);
    await second.stop();
    t.ok(await host.hasAddress(VIP), "the twin's end takes nothing away");
    await first.stop();
    const held = (await host.addresses()).map(({ address, prefixLength }) => `${address}/${prefixLength}`);
    for (const address of [...own, ...after, "192.0.2.40/24"])
      t.ok(held.includes(address), `${address} is there`);
    t.notOk(await host.hasAddress(VIP), "the daemon's own is gone with it");
  },
);
