/** What is the node's own stays the node's own: its addresses are never taken, and their short absence is no outage. */
import t from "tap";
import type { InstanceDocument, StatusDocument } from "../../src/daemon/status/types.js";
import { startVrrpd, VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT, type Environment, VIP } from "../lab/environment.js";
import { CLIENT_ADDRESS, Nodes, type Teardown } from "../lab/nodes.js";
import { statusOf } from "../lab/status.js";
import { advert, arp, createLan, type Host } from "../netns/index.js";

t.jobs = 2;

t.test(
  "what DHCP gave a node is never removed, whatever is virtual; leftovers go, and are logged",
  async (t) => {
    const own = ["192.0.2.40", "2001:db8::40"];
    const nodes = await Nodes.create(
      t,
      { OPENSHIFT_HA_VIRTUAL_IPS: [...own, VIP, "2001:db8::101"].join() },
      {
        hosts: {
          a: { addresses: [] },
          b: { addresses: [] },
          client: { addresses: [`${CLIENT_ADDRESS}/24`] },
        },
      },
    );
    const a = nodes.host("a");
    const add = (...words: string[]) => a.ok(["ip", "address", "add", ...words, "dev", "ens3"]);
    const forAnHour = ["valid_lft", "3600", "preferred_lft", "3600"];
    await add("192.0.2.40/32", ...forAnHour);
    await add("2001:db8::40/128", ...forAnHour);
    await add(`${VIP}/32`);
    await add("2001:db8::101/128", "nodad", "valid_lft", "60", "preferred_lft", "0");
    const daemon = nodes.start("a", { OPENSHIFT_HA_VIP_GROUPS: "1" });
    const removed = await daemon.waitForLine(
      /192\.0\.2\.101\/32 was removed from ens3: left there by an earlier/,
    );
    t.match(removed.text, '"code":"address-removed"');
    await daemon.waitForLine(/2001:db8::101\/128 was removed from ens3: left there by an earlier run/);
    await nodes.untilState("a", "MASTER");
    daemon.kill("SIGTERM");
    await daemon.exited;
    for (const address of own) t.ok(await a.hasAddress(address), `${address} is there`);
    for (const address of [VIP, "2001:db8::101"]) t.notOk(await a.hasAddress(address), `${address} is gone`);
    const said = daemon.lines.map(({ text }) => text).join("\n");
    t.match(said, /192\.0\.2\.101\/32 was removed from ens3: this node is not master/);
    t.notMatch(said, /192\.0\.2\.40\/32[^"]*removed/);
    const env = { OPENSHIFT_HA_VIRTUAL_IPS: own.join(), OPENSHIFT_HA_NETWORK_INTERFACE: "ens3" };
    await a.ok([...VRRPD, "cleanup", "--config", "env"], { env });
    for (const address of own) t.ok(await a.hasAddress(address), `${address} outlasts cleanup`);
  },
);

t.test("an address that comes while the daemon runs, and is all a node has, is its own", async (t) => {
  const nodes = await Nodes.create(
    t,
    { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.40", VRRPD_GUARD_REMOVE: "on" },
    { hosts: { a: { addresses: [] } } },
  );
  const a = nodes.host("a");
  const daemon = nodes.start("a", { VRRPD_PRIORITY: "100" });
  await daemon.waitForLine(/ens3 has no IPv4 address of its own/);
  await a.ok(["ip", "address", "add", "192.0.2.40/32", "dev", "ens3"]);
  await nodes.untilState("a", "MASTER");
  daemon.kill("SIGTERM");
  await daemon.exited;
  t.ok(await a.hasAddress("192.0.2.40"));
  t.notMatch(daemon.lines.map(({ text }) => text).join("\n"), /address-removed/);
});

async function serve(host: Host): Promise<void> {
  const program = "require('node:net').createServer().listen(8080, () => console.log('listens'))";
  await host.start([process.execPath, "-e", program]).waitForLine(/listens/);
}

/** Of its transitions since the start. */
function causesOf({ transitions }: InstanceDocument): string[] {
  return transitions.map(({ code, cause }) => (code === "check-failed" ? cause : code));
}

/** Two nodes, a being the master for long enough to be known as such. */
async function settledNodes(t: Teardown, environment: Environment = {}): Promise<Nodes> {
  const nodes = await Nodes.create(t, environment);
  for (const name of ["a", "b"]) await serve(nodes.host(name));
  nodes.start("a", { VRRPD_PRIORITY: "200" });
  await nodes.untilHeldBy("a");
  const b = nodes.start("b", { VRRPD_PRIORITY: "100" });
  await b.waitForLine(/Entering BACKUP STATE/);
  return nodes;
}

/** So often that a probe is likely to fall into an absence. */
const PROBED = { OPENSHIFT_HA_MONITOR_PORT: "8080", OPENSHIFT_HA_CHECK_INTERVAL: "0.5" };
const OWN = ["192.0.2.40/24", "dev", "ens3"];

for (const [how, environment] of [
  ["multicast", {}],
  ["unicast", { OPENSHIFT_HA_UNICAST_PEERS: "192.0.2.40,192.0.2.41" }],
] as const) {
  t.test(
    `${how}: an own address that is applied again is no outage; one that stays away is released`,
    async (t) => {
      const nodes = await settledNodes(t, { ...environment, ...PROBED });
      const a = nodes.host("a");
      for (const pause of ["0", "0.2", "0.2"]) {
        await a.ok([
          "sh",
          "-ec",
          `ip address del ${OWN.join(" ")}; sleep ${pause}; ip address add ${OWN.join(" ")}`,
        ]);
      }
      const appliedAt = Date.now() * 1000;
      await nodes.capture.waitFor(advert({ from: "a", afterMicros: appliedAt + 1_000_000 }));
      t.same(causesOf((await nodes.status("a")).instances[0]!), ["ready", "no-master"], "and no more");
      t.match(await nodes.status("a"), {
        instances: [{ state: "MASTER", priority: 200, source: "192.0.2.40" }],
      });
      const removedAt = Date.now() * 1000;
      await a.ok(["ip", "address", "del", ...OWN]);
      await nodes.untilHeldBy("b");
      const releases = nodes.capture
        .adverts({ from: "a", afterMicros: removedAt })
        .filter(({ advert: { priority } }) => priority === 0);
      t.ok(releases.length >= 2, `released ${releases.length} times`);
      t.ok(
        releases.every(({ source }) => source === "192.0.2.40"),
        "from the address that its backups know",
      );
      const first = await nodes.capture.waitFor(advert({ from: "b", afterMicros: removedAt }));
      t.ok(first.atMicros - releases[0]!.atMicros < 1_000_000, "b takes over after its skew time");
      await a.ok(["ip", "address", "add", ...OWN]);
      await nodes.untilHeldBy("a");
    },
  );
}

t.test("an own address that comes back behind a virtual one is the node's all the same", async (t) => {
  const shared = { OPENSHIFT_HA_VIRTUAL_IPS: `${VIP}/24`, OPENSHIFT_HA_MONITOR_PORT: "8080" };
  const nodes = await Nodes.create(t, shared, {
    hosts: {
      a: { addresses: ["192.0.2.40/24"], sysctls: { "net.ipv4.conf.ens3.promote_secondaries": "1" } },
    },
  });
  const a = nodes.host("a");
  await serve(a);
  nodes.start("a");
  await nodes.untilHeldBy("a");
  await a.ok(["sh", "-ec", `ip address del ${OWN.join(" ")}; ip address add ${OWN.join(" ")}`]);
  const listed = () => a.ok(["ip", "-oneline", "-4", "address", "show", "dev", "ens3"]);
  t.match(await listed(), /192\.0\.2\.40\/24 [^\n]*secondary/, "the virtual address has become its primary");
  const appliedAt = Date.now() * 1000;
  await nodes.capture.waitFor(advert({ from: "a", afterMicros: appliedAt + 1_500_000 }));
  const master = { state: "MASTER", priority: 215, source: "192.0.2.40" };
  const { instances } = await nodes.status("a");
  t.match(instances[0], master);
  t.same(causesOf(instances[0]!), ["ready", "no-master"]);
  t.match(instances[0]!.checks, [{ name: "probe", state: "passing" }]);
  await a.cut();
  await nodes.untilState("a", "FAULT");
  t.notMatch(await listed(), "secondary", "the kernel has promoted it");
  await a.heal();
  t.match((await nodes.untilState("a", "MASTER")).instances[0], master);
});

t.test(
  "a virtual address that is a node's own with another prefix is there; on a backup it is the problem",
  async (t) => {
    const nodes = await Nodes.create(t, {}, { hosts: { a: { addresses: ["192.0.2.40/24", `${VIP}/24`] } } });
    nodes.start("a", { VRRPD_PRIORITY: "100" });
    const shown = (status: StatusDocument) => ({
      ...status.instances[0]!.virtualAddresses[0],
      problems: status.problems.map(({ severity, code }) => `${severity} ${code}`),
    });
    t.match(shown(await nodes.untilState("a", "MASTER")), {
      present: true,
      expected: true,
      own: true,
      problems: [],
    });
    nodes.start("b", { VRRPD_PRIORITY: "200" });
    const beside = shown(await nodes.untilState("a", "BACKUP"));
    t.match(beside, { present: true, expected: false, own: true });
    t.ok(beside.problems.includes("error address-own"), `${beside.problems}`);
    t.match(await nodes.host("a").ok([...VRRPD, "status"]), /192\.0\.2\.101 OWN/);
    t.ok(await nodes.host("a").hasAddress(VIP), "and it stays");
  },
);

t.test(
  "what the kernel takes along with a virtual address is put back, and nobody else is blamed",
  async (t) => {
    const nodes = await Nodes.create(
      t,
      { OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.1/24,198.51.100.2/24" },
      {
        hosts: {
          a: { addresses: ["192.0.2.40/24"], sysctls: { "net.ipv4.conf.ens3.promote_secondaries": "0" } },
        },
      },
    );
    const a = nodes.host("a");
    const env = { ...BASE_ENVIRONMENT, OPENSHIFT_HA_VIRTUAL_IPS: "198.51.100.1/24,198.51.100.2/24" };
    for (const command of ["check", "doctor"]) {
      const { stdout } = await a.run([...VRRPD, command, "--config", "env"], { env });
      t.match(stdout.replace(/\s+/g, " "), /198\.51\.100\.1\/24.*promote_secondaries is 0/, command);
    }
    const daemon = nodes.start("a");
    await nodes.untilHeldBy("a", "198.51.100.1");
    await nodes.untilHeldBy("a", "198.51.100.2");
    await a.ok(["ip", "address", "add", "198.51.100.50/24", "dev", "ens3"]);
    await a.ok(["ip", "route", "add", "default", "via", "198.51.100.254", "src", "198.51.100.50"]);
    daemon.kill("SIGTERM");
    await daemon.exited;
    t.ok(await a.hasAddress("198.51.100.50"), "the operator's address is there");
    t.match(await a.ok(["ip", "route"]), /default via 198\.51\.100\.254 dev ens3 src 198\.51\.100\.50/);
    for (const last of [1, 2]) t.notOk(await a.hasAddress(`198.51.100.${last}`));
    const said = daemon.lines.map(({ text }) => text).join("\n");
    t.match(
      said,
      /198\.51\.100\.50\/24 on ens3 went with a virtual address of its subnet[^"]*it was put back/,
    );
    t.notMatch(said, "somebody removed it");
  },
);

t.test("another interface of this host that answers for a virtual address is no rival", async (t) => {
  const [own, second] = ["02:00:00:00:00:01", "02:00:00:00:00:77"];
  const lan = await createLan({
    interface: "ens3",
    hosts: {
      a: {
        addresses: ["192.0.2.40/24"],
        mac: own,
        interfaces: { ens4: { addresses: ["192.0.2.41/24"], mac: second } },
      },
    },
  });
  t.teardown(() => lan.destroy());
  const capture = await lan.capture();
  startVrrpd(lan.host("a"), BASE_ENVIRONMENT);
  // The daemon asks the LAN now and then whether anybody has its addresses.
  await capture.waitFor(
    (frame) => arp({ operation: "reply", sender: VIP })(frame) && frame.sourceMac === second,
    { timeoutMs: 120_000 },
  );
  const [instance] = (await statusOf(lan.host("a"))).instances;
  t.equal(instance!.state, "MASTER");
  t.equal(instance!.counters.addressConflicts, 0);
});
