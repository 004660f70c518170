/** `vrrpd doctor` on hosts that are sound, that are not, and on a LAN where others were first. Nothing changes. */
import t from "tap";
import type { Finding } from "../../src/host/finding.js";
import { VRRPD } from "../lab/daemons/vrrpd.js";
import { BASE_ENVIRONMENT, type Environment, VIP } from "../lab/environment.js";
import { Nodes } from "../lab/nodes.js";
import { until } from "../netns/index.js";

const FAST = { VRRPD_ADVERT_INTERVAL: "0.2", VRRPD_PRIORITY: "100" };
const SCRIPT = "/etc/keepalive/check.sh";

async function examine(nodes: Nodes, host: string, environment: Environment = {}) {
  const env = { ...BASE_ENVIRONMENT, ...FAST, ...environment };
  const before = await stateOf(nodes, host);
  const { code, stdout, stderr } = await nodes
    .host(host)
    .run([...VRRPD, "doctor", "--config", "env", "--json"], { env });
  const unchanged = (await stateOf(nodes, host)) === before;
  const { findings } = JSON.parse(stdout || `{"findings":[],"why":${JSON.stringify(stderr)}}`) as {
    findings: Finding[];
  };
  return { code, findings, unchanged };
}

/** What a doctor must not touch. */
async function stateOf(nodes: Nodes, host: string): Promise<string> {
  const ask = async (...command: string[]) => nodes.host(host).ok(command);
  const addresses = (await nodes.host(host).addresses()).map(
    ({ interface: on, address, prefixLength }) => `${on} ${address}/${prefixLength}`,
  );
  return [...addresses, await ask("nft", "list", "ruleset"), await ask("ls", "-R", "/run")].join("\n");
}

const about = (findings: readonly Finding[], subject: string) =>
  findings.filter((finding) => finding.subject === subject);

t.test("a sound host: no warning, exit code 0, and not a word of VRRP", async (t) => {
  const nodes = await Nodes.create(t);
  await nodes.host("a").ok(["sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=0"]);
  await nodes.host("a").ok(["sysctl", "-q", "-w", "net.ipv4.conf.ens3.rp_filter=0"]);
  const { code, findings, unchanged } = await examine(nodes, "a");
  const wrong = findings.filter(({ level, subject }) => level !== "ok" && subject !== "clock");
  t.strictSame(wrong, []);
  t.ok(code === 0 || about(findings, "clock")[0]!.level === "warning", `exit code ${code}`);
  t.ok(unchanged);
  t.strictSame(nodes.capture.adverts(), [], "it only listens");
  t.match(about(findings, "addresses"), [{ text: /nobody else answers for the virtual address/ }]);
  t.ok(nodes.capture.arps({ target: VIP }).length >= 1, "the address was asked for");
  const daemon = nodes.start("a", FAST);
  await daemon.waitForLine(/Entering MASTER/, { timeoutMs: 30_000 });
  const running = await examine(nodes, "a");
  const bad = running.findings.filter(({ level, subject }) => level !== "ok" && subject !== "clock");
  t.strictSame(bad, [], "a healthy node that runs is sound, too");
  t.match(about(running.findings, "daemon"), [
    { text: /runs this configuration \(MASTER\), and nothing is wrong/ },
  ]);
  t.ok(running.code === 0 || about(running.findings, "clock")[0]!.level === "warning");
});

t.test("a host where the checks, the firewall and the kernel's settings are against it", async (t) => {
  const nodes = await Nodes.create(t);
  const host = nodes.host("a");
  await host.ok(["sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=8"]);
  await host.ok(["sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=1"]);
  await host.ok(["iptables", "-P", "INPUT", "DROP"]);
  await host.ok(["iptables", "-t", "raw", "-A", "PREROUTING", "-d", "224.0.0.0/24", "-j", "DROP"]);
  await host.ok([
    "nft",
    "add table inet site; add chain inet site in { type filter hook input priority 0; policy accept; };" +
      "add rule inet site in ip protocol 112 drop",
  ]);
  const { code, findings, unchanged } = await examine(nodes, "a", {
    OPENSHIFT_HA_MONITOR_PORT: "30060",
    OPENSHIFT_HA_CHECK_SCRIPT: SCRIPT,
  });
  t.equal(code, 2);
  t.ok(unchanged);
  t.match(about(findings, "script"), [{ level: "error", text: `${SCRIPT} is missing` }]);
  t.match(about(findings, "port"), [{ level: "warning", text: /30060.*does not answer \(/ }]);
  const settings = about(findings, "kernel settings").map(({ text }) => text);
  t.match(settings, [/arp_ignore is 8 on ens3/, /rp_filter is strict/, /ip_nonlocal_bind/]);
  const drops = about(findings, "firewall");
  t.match(
    drops.map(({ level, text }) => `${level} ${text}`),
    [
      /^error nftables inet site in drops/,
      /^error iptables \(table raw\) drops .*-A PREROUTING -d 224/,
      /^error iptables \(table filter\) drops .*the policy of chain INPUT/,
    ],
  );
  t.ok(findings.every(({ level, action }) => level === "ok" || action !== null));
  const absent = await examine(nodes, "a", { OPENSHIFT_HA_NETWORK_INTERFACE: "ens9" });
  t.match(about(absent.findings, "interface"), [{ level: "error", text: /ens9/ }]);
  const mistaken = { ...BASE_ENVIRONMENT, OPENSHIFT_HA_VIRTUAL_IPS: "nonsense" };
  const refused = await host.run([...VRRPD, "doctor", "--config", "env"], { env: mistaken });
  t.match(refused, { code: 2, stderr: /OPENSHIFT_HA_VIRTUAL_IPS="nonsense" is not an address/ });
});

t.test(
  "a LAN where others were first: our id, our address under another id, our address taken",
  async (t) => {
    const hosts = {
      stranger: { addresses: ["192.0.2.50/24"] },
      taker: { addresses: ["192.0.2.51/24", "192.0.2.102/24"] },
    };
    const nodes = await Nodes.create(t, FAST, { hosts });
    const daemon = nodes.start("b", {
      OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},192.0.2.109`,
      OPENSHIFT_HA_VIP_GROUPS: "1",
    });
    nodes.start("stranger", { OPENSHIFT_HA_VIRTUAL_IPS: "192.0.2.200", OPENSHIFT_HA_VRRP_ID_OFFSET: "1" });
    await daemon.waitForLine(/Entering MASTER/, { timeoutMs: 30_000 });
    await until(async () => nodes.capture.adverts({ virtualRouterId: 2 }).length > 0, {
      what: "the stranger",
    });
    const wanted = { OPENSHIFT_HA_VIRTUAL_IPS: `${VIP},192.0.2.102` };
    const { code, findings, unchanged } = await examine(nodes, "a", wanted);
    t.equal(code, 2);
    t.ok(unchanged);
    const texts = [...about(findings, "wire"), ...about(findings, "addresses")].map(
      ({ level, text }) => `${level} ${text}`,
    );
    t.match(texts.sort(), [
      /^error 192\.0\.2\.102 is used by 02:00:00:00:00:05 already, and nobody advertises it/,
      /^error 192\.0\.2\.50 speaks for ipfailover_VIP_2 \(id 2\).*but for other addresses: 192\.0\.2\.200/,
      /^ok 192\.0\.2\.101 is answered by 02:00:00:00:00:02; 192\.0\.2\.41 advertises it/,
      /^warning 192\.0\.2\.41 speaks for ipfailover_VIP_1 .*the same priority 100; has also 192\.0\.2\.109/,
    ]);
    const running = await examine(nodes, "b", wanted);
    t.match(about(running.findings, "locks"), [{ level: "ok" }], "it is the daemon of this configuration");
    t.match(about(running.findings, "daemon"), [
      { level: "ok", text: new RegExp(`^process ${daemon.pid} runs this configuration`) },
    ]);
    const another = await examine(nodes, "b", { ...wanted, OPENSHIFT_HA_CONFIG_NAME: "another" });
    t.match(about(another.findings, "locks"), [
      { level: "warning", text: new RegExp(`process ${daemon.pid}`) },
    ]);
  },
);
