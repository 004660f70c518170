/** What a master announces beyond its takeover, as the wire counts it and as a client's ARP table judges it. */
import t from "tap";
import { startSpeaker } from "../hostile/support.js";
import { VIP } from "../lab/environment.js";
import { NODE_ADDRESSES, Nodes } from "../lab/nodes.js";
import { advert, arp, until } from "../netns/index.js";

t.jobs = 4;

const SECOND = 1_000_000;

/** The client believes that this host has the address, as after announcements that it alone heard or never got. */
async function mislead(nodes: Nodes, host: string): Promise<void> {
  const client = nodes.host("client");
  const entry = ["lladdr", nodes.host(host).mac, "dev", client.interface, "nud", "stale"];
  await client.ok(["ip", "neighbor", "replace", VIP, ...entry]);
}

async function untilClientKnows(nodes: Nodes, host: string): Promise<void> {
  const { mac } = nodes.host(host);
  await until(
    async () =>
      (await nodes.host("client").neighbors()).some((one) => one.address === VIP && one.mac === mac),
    { what: `the client's ARP entry to be that of ${host}`, timeoutMs: 20_000 },
  );
}

t.test("adverts of lower priority, ten a second: announcements stay within the limit", async (t) => {
  const vips = "192.0.2.101-105";
  const nodes = await Nodes.create(t, {
    OPENSHIFT_HA_VIRTUAL_IPS: vips,
    OPENSHIFT_HA_VIP_GROUPS: "1",
    VRRPD_PRIORITY: "200",
    VRRPD_ANNOUNCE_LIMIT: "4",
  });
  nodes.start("a");
  await nodes.untilHeldBy("a");
  const addresses = [101, 102, 103, 104, 105].map((last) => `192.0.2.${last}`);
  const announced = (sender: string) => nodes.capture.arps({ from: "a", sender, gratuitous: true }).length;
  await until(() => addresses.every((address) => announced(address) >= 10), {
    what: "the takeover's announcements",
    timeoutMs: 30_000,
  });
  const before = addresses.map(announced);
  const rival = { source: "192.0.2.99", virtualRouterId: 1, priority: 50, intervalSeconds: 0.1 };
  startSpeaker(nodes.host("client"), { ...rival, addresses });
  const forged = () => nodes.capture.adverts({ source: rival.source }).length;
  await until(() => forged() >= 60, { what: "60 forged adverts", timeoutMs: 60_000 });
  const spent = addresses.map((address, index) => announced(address) - before[index]!);
  t.comment(`announcements of each address against ${forged()} adverts: ${spent.join(", ")}`);
  const answers = nodes.capture.adverts({ from: "a" }).length;
  t.ok(answers > 20, `the rival is answered by adverts all the same: ${answers}`);
  t.ok(
    spent.every((count) => count >= 1 && count <= 4),
    "each address at least once, and at most four times",
  );
});

t.test("one that yields in silence has the other announce: a client's ARP entry follows", async (t) => {
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_PREEMPTION: "preempt_delay 0" });
  nodes.start("a", { VRRPD_PRIORITY: "200", VRRPD_ADVERT_INTERVAL: "0.2" });
  await nodes.untilHeldBy("a");
  // Its port is dark: it hears nobody, claims, and advertises so rarely that it hears the other before it speaks.
  const [b, client] = [nodes.host("b"), nodes.host("client")];
  await b.isolate();
  nodes.start("b", { VRRPD_PRIORITY: "100", VRRPD_ADVERT_INTERVAL: "5" });
  await nodes.untilState("b", "MASTER");
  const quiet = () => Date.now() * 1000 - nodes.capture.arps({ from: "a", sender: VIP }).at(-1)!.atMicros;
  await until(() => quiet() > 2 * SECOND, { what: "the takeover's announcements to end", timeoutMs: 30_000 });
  await mislead(nodes, "b");
  await b.rejoin();
  await nodes.untilState("b", "BACKUP");
  await untilClientKnows(nodes, "a");
  t.strictSame(nodes.capture.adverts({ source: NODE_ADDRESSES.b }), [], "it yielded without an advert");
  t.ok(await client.reaches(VIP));
});

t.test("one that dies beside us as a lower master is announced against", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_ADVERT_INTERVAL: "0.2", VRRPD_PRIORITY: "200" });
  nodes.start("a");
  await nodes.untilHeldBy("a");
  const rival = { source: "192.0.2.99", virtualRouterId: 1, priority: 50, addresses: [VIP] };
  const speaker = startSpeaker(nodes.host("client"), { ...rival, intervalSeconds: 0.5 });
  await nodes.capture.waitFor(advert({ source: rival.source }));
  await until(() => nodes.capture.adverts({ source: rival.source }).length > 4, {
    what: "the rival's adverts",
  });
  speaker.kill("SIGKILL");
  await mislead(nodes, "b");
  const silentFrom = nodes.capture.adverts({ source: rival.source }).at(-1)!.atMicros;
  await nodes.capture.waitFor(
    arp({ from: "a", sender: VIP, gratuitous: true, afterMicros: silentFrom + 1.6 * SECOND }),
    { what: "an announcement after the rival's down interval", timeoutMs: 20_000 },
  );
  await untilClientKnows(nodes, "a");
});

t.test("VRRPD_ANNOUNCE_REFRESH corrects a client that missed the announcements", async (t) => {
  const nodes = await Nodes.create(t, { VRRPD_ANNOUNCE_REFRESH: "8" });
  nodes.start("a");
  await nodes.untilHeldBy("a");
  const announcements = () => nodes.capture.arps({ from: "a", sender: VIP, gratuitous: true });
  const quiet = () => Date.now() * 1000 - announcements().at(-1)!.atMicros > 1.5 * SECOND;
  await until(() => announcements().length >= 10 && quiet(), {
    what: "the takeover's announcements",
    timeoutMs: 30_000,
  });
  await mislead(nodes, "b");
  await untilClientKnows(nodes, "a");
});
