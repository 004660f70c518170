/** What is put on a host and taken away again: firewall rules, and everything that cleanup removes. */
import t from "tap";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT, VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";
import { noStrangers } from "./stranger.js";

const CHAIN = { OPENSHIFT_HA_IPTABLES_CHAIN: "INPUT" };

async function cleanup(nodes: Nodes, environment: Record<string, string> = {}) {
  const env = { ...BASE_ENVIRONMENT, ...environment };
  return nodes.host("a").run([...VRRPD, "cleanup", "--config", "env"], { env });
}

t.test("an existing chain gets the accept rule once, over restarts; cleanup removes it", async (t) => {
  const nodes = await Nodes.create(t, CHAIN);
  const rules = async () => {
    const listed = await nodes.host("a").ok(["iptables", "-S", "INPUT"]);
    return listed.split("\n").filter((line) => line.includes("224.0.0.18"));
  };
  await nodes.host("a").ok(["iptables", "-P", "INPUT", "DROP"]);
  for (let start = 1; start <= 2; start += 1) {
    const daemon = nodes.start("a");
    await until(async () => (await rules()).length === 1, { what: "the rule" });
    daemon.kill("SIGKILL");
    await daemon.exited;
  }
  t.match(await rules(), [/-A INPUT -d 224\.0\.0\.18.* --comment "?vrrpd:ipfailover"? .*-j ACCEPT/]);
  const done = await cleanup(nodes, CHAIN);
  t.equal(done.code, 0);
  t.strictSame(await rules(), []);
});

t.test("a chain that does not exist is not created: a warning, and the daemon goes on", async (t) => {
  const nodes = await Nodes.create(t, { OPENSHIFT_HA_IPTABLES_CHAIN: "NOT-THERE" });
  const daemon = nodes.start("a");
  await daemon.waitForLine(/chain NOT-THERE does not exist/);
  await nodes.untilHeldBy("a");
});

t.test("nftables: an own table, named after the configuration", async (t) => {
  const table = { OPENSHIFT_HA_NFTABLES_RULE: "true", ...CHAIN };
  const nodes = await Nodes.create(t, table);
  nodes.start("a");
  const ruleset = () => nodes.host("a").ok(["nft", "list", "ruleset"]);
  await until(async () => (await ruleset()).includes("table inet vrrpd_ipfailover"), { what: "the table" });
  t.match(await ruleset(), /224\.0\.0\.18 accept/);
  t.match(await cleanup(nodes, table), { code: 0, stdout: /table inet vrrpd_ipfailover was removed/ });
  t.notMatch(await ruleset(), "vrrpd_ipfailover");
});

t.test("cleanup after SIGKILL removes the addresses, and the second time finds nothing", async (t) => {
  const nodes = await Nodes.create(t);
  const daemon = nodes.start("a");
  await nodes.untilHeldBy("a");
  daemon.kill("SIGKILL");
  await daemon.exited;
  t.match(await cleanup(nodes), { code: 0, stdout: `${VIP}/32 was removed from ens3` });
  t.notOk(await nodes.host("a").hasAddress(VIP));
  t.ok(await nodes.host("a").hasAddress("192.0.2.40"), "the node's own address stays");
  t.match(await cleanup(nodes), { code: 0, stdout: "nothing was left to remove" });
});

t.test("cleanup beside a live daemon makes it release and stop", async (t) => {
  const nodes = await Nodes.create(t);
  const daemon = nodes.start("a");
  nodes.start("b", { VRRPD_PRIORITY: "50" });
  await nodes.untilHeldBy("a");
  t.match(await cleanup(nodes), { code: 0, stdout: `process ${daemon.pid}` });
  t.strictSame(await daemon.exited, { code: 0, signal: null });
  t.ok(nodes.capture.adverts({ from: "a" }).some(({ advert }) => advert.priority === 0));
  await nodes.untilHeldBy("b");
});

t.test("cleanup refuses where another daemon holds the lock, and removes nothing", async (t) => {
  const nodes = await Nodes.create(t);
  const other = nodes.start("a", { VRRPD_SOCKET: "/run/vrrpd/other.sock" });
  await nodes.untilHeldBy("a");
  const refused = await cleanup(nodes);
  t.match(refused, { code: 1, stderr: `process ${other.pid}; nothing was removed` });
  t.ok(await nodes.host("a").hasAddress(VIP));
});

t.test("cleanup without variables removes what any configuration left, and nothing else", async (t) => {
  const nodes = await Nodes.create(t);
  const a = nodes.host("a");
  const remove = () => a.run([...VRRPD, "cleanup", "--config", "env"]);
  t.match(await remove(), { code: 0, stdout: /is not set.*\n.*nothing was left to remove/ });
  const original =
    "table inet keepalived { chain filter { type filter hook input priority 0; policy accept; ip daddr 224.0.0.18 accept; }; }";
  await a.ok(["nft", original]);
  const daemon = nodes.start("a", { OPENSHIFT_HA_NFTABLES_RULE: "yes" });
  await nodes.untilHeldBy("a");
  await until(async () => /vrrpd_ipfailover/.test(await a.ok(["nft", "list", "tables"])), {
    what: "the table",
  });
  t.match(await remove(), { code: 0, stdout: /vrrpd runs in this network namespace \(ens3\/ipv4\/1/ });
  t.ok(await a.hasAddress(VIP), "a running daemon is left alone");
  daemon.kill("SIGKILL");
  await daemon.exited;
  await a.ok(["ip", "address", "add", "192.0.2.77/32", "dev", "ens3"]);
  const done = await remove();
  t.equal(done.code, 0);
  t.match(done.stdout, `${VIP}/32 was removed from ens3`);
  t.match(done.stdout, "table inet vrrpd_ipfailover was removed");
  t.match(done.stdout, "table inet keepalived of the original image was removed");
  t.notOk(await a.hasAddress(VIP));
  t.ok(await a.hasAddress("192.0.2.77"), "somebody else's address stays");
  t.equal(await a.ok(["nft", "list", "tables"]), "");
  await a.ok(["nft", original.replace("accept; }", "accept; tcp dport 22 accept; }")]);
  t.match(await remove(), { code: 0, stdout: "nothing was left to remove" });
  t.match(
    await a.ok(["nft", "list", "tables"]),
    "table inet keepalived",
    "a table that is not exactly the original's",
  );
});

t.test(
  "cleanup without variables leaves the daemon of another user alone",
  { skip: noStrangers },
  async (t) => {
    const nodes = await Nodes.create(t);
    const capabilities = ["--inh-caps", "+net_admin,+net_raw", "--ambient-caps", "+net_admin,+net_raw"];
    const become = ["setpriv", "--reuid", "65532", "--regid", "65532", "--clear-groups", ...capabilities];
    const daemon = nodes.startAs("a", [...become, ...VRRPD]);
    await nodes.untilHeldBy("a");
    const removal = await nodes.host("a").run([...VRRPD, "cleanup", "--config", "env"]);
    t.match(removal, {
      code: 0,
      stdout: /\(ens3\/ipv4\/1 by process \d+ of user 65532\): nothing was removed/,
    });
    daemon.kill("SIGTERM");
    await daemon.exited;
    t.notMatch(daemon.output, "somebody removed it");
  },
);

t.test("a second daemon that takes over is the one that status and cleanup talk to", async (t) => {
  const nodes = await Nodes.create(t);
  const first = nodes.start("a");
  await nodes.untilHeldBy("a");
  const second = nodes.start("a");
  await second.waitForLine(/another daemon on this host runs this virtual router/);
  t.equal((await nodes.status("a")).pid, first.pid, "while the first one lives it answers");
  first.kill("SIGKILL");
  await first.exited;
  await second.waitForLine(/Entering MASTER STATE/, { timeoutMs: 30_000 });
  t.match(await nodes.status("a"), { pid: second.pid, instances: [{ state: "MASTER" }] });
  t.match(await cleanup(nodes), { code: 0, stdout: `process ${second.pid}` });
  t.strictSame(await second.exited, { code: 0, signal: null });
  t.notOk(await nodes.host("a").hasAddress(VIP));
});
