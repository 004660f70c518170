/** What a keepalived.conf says about elections and adverts, seen on the wire: each line changes who serves, or how. */
import t from "tap";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { VIP } from "../lab/environment.js";
import { NODE_ADDRESSES, Nodes, type Teardown } from "../lab/nodes.js";
import { advert, type HostProcess, until } from "../netns/index.js";

const FILE = "/etc/keepalived/keepalived.conf";
/** Enough adverts of a master for a better node that may take over to have done so. */
const MANY_ADVERTS = 20;

/** @param lines of the instance */
function configuration(lines: string): string {
  return `vrrp_instance web {
  interface ens3
  virtual_router_id 51
  version 3
  advert_int 0.1
  ${lines}
  virtual_ipaddress {
    ${VIP}/24
  }
}
`;
}

async function files(t: Teardown) {
  const nodes = await Nodes.create(t, {}, { privateDirectories: ["/etc/keepalived", "/run/vrrpd"] });
  const start = async (name: "a" | "b", lines: string): Promise<HostProcess> => {
    await nodes.host(name).writeFile(FILE, configuration(lines));
    const daemon = startVrrpd(nodes.host(name), {}, VRRPD, FILE);
    await daemon.waitForLine(/Entering (BACKUP|MASTER) STATE/, { timeoutMs: 60_000 });
    return daemon;
  };
  return { nodes, start };
}

/** B serves with 150, and a better A comes up. */
async function betterNode(t: Teardown, lines: string) {
  const { nodes, start } = await files(t);
  await start("b", "priority 150");
  await nodes.untilHeldBy("b");
  const daemon = await start("a", lines);
  return { nodes, daemon };
}

async function untilAdverts(nodes: Nodes, from: "a" | "b", count: number): Promise<void> {
  const before = nodes.capture.adverts({ from }).length;
  await until(() => nodes.capture.adverts({ from }).length >= before + count, {
    what: `${count} adverts from ${from}`,
    timeoutMs: 60_000,
  });
}

t.test("priority: the better node takes over", async (t) => {
  const { nodes } = await betterNode(t, "priority 200");
  await nodes.untilHeldBy("a");
});

t.test("nopreempt: it does not", async (t) => {
  const { nodes } = await betterNode(t, "priority 200\nnopreempt");
  await untilAdverts(nodes, "b", MANY_ADVERTS);
  t.equal(nodes.capture.adverts({ from: "a" }).length, 0);
  t.match((await nodes.status("a")).instances[0], { state: "BACKUP", priority: 200 });
});

t.test("state MASTER takes nopreempt back", async (t) => {
  const { nodes, daemon } = await betterNode(t, "priority 200\nnopreempt\nstate MASTER");
  await nodes.untilHeldBy("a");
  await daemon.waitForLine(/nopreempt does not count beside state MASTER/);
});

t.test("preempt_delay: not before the delay is over", async (t) => {
  const { nodes, daemon } = await betterNode(t, "priority 200\npreempt_delay 2.5");
  const first = await nodes.capture.waitFor(advert({ from: "a" }), { timeoutMs: 60_000 });
  const ready = daemon.lines.find(({ text }) => /Entering BACKUP STATE/.test(text))!;
  t.ok(first.atMicros - ready.atMicros > 2_400_000, "the delay counts from when it was ready");
});

t.test("priority 255: at once beside state MASTER, after the down timer otherwise", async (t) => {
  const { start } = await files(t);
  const first = async (daemon: HostProcess) =>
    /Entering (\w+)/.exec((await daemon.waitForLine(/Entering \w+ STATE/)).text)![1];
  t.equal(await first(await start("a", "state MASTER")), "MASTER");
  t.equal(await first(await start("b", "state BACKUP\npriority 255")), "BACKUP");
});

t.test("mcast_src_ip: adverts come from it", async (t) => {
  const { nodes, start } = await files(t);
  const other = "192.0.2.48";
  await nodes.host("a").ok(["ip", "address", "add", `${other}/24`, "dev", "ens3"]);
  await start("a", `mcast_src_ip ${other}`);
  const { source } = await nodes.capture.waitFor(advert({ from: "a" }), { timeoutMs: 60_000 });
  t.equal(source, other);
});

t.test(
  "unicast_peer, unicast_src_ip: adverts go to the peer, from the address, and count there",
  async (t) => {
    const { nodes, start } = await files(t);
    const other = "192.0.2.49";
    await nodes.host("a").ok(["ip", "address", "add", `${other}/24`, "dev", "ens3"]);
    await start("a", `priority 200\nunicast_src_ip ${other}\nunicast_peer {\n${NODE_ADDRESSES.b}\n}`);
    await start("b", `priority 150\nunicast_peer {\n${other}\n}`);
    const seen = await nodes.capture.waitFor(advert({ from: "a" }), { timeoutMs: 60_000 });
    t.match(seen, { source: other, destination: NODE_ADDRESSES.b });
    await untilAdverts(nodes, "a", MANY_ADVERTS);
    await nodes.untilHeldBy("a");
  },
);
