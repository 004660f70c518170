/** Interfaces and links that come, go and change: in the end exactly one master, everything right, nothing leaked. */
import t, { type Test } from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes, type Teardown } from "../lab/nodes.js";
import { advert, type Host, type HostProcess } from "../netns/index.js";
import { SECOND, settledDescriptors } from "./support.js";

t.jobs = 3;

const HIGH = { VRRPD_PRIORITY: "200" };
const LOW = { VRRPD_PRIORITY: "100" };
const FLAPS = 50;
const VIP6 = "2001:db8::101";

interface Pair {
  readonly nodes: Nodes;
  readonly daemon: HostProcess;
  readonly host: Host;
  readonly descriptors: readonly string[];
}

/** Two nodes; what is done happens to a, which is preferred and so is master again whenever it can be. */
async function settledPair(t: Teardown): Promise<Pair> {
  const hosts = {
    a: { addresses: ["192.0.2.40/24"], sysctls: { "net.ipv4.conf.all.promote_secondaries": "1" } },
  };
  const env = {
    OPENSHIFT_HA_PREEMPTION: "preempt",
    OPENSHIFT_HA_VIRTUAL_IPS: `${VIP} ${VIP6}`,
    OPENSHIFT_HA_VIP_GROUPS: "1",
  };
  const nodes = await Nodes.create(t, env, { hosts });
  const daemon = nodes.start("a", HIGH);
  nodes.start("b", LOW);
  for (const vip of [VIP, VIP6]) await nodes.untilHeldBy("a", vip);
  for (const instance of [0, 1]) await nodes.untilState("b", "BACKUP", instance);
  return { nodes, daemon, host: nodes.host("a"), descriptors: await settledDescriptors(daemon.pid) };
}

/** Nothing leaked, one membership, adverts and announcements as they should be, and nobody else speaks. */
async function checkMaster(t: Test, pair: Pair, source = "192.0.2.40", mac = pair.host.mac): Promise<void> {
  const { nodes, daemon, host, descriptors } = pair;
  for (const vip of [VIP, VIP6]) await nodes.untilHeldBy("a", vip, 60_000);
  t.strictSame(await settledDescriptors(daemon.pid), descriptors, "no descriptor more or less");
  t.match(
    await host.ok(["cat", "/proc/net/igmp"]),
    /120000E0\s+4 /,
    "one membership in 224.0.0.18 for each of its four sockets",
  );
  t.match(await host.ok(["cat", "/proc/net/igmp6"]), /ens3\s+ff02(0000){6}0012\s+4 /, "and one in ff02::12");
  const from = Date.now() * 1000;
  const seen = await nodes.capture.waitFor(advert({ source, afterMicros: from }), {
    what: `an advert from ${source}`,
  });
  const six = await nodes.capture.waitFor(advert({ family: "ipv6", afterMicros: from }));
  for (const { sourceMac } of [seen, six])
    t.equal(sourceMac, mac, "adverts leave with the interface's MAC address");
  await nodes.capture.waitFor(advert({ source, afterMicros: from + 2 * SECOND }));
  t.strictSame(nodes.capture.adverts({ from: "b", afterMicros: from }), [], "the other is silent");
  t.equal(await nodes.clientSees(), mac, "the client's cache is right");
}

t.test("carrier loss is FAULT, its return BACKUP and an election", async (t) => {
  const pair = await settledPair(t);
  const { nodes, daemon, host } = pair;
  const before = daemon.lines.length;
  await host.cut();
  await daemon.waitForLine(/ens3 has no carrier/, { after: before });
  await nodes.untilHeldBy("b");
  await host.heal();
  await daemon.waitForLine(/"from":"FAULT","to":"BACKUP"/, { after: before });
  await checkMaster(t, pair);
});

t.test(`down and up ${FLAPS} times in a row`, async (t) => {
  const pair = await settledPair(t);
  const flap = `for i in $(seq ${FLAPS}); do ip link set ens3 down; ip link set ens3 up; done`;
  await pair.host.ok(["sh", "-ec", flap], { timeoutMs: 120_000 });
  await checkMaster(t, pair);
  t.ok(pair.daemon.running);
});

t.test("deleted and made again under the same name, ten times", async (t) => {
  const pair = await settledPair(t);
  const { nodes, daemon, host } = pair;
  for (let round = 0; round < 10; round += 1) {
    const before = daemon.lines.length;
    await host.detach();
    // Every other time it is back before the daemon can have noticed.
    if (round % 2 === 0) await daemon.waitForLine(/"nodeAddress":null/, { after: before });
    await host.attach();
  }
  await checkMaster(t, pair);
  t.equal((await nodes.status("a")).instances[0]!.state, "MASTER");
});

/** Without going down first, where the kernel permits that. */
function rename(from: string, to: string): string[] {
  const down = `ip link set ${from} down; ip link set ${from} name ${to}; ip link set ${to} up`;
  return ["sh", "-ec", `ip link set ${from} name ${to} 2>/dev/null || { ${down}; }`];
}

t.test("renamed, and renamed back: the address does not stay on the renamed one", async (t) => {
  const pair = await settledPair(t);
  const { nodes, daemon, host } = pair;
  const before = daemon.lines.length;
  await host.ok(rename("ens3", "other"));
  await daemon.waitForLine(/"nodeAddress":null/, { after: before });
  await nodes.untilHeldBy("b");
  await host.ok(rename("other", "ens3"));
  await checkMaster(t, pair);
});

t.test("its address changed, then removed and returned", async (t) => {
  const pair = await settledPair(t);
  const { nodes, daemon, host } = pair;
  await host.ok(["ip", "address", "add", "192.0.2.44/24", "dev", "ens3"]);
  await host.ok(["ip", "address", "del", "192.0.2.40/24", "dev", "ens3"]);
  await checkMaster(t, pair, "192.0.2.44");
  const before = daemon.lines.length;
  await host.ok(["ip", "address", "del", "192.0.2.44/24", "dev", "ens3"]);
  await daemon.waitForLine(/Entering FAULT STATE/, { after: before });
  await nodes.untilHeldBy("b");
  await host.ok(["ip", "address", "add", "192.0.2.40/24", "dev", "ens3"]);
  await checkMaster(t, pair);
});

t.test("its MAC address and its MTU changed", async (t) => {
  const pair = await settledPair(t);
  const mac = "02:00:00:00:00:aa";
  await pair.host.ok(["ip", "link", "set", "ens3", "mtu", "1400"]);
  const changedAt = Date.now() * 1000;
  await pair.host.ok(["ip", "link", "set", "ens3", "address", mac]);
  await pair.nodes.capture.waitFor(
    (frame) =>
      frame.kind === "arp" && frame.gratuitous && frame.senderMac === mac && frame.atMicros > changedAt,
    { what: "an announcement of the new MAC address" },
  );
  await checkMaster(t, pair, "192.0.2.40", mac);
});
