/** Thousands of changes by others while the loop stands still: the kernel has to drop events, the daemon goes on. */
import t from "tap";
import { VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { advert, type Host, until } from "../netns/index.js";
import { range, SECOND } from "./support.js";

const CHANGES = 10_000;

/** What others do to an interface of theirs, in the language of `ip -batch`: addresses and, now and then, the link. */
function changes(): string {
  const lines = range(1, CHANGES / 2).flatMap((number) => {
    const address = `198.51.100.${(number % 250) + 1}/32 dev other`;
    const link = number % 10 === 0 ? [`link set other mtu ${1400 + (number % 100)}`] : [];
    return [`address add ${address}`, `address del ${address}`, ...link];
  });
  return lines.join("\n");
}

/** Of all netlink sockets of the host. */
async function droppedEvents(host: Host): Promise<number> {
  const sum = "NR > 1 { sum += $9 } END { print sum + 0 }";
  return Number(await host.ok(["awk", sum, "/proc/net/netlink"]));
}

t.test(
  "10,000 changes by others while the loop is stalled: nothing breaks, and the addresses are right",
  async (t) => {
    const hosts = {
      a: { addresses: ["192.0.2.40/24"], sysctls: { "net.ipv4.conf.all.promote_secondaries": "1" } },
    };
    const env = { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.101-120", OPENSHIFT_HA_VIP_GROUPS: "2" };
    const nodes = await Nodes.create(t, env, { hosts });
    const host = nodes.host("a");
    await host.ok(["ip", "link", "add", "name", "other", "type", "veth", "peer", "name", "another"]);
    const daemon = nodes.start("a", { VRRPD_PRIORITY: "200" });
    for (const last of [101, 111]) await nodes.untilHeldBy("a", `192.0.2.${last}`);
    daemon.freeze();
    // As often as the receive buffer of this machine needs to overflow.
    await until(
      async () => {
        await host.ok(["ip", "-batch", "-"], { input: changes(), timeoutMs: 60_000 });
        return (await droppedEvents(host)) > 0;
      },
      { what: "the kernel to drop events", timeoutMs: 60_000 },
    );
    // What the daemon can learn from a dump alone, since the events of it are among those that are lost.
    await host.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    await host.ok(["ip", "address", "add", "192.0.2.44/24", "dev", "ens3"]);
    await host.ok(["ip", "address", "del", "192.0.2.40/24", "dev", "ens3"]);
    daemon.thaw();
    await until(() => host.hasAddress(VIP), { what: "the removed address to be back" });
    for (const last of range(101, 120)) t.ok(await host.hasAddress(`192.0.2.${last}`));
    t.ok(daemon.running, "it did not abort");
    await nodes.capture.waitFor(
      advert({ from: "a", source: "192.0.2.44", afterMicros: Date.now() * 1000 + SECOND }),
      { what: "an advert from the address that is left" },
    );
    for (const instance of (await nodes.status("a")).instances) {
      t.match(instance, { state: "MASTER", counters: { becomeMaster: 1 } });
    }
    // It follows events again.
    await host.ok(["ip", "address", "del", `${VIP}/32`, "dev", "ens3"]);
    await until(() => host.hasAddress(VIP), { what: "the address, removed once more, to be back" });
  },
);
