/** Unicast: three nodes share one list; each leaves itself out of it. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

const PEERS = "192.0.2.40,192.0.2.41,192.0.2.42";

t.test(
  "three nodes with one list elect one master, and its death another; nothing is multicast",
  async (t) => {
    const nodes = await Nodes.create(
      t,
      { OPENSHIFT_HA_USE_UNICAST: "true", OPENSHIFT_HA_UNICAST_PEERS: PEERS },
      { hosts: { c: { addresses: ["192.0.2.42/24"] } } },
    );
    const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
    nodes.start("b", { VRRPD_PRIORITY: "150" });
    nodes.start("c", { VRRPD_PRIORITY: "100" });
    await nodes.untilHeldBy("a");
    const destinations = () =>
      [...new Set(nodes.capture.adverts({ from: "a" }).map(({ destination }) => destination))].sort();
    // A neighbour that has only just started may have to be asked for first.
    await until(() => destinations().length === 2, { what: "an advert to each peer" });
    t.strictSame(destinations(), ["192.0.2.41", "192.0.2.42"]);
    a.kill("SIGKILL");
    await nodes.untilState("b", "MASTER");
    t.match((await nodes.status("c")).instances[0], { state: "BACKUP" });
    t.notOk(await nodes.host("c").hasAddress(VIP));
    t.strictSame(
      nodes.capture.adverts().filter(({ destination }) => destination === "224.0.0.18"),
      [],
    );
  },
);

t.test("a speaker that is not in the list but shares an address counts, and is reported", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.2" });
  nodes.start("b", { VRRPD_PRIORITY: "200", OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.40" });
  await nodes.untilHeldBy("b");
  const a = nodes.start("a", { VRRPD_PRIORITY: "100", OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.99" });
  await a.waitForLine(/192\.0\.2\.41 is not one of the unicast peers/);
  t.match((await nodes.status("a")).instances[0], { state: "BACKUP", master: { address: "192.0.2.41" } });
});

t.test("a list with nobody but this node is a fault with that reason, never multicast", async (t) => {
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.40" });
  const a = nodes.start("a");
  await a.waitForLine(/Entering FAULT STATE/);
  const { instances } = await nodes.status("a");
  t.match(instances[0], { state: "FAULT", reason: /OPENSHIFT_HA_UNICAST_PEERS lists only this node's own/ });
  await until(async () => (await nodes.status("a")).instances[0]!.state === "FAULT", { what: "FAULT" });
  t.strictSame(nodes.capture.adverts(), []);
});

t.test("a node whose link comes back makes itself known to its peer's neighbour table", async (t) => {
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_UNICAST_PEERS: PEERS,
    OPENSHIFT_HA_PREEMPTION: "preempt_delay 300",
  });
  nodes.start("b", { VRRPD_PRIORITY: "100" });
  await nodes.untilHeldBy("b");
  const a = nodes.start("a", { VRRPD_PRIORITY: "200" });
  await a.waitForLine(/Entering BACKUP STATE/);
  await nodes.host("a").cut();
  await a.waitForLine(/Entering FAULT STATE/);
  const b = nodes.host("b");
  // What b believes for another half a minute, and sends its adverts to.
  const wrong = ["lladdr", "02:00:00:00:00:99", "nud", "reachable"];
  await b.ok(["ip", "neighbor", "replace", "192.0.2.40", "dev", "ens3", ...wrong]);
  const before = a.lines.length;
  await nodes.host("a").heal();
  await a.waitForLine(/Entering BACKUP STATE/, { after: before });
  await a.waitForLine(/192\.0\.2\.41 \(priority 100\) stays master for 300 s/, { after: before });
  const known = (await b.neighbors()).find(({ address }) => address === "192.0.2.40");
  t.equal(known?.mac, nodes.host("a").mac, "b knows where a is");
  t.strictSame(nodes.capture.adverts({ from: "a" }), [], "a has heard b, and claimed nothing");
});
