/** Who answers for a virtual address, and takes what is sent to it: the kernel of the master, of nobody else. */
import t from "tap";
import { parseAddress } from "../../src/base/address.js";
import { VIP } from "../lab/environment.js";
import { CLIENT_ADDRESS, NODE_ADDRESSES, Nodes, type Teardown } from "../lab/nodes.js";
import { type Host, neighborAdvertisement, until } from "../netns/index.js";

const VIP6 = "2001:db8::1:101";
/** ff02::1:ff00:0/104 with the last three bytes of the address (RFC 4291 §2.7.1). */
const SOLICITED_NODE = "ff02::1:ff01:101";
const PROBE_TIMEOUT = { timeoutMs: 1_000 };

/** The addresses of the hosts, so that a client on the same link reaches both families. */
const HOSTS = {
  a: { addresses: [`${NODE_ADDRESSES.a}/24`, "2001:db8::40/64"] },
  b: { addresses: [`${NODE_ADDRESSES.b}/24`, "2001:db8::41/64"] },
  client: { addresses: [`${CLIENT_ADDRESS}/24`, "2001:db8::99/64"] },
};

async function masterAndBackup(t: Teardown, virtualAddress: string) {
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_VIRTUAL_IPS: virtualAddress }, { hosts: HOSTS });
  const master = nodes.start("a", { VRRPD_PRIORITY: "200" });
  // The first one to be ready is master for a moment, and it is not to be b.
  await nodes.untilHeldBy("a", virtualAddress);
  nodes.start("b", { VRRPD_PRIORITY: "100" });
  await nodes.untilState("b", "BACKUP");
  return { nodes, master, client: nodes.host("client") };
}

/** The client takes this host for the one that has the address, whatever is announced, and speaks to it. */
async function reachesAt(client: Host, host: Host, address: string): Promise<boolean> {
  const entry = ["lladdr", host.mac, "dev", client.interface, "nud", "permanent"];
  await client.ok(["ip", "neighbor", "replace", address, ...entry]);
  const reached = await client.reaches(address, PROBE_TIMEOUT);
  await client.ok(["ip", "neighbor", "del", address, "dev", client.interface]);
  return reached;
}

t.test(
  "[6.4.2-1 +] [6.4.3-1 +] the master's kernel answers ARP for the address, a backup's does not",
  async (t) => {
    const { nodes, master, client } = await masterAndBackup(t, VIP);
    const replies = (from: string) => nodes.capture.arps({ from, sender: VIP, operation: "reply" });
    await client.ok(["ip", "neighbor", "flush", "dev", client.interface]);
    t.equal(await nodes.clientSees(), nodes.host("a").mac);
    await until(() => replies("a").length > 0, { what: "the master's answer on the bridge" });
    t.strictSame(nodes.capture.arps({ from: "b", sender: VIP }), [], "b has not spoken of it");

    master.kill("SIGTERM");
    await nodes.untilHeldBy("b");
    const before = replies("a").length;
    await client.ok(["ip", "neighbor", "flush", "dev", client.interface]);
    t.equal(await nodes.clientSees(), nodes.host("b").mac, "it answers as soon as it is master");
    await until(() => replies("b").length > 0, { what: "the new master's answer on the bridge" });
    t.equal(replies("a").length, before, "and who is no longer master does not");
  },
);

t.test("[6.4.2-5 +] [6.4.3-6 +] the master takes packets to the address, a backup does not", async (t) => {
  const { nodes, master, client } = await masterAndBackup(t, VIP);
  const [a, b] = [nodes.host("a"), nodes.host("b")];
  t.ok(await reachesAt(client, a, VIP), "sent to the master");
  t.notOk(await reachesAt(client, b, VIP), "sent to the backup");
  t.ok(await reachesAt(client, b, NODE_ADDRESSES.b), "which does answer for its own address");
  master.kill("SIGTERM");
  await nodes.untilHeldBy("b");
  t.ok(await reachesAt(client, b, VIP), "as soon as it is master");
  t.notOk(await reachesAt(client, a, VIP), "and the old one no longer");
});

t.test(
  "[6.4.2-2 +] [6.4.3-3 +] the master's kernel answers Neighbor Solicitations, a backup's does not",
  async (t) => {
    const { nodes, master, client } = await masterAndBackup(t, VIP6);
    const answers = (from: string) =>
      nodes.capture.neighborAdvertisements({ from, target: VIP6, solicited: true });
    const ask = async () => {
      await client.ok(["ip", "-6", "neighbor", "flush", "dev", client.interface]);
      t.ok(await client.reaches(VIP6));
    };
    await ask();
    await nodes.capture.waitFor(neighborAdvertisement({ from: "a", target: VIP6, solicited: true }));
    t.match(answers("a")[0], { targetMac: nodes.host("a").mac });
    t.strictSame(
      nodes.capture.neighborAdvertisements({ from: "b", target: VIP6 }),
      [],
      "b has not spoken of it",
    );

    master.kill("SIGTERM");
    await nodes.untilHeldBy("b", VIP6);
    const before = answers("a").length;
    await ask();
    await nodes.capture.waitFor(neighborAdvertisement({ from: "b", target: VIP6, solicited: true }));
    t.equal(answers("a").length, before, "and who is no longer master does not");
  },
);

t.test("[6.4.2-5 +] [6.4.3-6 +] the same for packets to an IPv6 address", async (t) => {
  const { nodes, client } = await masterAndBackup(t, VIP6);
  t.ok(await reachesAt(client, nodes.host("a"), VIP6), "sent to the master");
  t.notOk(await reachesAt(client, nodes.host("b"), VIP6), "sent to the backup");
  t.ok(await reachesAt(client, nodes.host("b"), "2001:db8::41"), "which does answer for its own address");
});

t.test("[6.4.3-2 +] the master is in the solicited-node group of the address, a backup is not", async (t) => {
  const { nodes, master } = await masterAndBackup(t, VIP6);
  const isMember = async (name: string) => {
    const groups = JSON.parse(
      await nodes.host(name).ok(["ip", "-6", "-j", "maddress", "show", "dev", "ens3"]),
    );
    const members: { address?: string }[] = groups[0].maddr;
    return members.some(({ address }) => parseAddress(address ?? "")?.text === SOLICITED_NODE);
  };
  t.same([await isMember("a"), await isMember("b")], [true, false]);
  master.kill("SIGTERM");
  await nodes.untilHeldBy("b", VIP6);
  t.same([await isMember("a"), await isMember("b")], [false, true]);
});
